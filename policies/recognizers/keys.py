"""Keys that their issuer made recognizable by a prefix, bearer tokens, JSON Web Tokens and PEM private keys.

Sources: the issuers' documentation and GitHub's list of secret scanning patterns.
"""

from __future__ import annotations

from policies.recognizers.context import LEFT
from policies.recognizers.rule import Recognizer, Rule, Verdict, holds, sql_text

# (how the key starts, for the prefilter; the whole key after its start)
_ISSUED: tuple[tuple[str, str], ...] = (
    ("(?:AKIA|ASIA|ABIA|ACCA)", r"[0-9A-Z]{16}\b"),  # AWS
    ("gh[pousr]_", "[0-9A-Za-z]{30,}"),  # GitHub
    ("github_pat_", "[0-9A-Za-z_]{22,}"),
    ("glpat-", "[0-9A-Za-z_-]{20,}"),  # GitLab
    ("sk-(?:proj|ant|svcacct|admin|or|lf|live|test|None)-", "[0-9A-Za-z_-]{16,}"),  # OpenAI, Anthropic, OpenRouter
    ("sk-", "[0-9A-Za-z]{20,}"),
    ("sk_", "[0-9a-f]{40,}"),  # ElevenLabs
    ("xox[abeoprs]-", "[0-9A-Za-z-]{10,}"),  # Slack
    ("xapp-", "[0-9]-[0-9A-Za-z-]{10,}"),
    (r"hooks\.slack\.com/services/", "[0-9A-Za-z/_-]{20,}"),
    ("AIza", "[0-9A-Za-z_-]{35}"),  # Google
    (r"ya29\.", "[0-9A-Za-z_-]{20,}"),
    ("GOCSPX-", "[0-9A-Za-z_-]{20,}"),
    ("[srp]k_(?:live|test)_", "[0-9A-Za-z]{16,}"),  # Stripe
    ("whsec_", "[0-9A-Za-z+/=]{24,}"),
    ("npm_", "[0-9A-Za-z]{36}"),
    ("pypi-AgE", "[0-9A-Za-z_-]{16,}"),
    ("hf_", "[0-9A-Za-z]{30,}"),  # Hugging Face
    ("gsk_", "[0-9A-Za-z]{40,}"),  # Groq
    ("xai-", "[0-9A-Za-z]{40,}"),
    ("r8_", "[0-9A-Za-z]{37}"),  # Replicate
    ("pplx-", "[0-9A-Za-z]{40,}"),
    ("nvapi-", "[0-9A-Za-z_-]{40,}"),
    ("tgp_v1_", "[0-9A-Za-z_-]{30,}"),  # Together
    ("pcsk_", "[0-9A-Za-z_]{40,}"),  # Pinecone
    ("lsv2_(?:pt|sk)_", "[0-9a-f]{32}[0-9a-f_]*"),  # LangSmith
    (r"SG\.", r"[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}"),  # SendGrid
    ("dop_v1_", "[0-9a-f]{64}"),  # DigitalOcean
    ("dapi", r"[0-9a-f]{32}\b"),  # Databricks
    (r"hvs\.", "[0-9A-Za-z_-]{24,}"),  # Vault
    ("glsa_", "[0-9A-Za-z_]{32,}"),  # Grafana
    ("lin_api_", "[0-9A-Za-z]{40}"),
    ("shp(?:at|ca|pa|ss)_", "[0-9a-fA-F]{32}"),  # Shopify
    ("dckr_pat_", "[0-9A-Za-z_-]{20,}"),  # Docker
    ("ATATT3", "[0-9A-Za-z_=-]{60,}"),  # Atlassian
    ("NRAK-", "[0-9A-Z]{27}"),  # New Relic
    ("tskey-", "[0-9A-Za-z]+-[0-9A-Za-z-]{10,}"),  # Tailscale
    ("(?:ntn|secret)_", r"[0-9A-Za-z]{43,50}\b"),  # Notion
    ("AGE-SECRET-KEY-1", "[0-9A-Z]{58}"),
    ("sq0[a-z]{3}-", "[0-9A-Za-z_-]{22,}"),  # Square
)
_TELEGRAM = r"[0-9]{8,10}:AA[0-9A-Za-z_-]{33}"


def _issued_pattern() -> str:
    return LEFT + "(" + "|".join(f"{start}{rest}" for start, rest in _ISSUED) + f"|{_TELEGRAM})"


_BEARER_VALUE = "[0-9A-Za-z._~+/=-]{16,}"
_HAS_DIGIT = "[0-9]"


def _rewrite_bearer(before: str, value: str, tok: str) -> str:
    return tok if holds(_HAS_DIGIT, value) or holds(r"(?i)authorization", before) else value


_BEARER_SQL = f"if(match(r_x, {sql_text(_HAS_DIGIT)}) OR match(r_b, '(?i)authorization'), {{token}}, r_x)"

PRIVATE_KEY = Recognizer(
    kind="private_key",
    title="Private key (PEM)",
    rules=(
        Rule(
            kind="private_key",
            prefilter=("-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY",),
            # A key that was cut off has no end: then all that follows goes.
            pattern=(
                r"()(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
                r"(?s:.*?)(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\z))"
            ),
        ),
    ),
)

JWT = Recognizer(
    kind="jwt",
    title="JSON Web Token",
    rules=(
        Rule(
            kind="jwt",
            prefilter=(r"eyJ[0-9A-Za-z_-]{8}",),
            pattern=LEFT + r"(eyJ[0-9A-Za-z_-]{8,}(?:\.[0-9A-Za-z_-]*){2,4})",
        ),
    ),
)

API_KEY = Recognizer(
    kind="api_key",
    title="API key or token",
    rules=(
        Rule(
            kind="api_key",
            prefilter=(
                *(f"{start}[0-9A-Za-z]" for start, _ in _ISSUED if start not in ("sk-", "sk_", "hf_", "dapi", "npm_")),
                "sk-[0-9A-Za-z]{12}",
                "sk_[0-9a-f]{12}",
                "hf_[0-9A-Za-z]{12}",
                "dapi[0-9a-f]{12}",
                "npm_[0-9A-Za-z]{12}",
                "[0-9]:AA[0-9A-Za-z_-]{12}",
            ),
            pattern=_issued_pattern(),
        ),
        Rule(
            kind="api_key",
            prefilter=(r"(?i:bearer|basic)\s[0-9A-Za-z._~+/=-]{12}",),
            pattern=rf"((?i:(?:authorization[^0-9A-Za-z]{{1,8}})?(?:bearer|basic)\s{{1,4}}))({_BEARER_VALUE})",
            verdict=Verdict(_BEARER_SQL, _rewrite_bearer),
        ),
    ),
)
