"""Which intervals are compared? The default as the index tables use it, and the published ones beside it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv, expit, logit

from analysis.estimate.estimates import Estimates
from analysis.estimate.intervals import (
    QUANTILE_DF,
    SHRINKAGE,
    Limits,
    effective_answers,
    modified_wilson,
    t_quantile,
    wilson_limits,
)
from analysis.estimate.variance_ratio import DOUBT
from benchmarks.coverage_samples import Sample

Floats = npt.NDArray[np.float64]
Method = Callable[[Sample], Limits]

LEVEL = 0.95
DEFAULT = "modified-wilson"


def default_interval(sample: Sample) -> Limits:
    """Return the default interval as the index tables print it."""
    return modified_wilson(sample.estimates, sample.expected(), level=LEVEL)


def first_defined(sample: Sample) -> Limits:
    """Return the interval as it was first defined: t(df + 8), v as it stands, every ρ̂ believed."""
    bare = sample._replace(estimates=replace(sample.estimates, own=np.ones_like(sample.estimates.own)))
    return variant(quantile=8.0, doubt=0.0, df_of=lambda e: e.df)(bare)


def variant(
    *,
    constant: float = SHRINKAGE,
    quantile: float = QUANTILE_DF,
    doubt: float = DOUBT,
    df_of: Callable[[Estimates], Floats] = lambda e: e.g,
) -> Method:
    """Return the default interval with other constants than those that were decided."""

    def limits(sample: Sample) -> Limits:
        size = effective_answers(sample.estimates, sample.expected(doubt=doubt), constant=constant)
        return wilson_limits(sample.estimates.p, size, t_quantile(LEVEL, df_of(sample.estimates) + quantile))

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


FIRST = "as first defined"
VARIANTS: dict[str, Method] = {
    FIRST: first_defined,
    "shrinkage 4": variant(constant=4.0),
    "shrinkage 16": variant(constant=16.0),
    "t(g + 8)": variant(quantile=8.0),
    "t(g + 16)": variant(quantile=16.0),
    "doubt 0": variant(doubt=0.0),
    "doubt 1": variant(doubt=1.0),
    "doubt 3": variant(doubt=3.0),
}
PUBLISHED: dict[str, Method] = {
    "Wald t": wald,
    "logit t": logit_t,
    "Korn–Graubard": korn_graubard,
    "Wilson t, own design effect": wilson_t,
}
