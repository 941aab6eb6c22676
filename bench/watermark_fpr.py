"""How often the watermark detector calls an unmarked text marked, against the rate it promises.

    python -m bench.watermark_fpr [--texts 100000] [--seed 1]

Half of the texts are uniform random ids. The other half are like natural text: frequencies by Zipf's law, phrases that
come again within a text (so contexts repeat), and openings that many texts share (so texts resemble each other). Each
text is scored under a key of its own; a further row scores all of them under one key, as a fleet does.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import stats

from policies.watermark.gumbel import GumbelConfig, verify

ALPHAS = (0.05, 0.01, 1e-3, 1e-4)
VOCABULARY = 50_000
PHRASES = 400
LENGTHS = (20, 60, 120)


@dataclass(frozen=True)
class Rate:
    """False positives at one alpha among ``texts``, with the exact (Clopper-Pearson) one-sided 95 % bound."""

    alpha: float
    false: int
    texts: int

    @property
    def fpr(self) -> float:
        return self.false / self.texts

    @property
    def lower95(self) -> float:
        return float(stats.beta.ppf(0.05, self.false, self.texts - self.false + 1)) if self.false else 0.0

    @property
    def upper95(self) -> float:
        return float(stats.beta.ppf(0.95, self.false + 1, self.texts - self.false))

    @property
    def holds(self) -> bool:
        """Whether a rate of at most alpha agrees with the count, at 99.9 % since many rows are looked at."""
        return not self.false or self.alpha >= float(stats.beta.ppf(0.001, self.false, self.texts - self.false + 1))


def texts(rng: np.random.Generator, amount: int) -> Iterator[np.ndarray]:
    """Yield unmarked token sequences: uniform ones and natural-like ones in turn."""
    phrases = [_zipf(rng, int(n)) for n in rng.integers(3, 12, PHRASES)]
    openings = [_zipf(rng, 12) for _ in range(20)]
    for i in range(amount):
        length = int(LENGTHS[i // 2 % len(LENGTHS)])
        yield rng.integers(0, VOCABULARY, length) if i % 2 else _natural(rng, length, phrases, openings)


def _zipf(rng: np.random.Generator, length: int) -> np.ndarray:
    return np.minimum(rng.zipf(1.2, length), VOCABULARY - 1)


def _natural(
    rng: np.random.Generator, length: int, phrases: list[np.ndarray], openings: list[np.ndarray]
) -> np.ndarray:
    parts = [openings[rng.integers(len(openings))]]
    own = [phrases[i] for i in rng.integers(0, len(phrases), 3)]  # a text keeps coming back to a few phrases
    while sum(map(len, parts)) < length:
        parts.append(own[rng.integers(3)] if rng.random() < 0.4 else _zipf(rng, 5))
    return np.concatenate(parts)[:length]


def p_values(amount: int, seed: int, config: GumbelConfig, *, one_key: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return the exact p-value of every text, and which of them are natural-like."""
    rng = np.random.default_rng(seed)
    keys = rng.integers(0, 2**63, amount)
    found = np.empty(amount)
    for i, ids in enumerate(texts(rng, amount)):
        found[i] = verify(ids, int(keys[0 if one_key else i]), config).exact_p_value
    return found, np.arange(amount) % 2 == 0


def rates(found: np.ndarray) -> list[Rate]:
    return [Rate(alpha, int((found <= alpha).sum()), len(found)) for alpha in ALPHAS]


RUNS = (
    ("gumbel, a key each", GumbelConfig(), False, 1.0),
    ("gumbel, one key for all", GumbelConfig(), True, 0.2),
    ("dual_key_gumbel, a key each", GumbelConfig("dual_key_gumbel", dual_alpha=0.1), False, 1.0),
    ("gumbel WITHOUT deduplication (shows why it is on)", GumbelConfig(deduplicate=False), False, 0.1),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=100_000, help="unmarked texts (default 100000)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    result = []
    for title, config, one_key, part in RUNS:
        amount = max(int(options.texts * part), 1000)
        began = time.perf_counter()
        found, natural = p_values(amount, options.seed, config, one_key=one_key)
        seconds = time.perf_counter() - began
        print(f"\n{title}: {amount:,} unmarked texts, {seconds:.0f} s")
        print(f"  {'texts':<14}{'alpha':>9}{'false':>8}{'FPR':>12}{'95 % bounds':>26}  at most nominal?")
        for group, chosen in (("all", slice(None)), ("natural-like", natural), ("random", ~natural)):
            for rate in rates(found[chosen]):
                said = "(texts depend on each other)" if one_key else "yes" if rate.holds else "NO"
                bounds = f"{rate.lower95:.3g} to {rate.upper95:.3g}"
                print(f"  {group:<14}{rate.alpha:>9.0e}{rate.false:>8}{rate.fpr:>12.3g}{bounds:>26}  {said}")
                result.append({"run": title, "texts": group, "alpha": rate.alpha, "false": rate.false,
                               "n": rate.texts, "fpr": rate.fpr, "upper95": rate.upper95})  # fmt: skip
    print("\n" + json.dumps({"watermark_fpr": result[:12]}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
