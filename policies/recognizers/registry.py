"""All recognizers, in the order their rules run: what contains another kind comes before it."""

from __future__ import annotations

from policies.recognizers.card import CARD
from policies.recognizers.email import EMAIL
from policies.recognizers.iban import IBAN
from policies.recognizers.ip import IP
from policies.recognizers.keys import API_KEY, JWT, PRIVATE_KEY
from policies.recognizers.password import PASSWORD
from policies.recognizers.phone import PHONE
from policies.recognizers.rule import Recognizer
from policies.recognizers.ssn import SSN

RECOGNIZERS: tuple[Recognizer, ...] = (PRIVATE_KEY, JWT, API_KEY, PASSWORD, EMAIL, IBAN, CARD, IP, SSN, PHONE)
BY_KIND = {recognizer.kind: recognizer for recognizer in RECOGNIZERS}
KINDS = tuple(BY_KIND)
