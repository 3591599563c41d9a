"""How do the answers of a village or a person hang together? Distributions with a given intraclass correlation."""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit

from benchmarks.coverage_samples import Answers, Draw, Psus

Floats = npt.NDArray[np.float64]
Rates = Callable[[np.random.Generator, Psus, int], Floats]

ITEMS = 16
MISSING = 0.05
PERSON_ICC = 0.30
"""Correlation of the answers of one person, where persons are drawn inside villages."""

NODES = np.linspace(-8.0, 8.0, 1601)
NODE_WEIGHTS = np.exp(-(NODES**2) / 2) / np.exp(-(NODES**2) / 2).sum()
"""A fine grid: the effect of a person is nearly a step, which quadrature by polynomials misses."""


def beta(rng: np.random.Generator, psus: Psus, replications: int) -> Floats:
    """Draw the share of each PSU from a beta distribution (its answers are then beta-binomial)."""
    return _beta(rng, np.broadcast_to(psus.share, (replications, len(psus.share))), psus.icc)


def logit_normal(rng: np.random.Generator, psus: Psus, replications: int) -> Floats:
    """Draw the logit of the share of each PSU from a normal distribution."""
    effect = rng.standard_normal((replications, len(psus.share)))
    centre, spread = np.array([_logit_normal(float(share), psus.icc, (0.0,)) for share in psus.share]).T
    return np.asarray(expit(centre + spread * effect))


def two_kinds(rng: np.random.Generator, psus: Psus, replications: int) -> Floats:
    """Draw each PSU as a good or a bad one: a single bad village makes the unit."""
    p = psus.share
    spread = np.sqrt(psus.icc * p * (1 - p))
    up = np.minimum(0.9 * (1 - p), spread)
    down = spread**2 / up
    bad = rng.random((replications, len(p))) < up / (up + down)
    return np.clip(np.where(bad, p - down, p + up), 0.0, 1.0)


def one_item(rates: Rates, *, size_spread: float = 0.0) -> Draw:
    """Return the draw of one item in villages; ``size_spread`` is the variation of the answers per village."""

    def draw(rng: np.random.Generator, psus: Psus, replications: int) -> Answers:
        valid = np.broadcast_to(psus.answers, (replications, len(psus.answers)))
        if size_spread:
            shape = size_spread**-2
            valid = np.maximum(1, np.rint(valid * rng.gamma(shape, 1 / shape, size=valid.shape)).astype(np.int64))
        return Answers(rng.binomial(valid, rates(rng, psus, replications)).astype(float), valid.astype(float))

    return draw


def pooled_items(rates: Rates) -> Draw:
    """Return the draw of persons, each a PSU, who answer items of equal difficulty and skip some."""

    def draw(rng: np.random.Generator, psus: Psus, replications: int) -> Answers:
        valid = rng.binomial(psus.answers, 1 - MISSING, size=(replications, len(psus.answers)))
        return Answers(rng.binomial(valid, rates(rng, psus, replications)).astype(float), valid.astype(float))

    return draw


def graded_items(rng: np.random.Generator, psus: Psus, replications: int) -> Answers:
    """Draw persons who answer items from easy to hard: a normal effect of the person on the logit of each item."""
    offsets = tuple(float(offset) for offset in np.linspace(-1.0, 1.0, ITEMS))
    centre, spread = np.array([_logit_normal(float(share), psus.icc, offsets) for share in psus.share]).T
    person = centre + spread * rng.standard_normal((replications, len(psus.share)))
    satisfied, valid = np.zeros_like(person), np.zeros_like(person)
    for offset in offsets:
        answered = rng.random(person.shape) >= MISSING
        valid += answered
        satisfied += answered & (rng.random(person.shape) < expit(person + offset))
    return Answers(satisfied, valid)


def persons_in_villages(rng: np.random.Generator, psus: Psus, replications: int) -> Answers:
    """Draw the pooled index of villages: ``answers`` persons a village, whose answers are alike as well."""
    first = np.cumsum(psus.answers) - psus.answers
    village = np.repeat(np.arange(len(psus.answers)), psus.answers)
    share = np.clip(beta(rng, psus, replications), 1e-9, 1 - 1e-9)
    person = _beta(rng, share[:, village], PERSON_ICC)
    valid = rng.binomial(ITEMS, 1 - MISSING, size=person.shape)
    satisfied = rng.binomial(valid, person)
    return Answers(
        np.add.reduceat(satisfied, first, axis=1).astype(float),
        np.add.reduceat(valid, first, axis=1).astype(float),
    )


def _beta(rng: np.random.Generator, share: Floats, icc: float) -> Floats:
    total = (1 - icc) / icc
    return rng.beta(share * total, (1 - share) * total)


@cache
def _logit_normal(share: float, icc: float, offsets: tuple[float, ...]) -> tuple[float, float]:
    """Return centre and spread on the logit scale that give the share and the correlation."""

    def rates(centre: float, spread: float) -> Floats:
        items = expit(centre + spread * NODES[:, None] + np.array(offsets))
        return np.asarray(items.mean(axis=1), dtype=float)

    def centre(spread: float) -> float:
        return float(brentq(lambda at: NODE_WEIGHTS @ rates(at, spread) - share, -500.0, 500.0))

    def excess(spread: float) -> float:
        variance = NODE_WEIGHTS @ (rates(centre(spread), spread) - share) ** 2
        return float(variance - icc * share * (1 - share))

    spread = float(brentq(excess, 1e-3, 30.0))
    return centre(spread), spread
