"""Made-up personal data and secrets for prompts: right in form and check digits, and nobody's.

Mail addresses lie in domains reserved by RFC 2606, telephone numbers in the ranges of Ofcom and the NANPA for drama,
IP addresses in RFC 5737's blocks for documentation, cards under test prefixes, keys are random letters.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np

_FIRST = ("maria", "jonas", "aisha", "liam", "chen", "sofia", "noah", "ines", "tomas", "priya")
_LAST = ("silva", "weber", "khan", "murphy", "wei", "rossi", "larsen", "moreau", "novak", "patel")
_DOMAINS = ("example.org", "example.com", "example.net")
_ALNUM = string.ascii_letters + string.digits
_CARD_PREFIXES = ("411111", "424242", "400005", "555555")
_IBAN_LENGTHS = {"DE": 18, "ES": 20, "PT": 21, "AT": 16}


@dataclass(frozen=True, slots=True)
class Secret:
    """One planted value: its kind, the value, and the sentence that carries it."""

    kind: str
    value: str
    sentence: str


SENTENCES = {
    "email": ("Please send the summary to {} before noon.", "My address is {}, in case you need it."),
    "card": ("The customer paid with card {}, can it be refunded?", "Charge it to my credit card {} please."),
    "iban": ("Transfer the deposit back to {}.", "The account for the payout is {}."),
    "phone": ("Call me on {} if anything is unclear.", "The client can be reached by phone at {}."),
    "ip": ("The requests came from IP address {} last night.", "The log shows client ip {} failing to sign in."),
    "api_key": ("Here is my key {}, why does it give 401?", "Use {} for the staging environment."),
}


def make_secret(kind: str, rng: np.random.Generator) -> Secret:
    """Return a value of ``kind`` inside a sentence."""
    value = _MAKERS[kind](rng)
    sentences = SENTENCES[kind]
    return Secret(kind, value, sentences[int(rng.integers(len(sentences)))].format(value))


def luhn_digit(digits: str) -> str:
    """Return the check digit that makes ``digits`` a card number (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def iban_check(country: str, account: str) -> str:
    """Return the two check digits of an account (ISO 7064 mod 97-10)."""
    number = "".join(str(int(character, 36)) for character in account + country + "00")
    return f"{98 - int(number) % 97:02d}"


def _pick(rng: np.random.Generator, letters: str, size: int) -> str:
    return "".join(letters[place] for place in rng.integers(0, len(letters), size))


def _email(rng: np.random.Generator) -> str:
    first, last, domain = (names[int(rng.integers(len(names)))] for names in (_FIRST, _LAST, _DOMAINS))
    return f"{first}.{last}{int(rng.integers(10, 100))}@{domain}"


def _card(rng: np.random.Generator) -> str:
    body = _CARD_PREFIXES[int(rng.integers(len(_CARD_PREFIXES)))] + _pick(rng, string.digits, 9)
    return _by_fours(body + luhn_digit(body))


def _iban(rng: np.random.Generator) -> str:
    country = list(_IBAN_LENGTHS)[int(rng.integers(len(_IBAN_LENGTHS)))]
    account = _pick(rng, string.digits, _IBAN_LENGTHS[country])
    return country + iban_check(country, account) + account


def _phone(rng: np.random.Generator) -> str:
    if rng.random() < 0.5:
        return f"+44 20 7946 0{int(rng.integers(1000)):03d}"
    return f"+1 212-555-01{int(rng.integers(100)):02d}"


def _ip(rng: np.random.Generator) -> str:
    block = ("192.0.2", "198.51.100", "203.0.113")[int(rng.integers(3))]
    return f"{block}.{int(rng.integers(1, 255))}"


def _api_key(rng: np.random.Generator) -> str:
    form = int(rng.integers(3))
    if form == 0:
        return "AKIA" + _pick(rng, string.ascii_uppercase + "234567", 16)
    return ("sk-proj-" + _pick(rng, _ALNUM, 48)) if form == 1 else ("ghp_" + _pick(rng, _ALNUM, 36))


def _by_fours(text: str) -> str:
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


_MAKERS = {"email": _email, "card": _card, "iban": _iban, "phone": _phone, "ip": _ip, "api_key": _api_key}
KINDS = tuple(_MAKERS)
