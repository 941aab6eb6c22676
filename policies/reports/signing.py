"""The key that signs reports: Ed25519, made at the first run, kept where only the owner can read it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PRIVATE_NAME, PUBLIC_NAME = "report-signing.pem", "report-signing.pub.txt"
# Signed before the manifest, so that a signature of ours over anything else is no signature of a report.
DOMAIN = b"spanwarden report bundle v1\n"


class SigningKeyError(ValueError):
    """A key file cannot be used; the message says which and why, and never what is in it."""


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Return the key in ``folder``; make it (0600, the folder 0700) when there is none. Raises SigningKeyError."""
    path = folder / PRIVATE_NAME
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _write_new(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyError(
            f"{path} is no Ed25519 key in PEM; put it back from a copy, or remove it to get a new one"
        )
    public = folder / PUBLIC_NAME
    if not public.exists():
        public.write_bytes(public_pem(key.public_key()))
    return key


def own_public_key(folder: Path) -> Path | None:
    """Return the file of this installation's public key; None before the first report."""
    path = folder / PUBLIC_NAME
    return path if path.exists() else None


def public_pem(key: Ed25519PublicKey) -> bytes:
    """Return the key as PEM."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def public_hex(key: Ed25519PublicKey) -> str:
    """Return the key's 32 bytes in hex."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key in PEM. Raises SigningKeyError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise SigningKeyError(f"{path} is no Ed25519 public key in PEM")
    return key


def sign(key: Ed25519PrivateKey, message: bytes) -> str:
    """Return the signature of ``message`` in hex."""
    return key.sign(DOMAIN + message).hex()


def signature_holds(key: Ed25519PublicKey, message: bytes, signature: str) -> bool:
    """Return whether ``signature`` (lower-case hex, so that it has one spelling) is the key's over ``message``."""
    try:
        raw = bytes.fromhex(signature)
        key.verify(raw, DOMAIN + message)
    except (ValueError, InvalidSignature):
        return False
    return raw.hex() == signature


def _write_new(path: Path) -> None:
    """Make the key as one: a crash leaves none or a whole one, and two makers agree on the first."""
    key = Ed25519PrivateKey.generate()
    draft = path.with_suffix(f".{os.getpid()}.part")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
