"""Which share answered 1 in the population? A share with the limits between which it lies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import logit

from analysis.estimate.estimates import NO_VARIATION, Estimates, estimate
from analysis.estimate.intervals import Limits, modified_wilson, whole_units
from analysis.estimate.variance_ratio import ExpectedRatio, expected_ratio
from analysis.reduce.arrays import cell_sums
from analysis.survey import proportion_intervals as published
from analysis.survey.fit import Fit, ReplicateFit, fit, replicate_variances
from analysis.survey.means import By, fitted, simple_variance
from analysis.survey.proportion_intervals import Share
from analysis.survey.results import DfRule
from analysis.survey.sample import Column, Domains, Sample, Wanted, domains_of, shares

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Method = Literal[
    "modified-wilson",
    "wilson",
    "korn-graubard",
    "korn-graubard-nchs",
    "logit",
    "xlogit",
    "beta",
    "asin",
    "mean",
    "t",
]

PUBLISHED: dict[str, Callable[[Share], Limits]] = {
    "t": published.wald,
    "mean": published.wald,
    "logit": published.logit_model,
    "xlogit": published.xlogit,
    "asin": published.arcsine,
    "wilson": published.wilson_design,
    "beta": published.korn_graubard,
    "korn-graubard": published.korn_graubard,
    "korn-graubard-nchs": partial(published.korn_graubard, truncate=True),
}


def proportion(
    sample: Sample,
    y: Column,
    by: By = None,
    *,
    method: Method = "modified-wilson",
    level: float = 0.95,
    df: DfRule = "answers",
) -> pd.DataFrame:
    """Estimate the share of answers that are 1.

    Parameters
    ----------
    y : str or array of 0, 1 and NaN, one a response
        Missing (NaN) where not answered; such responses stay in the design and leave the share.
    by : str or list of str, optional
        Domain columns. A domain where everybody answered 0 has its row like any other.
    method : str
        ``modified-wilson`` (the default interval of docs/method.md), or with the meaning of R's ``svyciprop``:
        ``logit``, ``xlogit``, ``beta`` = ``korn-graubard``, ``asin``, ``wilson`` (effective n and t(df)) and
        ``mean`` = ``t``. ``korn-graubard-nchs`` takes an effective n of at most n, and n itself at 0 and 100 %.
    level : float
        Confidence level in (0, 1).
    df : {"answers", "domain", "design"}
        Degrees of freedom: of the PSUs and strata with answers in the domain (the default, as for R's domains),
        with responses in it, or of the whole design. ``modified-wilson`` always takes ``answers``.

    Returns
    -------
    DataFrame
        As in ``mean``, on the scale 0–1. Under ``modified-wilson`` limits are finite wherever there is an answer,
        and ``se`` is missing, not 0, where the data say nothing about it (``reason``).

    Raises
    ------
    UnusableColumn
        For a column that is not there or holds other values than 0, 1 and blanks.
    DesignError
        As in ``mean``.

    References
    ----------
    docs/method.md (modified-wilson); Korn & Graubard (1998), Survey Methodology 24; Wilson (1927), JASA 22.

    Limits
    ------
    R's methods are undefined at 0 and 100 % and cover too rarely in units with few PSUs; each says so.
    """
    if method != "modified-wilson" and method not in PUBLISHED:
        known = ", ".join(["modified-wilson", *PUBLISHED])
        message = f"method: expected one of {known}, got {method!r}; choose one of them"
        raise ValueError(message)
    values = shares(sample, y)
    rows = ~np.isnan(values)
    counted = rows.astype(float)[:, None]
    wanted = Wanted(np.where(rows, values, 0.0)[:, None], counted, rows, domains_of(sample, by))
    found = fit(sample, wanted)
    srs = simple_variance(sample, wanted, found)
    modified = method == "modified-wilson"
    result = fitted(sample, wanted, found, srs=srs, df="answers" if modified else df)
    if modified:
        default = _modified(sample, wanted, found, level=level)
        refused = np.isnan(result.estimate)
        result.low, result.high = (np.where(refused, np.nan, limit) for limit in default.limits)
        result.se = np.where(default.unknown, np.nan, result.se)
        result.deff = np.where(default.unknown, np.nan, result.deff)
        result.reason = default.reasons(result.reason)
    else:
        share = Share(p=result.estimate, variance=result.se**2, df=result.df, n=result.n, level=level)
        result.low, result.high = _published(method, share, found)
    return result.table(wanted.domains)


def _published(method: str, share: Share, found: Fit) -> Limits:
    if method == "logit" and isinstance(found, ReplicateFit):
        return published.logit_model(share, _replicated_logit(found))
    return PUBLISHED[method](share)


def _replicated_logit(found: ReplicateFit) -> Floats:
    """Return the variance of logit(p) over replicates."""
    with np.errstate(divide="ignore", invalid="ignore"):
        replicated, full = logit(found.replicated), logit(found.estimate)
    # logit(0) and logit(1) have no variance: they count as far out as R's fit of the replicate gets.
    start = full[:, None, :]
    replicated = np.where(replicated == np.inf, _where_scoring_ends(start), replicated)
    replicated = np.where(replicated == -np.inf, -_where_scoring_ends(-start), replicated)
    return replicate_variances(replicated, full, found.replicates)[:, 0]


def _where_scoring_ends(start: Floats) -> Floats:
    """Return the logit at which Fisher scoring of answers that are all 1 stops: deviance changes below 1e-8."""
    eta = np.array(start, dtype=float)
    moving = np.isfinite(eta)
    eta = np.where(moving, eta, 0.0)
    deviance = 2 * np.log1p(np.exp(-eta))
    for _ in range(25):
        eta = np.where(moving, eta + 1 + np.exp(-eta), eta)
        before, deviance = deviance, 2 * np.log1p(np.exp(-eta))
        moving &= np.abs(deviance - before) / (np.abs(deviance) + 0.1) >= 1e-8
        if not moving.any():
            break
    return np.where(np.isfinite(start), eta, np.nan)


@dataclass(frozen=True, slots=True)
class _Modified:
    """The default interval with what is unknown about it."""

    limits: Limits
    unknown: Bools
    assumed: Bools

    def reasons(self, before: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Return the reasons before with ``assumed`` added where r⁰ had to be assumed."""
        added = np.where(before == "", "assumed", before + ";assumed")
        return np.where(self.assumed & (before != "no_answers"), added, before)


def _modified(sample: Sample, wanted: Wanted, fitted_shares: Fit, *, level: float) -> _Modified:
    e = _estimates(sample, wanted, fitted_shares)
    group = np.zeros(wanted.domains.size, dtype=np.int64)
    expected: ExpectedRatio = expected_ratio(e, e, row_group=group, unit_group=group)
    design = sample.design
    plain = design.unweighted and not design.clustered and design.columns.strata is None
    classical = np.array([plain and sample.calibration is None and sample.replicates is None])
    limits = modified_wilson(e, expected.ratio, level=level, classical=classical)
    unknown = (e.no_variance & (e.phi != 0))[:, 0]
    assumed = expected.assumed[:, 0] & ~classical[0]
    found = Limits(limits.low[:, 0], limits.high[:, 0])
    if sample.calibration is None and sample.replicates is None and not design.clustered:
        members = _members(sample, wanted.domains)
        satisfied = np.round(e.p[:, 0] * e.M[:, 0])
        found = whole_units(found, satisfied=satisfied, n=e.M[:, 0], population=members)
    return _Modified(found, unknown, assumed)


def _members(sample: Sample, domains: Domains) -> Floats:
    """Return the population of domains that are one whole, equally weighted stratum with an FPC each; else NaN."""
    design = sample.design
    if design.columns.fpc is None:
        return np.full(domains.size, np.nan)
    stratum = design.stratum[design.psu]
    inside = domains.codes >= 0
    of_domain = np.zeros(domains.size, dtype=np.int64)
    of_domain[domains.codes[inside]] = stratum[inside]
    strange = inside & (of_domain[domains.codes] != stratum)
    if sample.design.columns.weights is not None:
        w = design.weights
        strange |= inside & ~np.isclose(w, w[np.unique(stratum, return_index=True)[1]][stratum], rtol=1e-9)
    n = np.bincount(domains.codes[inside], minlength=domains.size)
    whole = n == design.n_psu[of_domain]
    whole &= np.bincount(domains.codes[strange], minlength=domains.size) == 0
    return np.where(whole, design.population[of_domain], np.nan)


def _estimates(sample: Sample, wanted: Wanted, fitted_shares: Fit) -> Estimates:
    inside, domains, design = wanted.inside, wanted.domains, sample.design
    cells = cell_sums(
        wanted.numerator[inside],
        np.ones((int(inside.sum()), 1)),
        design.weights[inside],
        domain=domains.codes[inside],
        psu=design.psu[inside],
    )
    e = estimate(cells, design, domains=domains.size)
    if sample.calibration is None and sample.replicates is None and design.second is None:
        return e
    variances = fitted_shares.variances(np.eye(1))
    # Rounding noise of a variance that is 0 must not become a ratio of two noises.
    quiet = variances.plain <= NO_VARIATION * e.p * (1 - e.p)
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = np.where(quiet, e.phi, variances.corrected / variances.plain)
    return replace(e, variance=variances.plain, variance_fpc=variances.corrected, phi=phi)
