"""A report as a folder that proves itself: every file's digest in one manifest, and the manifest signed.

    report.html ─┐
    evidence.json├─ sha256 ─> bundle.json {files, public_key, about, signature over all of it but itself}
    public-key.txt┘

Whoever has the folder can check offline that nothing was changed, added or taken away. Who signed, they can only know
from a public key that reached them another way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from policies.reports.canonical import canonical, sha256
from policies.reports.signing import (
    SigningKeyError,
    public_hex,
    public_pem,
    read_public_key,
    sign,
    signature_holds,
)

MANIFEST, PUBLIC_KEY = "bundle.json", "public-key.txt"
FORMAT = "spanwarden-report/1"
LARGEST_MANIFEST = 1 << 20
FIELDS = frozenset({"format", "about", "files", "public_key", "signature"})


class NotSound(ValueError):
    """A bundle is not what was signed; the message says in what."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a bundle is exactly what was signed, and by whom or why not, in words."""

    valid: bool
    reason: str


def write_bundle(folder: Path, files: Mapping[str, bytes], about: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Write ``files`` (name -> bytes), the public key and the signed manifest; return the manifest's SHA-256.

    ``folder`` exists and is empty. ``about`` says what the report is, in JSON's types.
    """
    public = key.public_key()
    contents = {**files, PUBLIC_KEY: public_pem(public)}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "about": dict(about),
        "files": {name: {"bytes": len(data), "sha256": sha256(data)} for name, data in contents.items()},
        "public_key": public_hex(public),
    }
    manifest["signature"] = sign(key, canonical(manifest))
    for name, data in {**contents, MANIFEST: canonical(manifest)}.items():
        (folder / name).write_bytes(data)
    return sha256(canonical(manifest))


def verify_bundle(path: Path, public_key: Path | None = None) -> Verification:
    """Check the bundle at ``path``, its folder or its ``bundle.json``; never raises for what it finds there.

    With ``public_key`` (a PEM file had from elsewhere) it must be that key's signature.
    """
    folder = path if path.is_dir() else path.parent
    try:
        if not path.is_dir() and path.name != MANIFEST:
            raise NotSound(f"{path} is no report: give its folder or its {MANIFEST}")
        expected = read_public_key(public_key) if public_key else None
        manifest = _manifest(folder / MANIFEST)
        who = _signed(manifest, expected)
        _files(folder, manifest["files"], manifest["public_key"])
    except (NotSound, SigningKeyError) as error:
        return Verification(False, str(error))
    except OSError as error:
        return Verification(False, f"the report cannot be read: {error.strerror or type(error).__name__}")
    return Verification(True, _said(manifest, who))


def _manifest(path: Path) -> dict[str, Any]:
    """Read the manifest; its bytes must be the one canonical spelling of what they say."""
    if not path.is_file() or path.is_symlink():
        raise NotSound(f"{path.parent} is no report: there is no {MANIFEST} in it")
    if path.stat().st_size > LARGEST_MANIFEST:
        raise NotSound(f"{MANIFEST} is larger than a manifest is")
    data = path.read_bytes()
    try:
        content = json.loads(data.decode("utf-8"))
        canonical_bytes = canonical(content)
    except (ValueError, RecursionError):
        raise NotSound(f"{MANIFEST} was changed: it is no JSON") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT or set(content) != FIELDS:
        raise NotSound(f"{MANIFEST} is no manifest of a report that this release can check ({FORMAT})")
    if canonical_bytes != data:
        raise NotSound(f"{MANIFEST} was changed: it is not spelled as it was signed")
    return content


def _signed(manifest: Mapping[str, Any], expected: Ed25519PublicKey | None) -> str:
    """Check the signature; return whose it is, in words."""
    unsigned = {name: value for name, value in manifest.items() if name != "signature"}
    try:
        named = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(manifest["public_key"])))
    except ValueError:
        raise NotSound(f"{MANIFEST} was changed: its public key is none") from None
    if not signature_holds(named, canonical(unsigned), str(manifest["signature"])):
        raise NotSound(f"the signature does not hold: {MANIFEST} was changed after it was signed")
    if expected is not None and public_hex(expected) != manifest["public_key"]:
        raise NotSound("the report is sound but was signed by another key than the one you gave")
    return "the key you gave" if expected is not None else f"key {str(manifest['public_key'])[:16]}, which lies in it"


def _files(folder: Path, listed: Any, key: str) -> None:  # noqa: ANN401 (JSON)
    """Check that exactly the listed files are there, each byte for byte."""
    if not isinstance(listed, dict) or PUBLIC_KEY not in listed:
        raise NotSound(f"{MANIFEST} lists no files")
    there = {entry.name for entry in folder.iterdir()}
    if missing := sorted(set(listed) - there):
        raise NotSound(f"{', '.join(missing)} is missing")
    if more := sorted(there - set(listed) - {MANIFEST}):
        raise NotSound(f"{', '.join(more[:5])} was not signed: it is no part of the report")
    for name, said in sorted(listed.items()):
        file = folder / name
        if file.is_symlink() or not file.is_file():
            raise NotSound(f"{name} is no plain file")
        if file.stat().st_size != said["bytes"] or sha256(file.read_bytes()) != said["sha256"]:
            raise NotSound(f"{name} was changed after it was signed")
    if public_hex(read_public_key(folder / PUBLIC_KEY)) != key:
        raise NotSound(f"{PUBLIC_KEY} is not the key that signed")


def _said(manifest: Mapping[str, Any], who: str) -> str:
    about = manifest["about"]
    what = about.get("report", "report") if isinstance(about, dict) else "report"
    return f"The {what} report is exactly what was signed: {len(manifest['files']) + 1} files, signed by {who}."
