"""What each kind takes and what it keeps, in the words and formats in which it comes."""

from __future__ import annotations

import json
import re

import pytest

from policies.bundle import privacy_rules
from policies.compile_sql import apply
from policies.load import load_policies
from policies.recognizers.registry import KINDS

SHIPPED = privacy_rules(load_policies())
PEM = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY\n-----END EC PRIVATE KEY-----"

# Each value stands in «»; all else stays as it is.
TAKEN = {
    "email": """
        write to «bob@example.com», please
        «Bob.O'Neil+spam@mail.example.co.uk»
        <a href="mailto:«müller@bücher.de»">
        "from":"«a_b@x.io»","to":"«c-d@y.org»"
        ?user=«bob%40example.com»&x=1
        {"m": "«bob\\u0040example.com»"}
        «иван@пример.рф» and «bob＠example.com»
        """,
    "card": """
        4111 has four digits, «4111 1111 1111 1111» is a card
        order 12345 «4111 1111 1111 1111»
        «5500-0000-0000-0004», «3782 822463 10005», «3056 930902 5904»
        pay with «4242424242424242» or «378282246310005»
        my card is «6759649826438453», old debit card «30569309025904»
        "card_number": "«4111111111111111»"
        visa «4222222222222», unionpay «6200000000000000000»
        card «3506 0000 0000 0003»
        «4111 1111 1111 1111» 12/27 123, then «5105 1051 0510 5100»
        \\n«4012888888881881»\\t
        """,
    "iban": """
        «DE89 3704 0044 0532 0130 00» and «GB82WEST12345698765432»
        «BE68 5390 0754 7034» PAID, «NO93 8601 1117 947»
        «FR1420041010050500013M02606», «MT84MALT011000012345MTLCAST001S»
        «CH93-0076-2011-6238-5295-7», «NL91ABNA0417164300»
        \\n«DE89370400440532013000»\\n
        iban:«de89370400440532013000»
        «LC55HEMM000100010012001200023015»
        """,
    "phone": """
        «+44 20 7946 0958», «+49 (0)30 901820», «+1-212-555-0143», «+919876543210»
        «(212) 555-0143», «212-555-0143», «212.555.0143 x12», «001-212-555-0143»
        call me on «0532888519», phone: «5500729», tel «020 7946 0958»
        Telefon «030/901820», mobile «0176 1234567», fax: «(08).7539.8951»
        «144 887 9189»-Office, «(414)824-3330x48361-Fax»
        They're not answering at «13698263630»
        """,
    "ip": """
        from «203.0.113.7», host=«10.1.2.3» «192.168.0.17»:8080
        root@«203.0.113.7», «203.0.113.7» -> «198.51.100.9», <«203.0.113.7»>
        port 80 and «203.0.113.7», updated from «203.0.113.7»
        «2001:db8::1», [«fe80::1ff:fe23:4567:890a»]:443, «fd00:1234::1»
        «2001:0db8:85a3:0000:0000:8a2e:0370:7334», «b56a:cae6:f7fa:36fc:5587:e3c6:5715:32b3»
        ::ffff:«203.0.113.7», server address 1 is «1.2.3.4»
        """,
    "us_ssn": """
        ssn «219-09-9999», "ssn":"«078-05-1120»", \\n«123-45-6789»
        """,
    "api_key": """
        «AKIAIOSFODNN7EXAMPLE» «ghp_16C7e42F292c6912E7710c838347Ae178B4a» «github_pat_11ABCDEFG0abcdefghijkl»
        «sk-proj-abcDEF123_abcDEF123» «sk-ant-api03-abcDEF123-abcDEF» «sk-abcdefghijklmnopqrstuvwx»
        «xoxb-123456789012-abcdefGHIJ» «AIzaSyA1234567890abcdefghijklmnopqrstuv» «hf_abcdefghijklmnopqrstuvwxyzABCDEF»
        Authorization: Bearer «mF_9.B5f-4.1JqM1mF_9.B5f» basic «dXNlcjpwYXNzd29yZA==»
        «glpat-abcdefghij1234567890» «npm_abcdefghij1234567890abcdefghij123456» «sk_live_abcdefghij123456»
        """,
    "jwt": "token «eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N» end",
    "private_key": f"key:\n«{PEM}»\nand {json.dumps('«' + PEM + '»', ensure_ascii=False)}",
    "password": """
        postgres://app:«hunter2»@db/x, password=«hunter22!», "password": "«s3cr3t-x»"
        my password is «Tr0ub4dor&3» hm
        client_secret: «abcd1234efgh5678», AccountKey=«Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6==»
        """.replace("«Tr0ub4dor&3»", "«Tr0ub4dor»&3"),
}  # fmt: skip

