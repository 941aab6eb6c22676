"""Texts that try to part the two engines: values of every kind, glued to what may stand around them."""

from __future__ import annotations

import base64
import random
from collections.abc import Sequence

from hypothesis import strategies as st

from storage.engine import Engine

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----"
VALUES = (
    "4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005", "378282246310005",
    "30569309025904", "6011 0009 9013 9424", "4111\u00a01111\u00a01111\u00a01111", "1800 1234 5678",
    "bob@example.com", "bob\\u0040example.com", "bob%40example.com", "müller@bücher.de", "a.b+c@x.co.uk",
    "bob&#64;example.com", "logo@2x.png", "git@github.com:a/b.git", "q@self.keys",
    "GB82WEST12345698765432", "GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "de89 3704 0044 0532 0130 00",
    "BE68 5390 0754 7034", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "NO9386011117947",
    "DE89\\u00A03704\\u00a00044\\u00a00532\\u00a00130\\u00a000", "be683456-7890-1234-5678-901234567890",
    "203.0.113.7", "8.8.8.8", "127.0.0.1", "10.0.19045.3803", "version 1.2.3.4 to 10.1.2.3", "2001:db8::1",
    "fe80::1ff:fe23:4567:890a", "2001:0db8:85a3:0000:0000:8a2e:0370:7334", "12:34:56",
    "219-09-9999", "000-12-3456", "+44 20 7946 0958", "(212) 555-0143", "212-555-0143", "056 590 36 33",
    "+442079460958", "00447911123456", "2026-11-25", "1761000000000000000", "1.618033988749",
    "AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1B2" * 9, "sk-proj-" + "Ab1_" * 8, "sk-" + "Ab1d" * 8, "xoxb-1234567890-abcdef",
    "AIza" + "a" * 35, "npm_" + "a1b2" * 9, "123456789:AA" + "a" * 33, "Bearer abcdefghijklmnop1234",
    "Authorization: Basic abcdefghijklmnop", "eyJhbGciOi.eyJzdWIiOi.sig-_1", PEM, PEM.replace("\n", "\\n"),
    "-----BEGIN PRIVATE KEY-----\\nMII", "https://user:hunter2@host/x", "https://us\x0ber:pa\x0bsS1@host",
    "password=hunter22!", "pa\u017f\u017fword=hunter22!", "password=ab\x0bcd1234", "to\u212aen: aaaa1111bbbb2222cc",
    "api_key: 'abcd1234efgh5678'", '"password": "s3cr3t-x"',
)  # fmt: skip
BEFORE = (
    "", " ", "\n", "\\n", "\\t", "\\r\\n", "\\u003c", "x", "1", "_", ".", "-", "+", "(", "[", '"', "'", '\\"', "\\",
    "⟧", "⟦email⟧", "⟦", "é", "😀", "\u00a0", "\\u00a0", "=", ": ", '": ', "phone: ", "phone", "call ", "card ", "cc=",
    "order ", "id=", "token_", "v", "ip ", "0x", "/", "//", "$", "@", "#", "İ", "\u212a", "\u017f", "\0", "\x0b",
    "\ufeff", "\u200b", "|", ">", "&", "1.", "1 ", "12-", "0000 ", "ns=", "my cell is ", "1 22 333 1 22 333 ",
)  # fmt: skip
AFTER = (
    "", " ", "\n", "\\n", "x", "1", "_", ".", "-", "+", ")", "]", '"', '\\"', "⟦card⟧", "é", "\u00a0", "=", ":", ",",
    "/", "@", " 1", "-1", ".1", " mobile", "\u017f mobile", "\0", "\x0b", "\u200b", "%", "bob@example.com", " ext. 12",
    "-beta", "\ufffd", " 12 27 123",
)  # fmt: skip

fragments = st.one_of(
    st.sampled_from(VALUES),
    st.sampled_from(BEFORE),
    st.sampled_from(AFTER),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=4),
    st.text("0123456789 -.", max_size=24),
)
texts = st.lists(fragments, max_size=8).map("".join)


def surrounded(count: int, seed: int) -> list[str]:
    """Return ``count`` values, each with something before and something after it, drawn by ``seed``."""
    chance = random.Random(seed)
    return [chance.choice(BEFORE) + chance.choice(VALUES) + chance.choice(AFTER) for _ in range(count)]


def mixed(count: int, seed: int) -> list[str]:
    """Return ``count`` texts of two to eight pieces each."""
    chance, pool = random.Random(seed), (*VALUES, *BEFORE, *AFTER)
    return ["".join(chance.choice(pool) for _ in range(chance.randrange(2, 9))) for _ in range(count)]


def evaluate(engine: Engine, expression: str, given: Sequence[bytes]) -> list[bytes]:
    """Return the SQL ``expression`` over the String ``t`` for each of ``given``, in one query a few thousand."""
    sql = (
        f"SELECT arrayMap(t -> base64Encode(toString({expression})),"
        " arrayMap(e -> base64Decode(e), {texts:Array(String)})) AS results"
    )
    results: list[bytes] = []
    for start in range(0, len(given), 4000):
        part = [base64.b64encode(text).decode() for text in given[start : start + 4000]]
        results += map(base64.b64decode, engine.query(sql, {"texts": part}).rows[0][0])
    return results
