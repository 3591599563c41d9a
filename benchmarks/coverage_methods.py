"""Which intervals are compared? The default as the index tables use it, and the published ones beside it."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, expit, logit

from analysis import intervals
from analysis.intervals import Limits, modified_wilson, t_quantile, wilson_limits
from benchmarks.coverage_samples import Sample

Floats = npt.NDArray[np.float64]
Method = Callable[[Sample], Limits]

LEVEL = 0.95
DEFAULT = "modified-wilson"


def default_interval(constant: float = intervals.SHRINKAGE) -> Method:
    """Return the default interval, with another constant than the decided one where it is given."""

    def limits(sample: Sample) -> Limits:
        decided = intervals.SHRINKAGE
        intervals.SHRINKAGE = constant
        try:
            return modified_wilson(sample.estimates, sample.expected, level=LEVEL)
        finally:
            intervals.SHRINKAGE = decided

    return limits


def wald(sample: Sample) -> Limits:
    """Return p ± t(df)·se; of no width at 0 and 100 %."""
    p, half = sample.estimates.p, _quantile(sample) * np.sqrt(sample.estimates.variance)
    return Limits(p - half, p + half)


def logit_t(sample: Sample) -> Limits:
    """Return the limits on the logit scale with t(df) (``xlogit`` of R's survey)."""
    p = _inner(sample)
    half = _quantile(sample) * np.sqrt(sample.estimates.variance) / (p * (1 - p))
    return Limits(expit(logit(p) - half), expit(logit(p) + half))


def korn_graubard(sample: Sample) -> Limits:
    """Return Clopper and Pearson's limits for n(p)·(t(n - 1)/t(df))² answers (``beta`` of R's survey)."""
    p, answers = _inner(sample), np.maximum(sample.estimates.M - 1, 1)
    n = _effective(sample) * (t_quantile(LEVEL, answers) / _quantile(sample)) ** 2
    tail = (1 - LEVEL) / 2
    return Limits(betaincinv(n * p, n * (1 - p) + 1, tail), betaincinv(n * p + 1, n * (1 - p), 1 - tail))


def wilson_t(sample: Sample) -> Limits:
    """Return Wilson's limits with the unit's own design effect and t(df)."""
    return wilson_limits(_inner(sample), _effective(sample), _quantile(sample))


def _quantile(sample: Sample) -> Floats:
    df = sample.estimates.df
    return t_quantile(LEVEL, np.where(df > 0, df, np.nan))


def _inner(sample: Sample) -> Floats:
    """Return the shares where the unit has a variance of its own, else NaN: these methods are undefined there."""
    return np.where(sample.estimates.no_variance, np.nan, sample.estimates.p)


def _effective(sample: Sample) -> Floats:
    p = _inner(sample)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(p * (1 - p) / sample.estimates.variance)


CONSTANTS: dict[str, Method] = {f"constant {constant:g}": default_interval(constant) for constant in (4.0, 16.0)}
PUBLISHED: dict[str, Method] = {
    "Wald t": wald,
    "logit t": logit_t,
    "Korn–Graubard": korn_graubard,
    "Wilson t, own design effect": wilson_t,
}