KEPT = """
    1761000000000000000 1761000000000 16200000001234567 "created_ns": 1761000000000000000
    "id": 4111111111111111, order 4111111111111111, trace_id=4111111111111111, /orders/4111111111111111
    {\\\"id\\\": 4111111111111111, \\\"order_id\\\": \\\"4111111111111111\\\"}
    0.4111111111111111 -4111111111.111111 4111111111111111.5 x4111111111111111 4111111111111111L
    5f2b6a1e-4111-4111-8111-111111111111 be683456-7890-1234-5678-901234567890 de89370400440532
    commit 4012888888881881abcdef0123456789abcdef01 sha256:4242424242424242424242424242424242424242424242424242
    Chrome/120.0.6099.109 Chrome/90.0.4430.93 version 1.2.3.4, ==12.1.3.1, v10.0.0.1, chapter 10.1.2.3
    upgraded chat from version 25.8.14.20 to 10.16.4.0, build 1125
    127.0.0.1 0.0.0.0 255.255.255.0 1.3.6.1.4.1.311 client-1.2.3.4.jar 256.1.2.3 Guile 3.0.5.130-5a1e7
    12:34:56 std::vector a::b aa:bb:cc:dd:ee:ff 43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8 2001:2
    2026-11-25 12:00:00+00:00 25.11.2026 +0.123456 +1234567 978-3-16-148410-0 555-0143 1,234,567.89
    call 4012 took 0.12345678s; reached shard 12 of 4096; called 1234567890123 times
    logo@2x.png git@github.com:a/b.git q@self.keys @decorator user@localhost a@b
    password=get_password() "password": "string" password: ******** ${PASSWORD} secret: changeme, token=None
    secret_key = settings.SECRET_KEY; signature = zpk2sos_signature; my password is wrong
    sk-learn sk-button-primary hf_hub AKIA short eyJ ghp_short Bearer token, bearer of good news to all mankind
    000-12-3456 666-12-3456 900-12-3456 order 219-09-9999 12-34-56
    23 5662 46 60 529472 5344 9760 4619 2162 3162 19 7 [411111, 1111, 11111]
    DE00 0000 0000 0000 0000 00 GB82WEST1234569876543 XX89370400440532013000
    """


def lines(text: str) -> list[str]:
    """Return the lines of a table, or one text of several lines."""
    return [text] if "PRIVATE KEY" in text else [line.strip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(("kind", "line"), [(kind, line) for kind, text in TAKEN.items() for line in lines(text)])
def test_it_takes_what_it_is_for_and_no_more(kind: str, line: str) -> None:
    given = re.sub("[«»]", "", line)
    assert apply(SHIPPED, given) == re.sub("«.*?»", f"⟦{kind}⟧", line, flags=re.DOTALL)


@pytest.mark.parametrize("line", lines(KEPT))
def test_it_keeps_numbers_names_and_code(line: str) -> None:
    assert apply(SHIPPED, line) == line


def test_every_kind_has_cases() -> None:
    assert set(TAKEN) == set(KINDS)


@pytest.mark.parametrize("kind", TAKEN)
def test_it_is_found_within_json_too(kind: str) -> None:
    """The rules see JSON as it was written, with its escapes, once and twice over."""
    line = lines(TAKEN[kind])[0]
    values = re.findall("«(.*?)»", line, flags=re.DOTALL)
    text = f"line\n{re.sub('[«»]', '', line)}\nline"
    for _ in range(2):
        text = json.dumps({"content": text})
        after = apply(SHIPPED, text)
        assert after.count(f"⟦{kind}⟧") == len(values)
        assert not any(value[4:16] in after for value in values)
        assert json.loads(after)
