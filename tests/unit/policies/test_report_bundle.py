import json
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from policies.reports.bundle import MANIFEST, PUBLIC_KEY, verify_bundle, write_bundle
from policies.reports.canonical import canonical
from policies.reports.signing import (
    PRIVATE_NAME,
    PUBLIC_NAME,
    SigningKeyError,
    own_public_key,
    public_pem,
    signing_key,
)

FILES = {"report.html": b"<!doctype html><p>caf\xc3\xa9</p>\n", "evidence.json": b'{"a":1}\n'}


@pytest.fixture
def key(tmp_path):
    return signing_key(tmp_path / "secrets")


@pytest.fixture
def bundle(tmp_path, key):
    folder = tmp_path / "report"
    folder.mkdir()
    write_bundle(folder, FILES, {"report": "eu-ai-act", "labels": {"gdpr:25": "fully"}}, key)
    return folder


def refused(path, words, **options):
    found = verify_bundle(path, **options)
    assert not found.valid
    assert words in found.reason


def test_an_untouched_report_is_accepted_by_its_folder_and_by_its_manifest(bundle, tmp_path):
    for path in (bundle, bundle / MANIFEST):
        assert verify_bundle(path).valid
        assert verify_bundle(path, tmp_path / "secrets" / PUBLIC_NAME).reason.endswith("signed by the key you gave.")
    assert "which lies in it" in verify_bundle(bundle).reason


@pytest.mark.parametrize("name", [*FILES, PUBLIC_KEY, MANIFEST])
def test_one_changed_byte_anywhere_is_refused(bundle, name):
    data = (bundle / name).read_bytes()
    for place in range(len(data)):
        for flip in (0x01, 0x20, 0x80):
            changed = bytearray(data)
            changed[place] ^= flip
            (bundle / name).write_bytes(changed)
            assert not verify_bundle(bundle).valid, (name, place, flip)
    (bundle / name).write_bytes(data)
    assert verify_bundle(bundle).valid


@pytest.mark.parametrize("name", [*FILES, PUBLIC_KEY, MANIFEST])
def test_a_longer_or_a_shorter_file_is_refused(bundle, name):
    data = (bundle / name).read_bytes()
    for changed in (data + b"\n", data + b" ", data[:-1], b""):
        (bundle / name).write_bytes(changed)
        assert not verify_bundle(bundle).valid


def test_a_missing_file_an_extra_one_a_folder_and_a_link_are_refused(bundle, tmp_path):
    (bundle / "notes.txt").write_text("mine")
    refused(bundle, "notes.txt was not signed")
    (bundle / "notes.txt").unlink()
    (bundle / ".hidden").mkdir()
    refused(bundle, ".hidden was not signed")
    (bundle / ".hidden").rmdir()
    copy = tmp_path / "copy.html"
    (bundle / "report.html").rename(copy)
    refused(bundle, "report.html is missing")
    (bundle / "report.html").symlink_to(copy)
    refused(bundle, "report.html is no plain file")


def test_a_report_signed_anew_by_another_is_sound_but_not_ours(bundle, tmp_path):
    forged = tmp_path / "forged"
    forged.mkdir()
    write_bundle(forged, {**FILES, "evidence.json": b'{"a":2}\n'}, {}, Ed25519PrivateKey.generate())
    assert verify_bundle(forged).valid
    refused(forged, "another key than the one you gave", public_key=tmp_path / "secrets" / PUBLIC_NAME)


def test_a_swapped_public_key_is_refused(bundle):
    (bundle / PUBLIC_KEY).write_bytes(public_pem(Ed25519PrivateKey.generate().public_key()))
    refused(bundle, f"{PUBLIC_KEY} was changed")


def test_the_manifest_has_one_spelling(bundle):
    content = json.loads((bundle / MANIFEST).read_bytes())
    for spelling in (
        json.dumps(content).encode(),
        canonical({**content, "signature": content["signature"].upper()}),
        canonical({**content, "more": 1}),
        canonical({**content, "signature": content["signature"] + "00"}),
        canonical({**content, "files": {}}),
        canonical([content]),
        b"[" * 100_000,
    ):
        (bundle / MANIFEST).write_bytes(spelling)
        assert not verify_bundle(bundle).valid


def test_what_is_no_report_is_refused_in_words(tmp_path):
    other = tmp_path / "some.json"
    other.write_text("{}")
    (tmp_path / "empty").mkdir()
    refused(other, "is no report")
    refused(tmp_path / "empty", "there is no bundle.json in it")
    refused(tmp_path / "nowhere", "is no report")
    refused(tmp_path / "nowhere" / MANIFEST, "there is no bundle.json in it")
    refused(tmp_path / "empty", "no Ed25519 public key", public_key=other)


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    folder = tmp_path / "secrets"
    assert own_public_key(folder) is None
    first = signing_key(folder)
    assert signing_key(folder).private_bytes_raw() == first.private_bytes_raw()
    assert stat.S_IMODE((folder / PRIVATE_NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert own_public_key(folder).read_bytes() == public_pem(first.public_key())
    assert sorted(path.name for path in folder.iterdir()) == [PRIVATE_NAME, PUBLIC_NAME]


def test_a_damaged_key_is_named_and_not_replaced(tmp_path):
    signing_key(tmp_path)
    (tmp_path / PRIVATE_NAME).write_text("no key")
    with pytest.raises(SigningKeyError, match=r"report-signing\.pem"):
        signing_key(tmp_path)
    assert (tmp_path / PRIVATE_NAME).read_text() == "no key"
