"""Between which limits does a share or a mean lie? Wilson's interval and its form for small units and clusters."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.estimate.estimates import Estimates
from analysis.estimate.quantiles import ndtri, stdtrit

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SHRINKAGE = 8.0
"""Degrees of freedom that the expected variance ratio counts for (docs/decisions/0004)."""

QUANTILE_DF = 12.0
"""Degrees of freedom of the quantile where the unit itself has none (docs/decisions/0004)."""


class Limits(NamedTuple):
    """Lower and upper limits on the scale 0–1, NaN where there are no answers."""

    low: Floats
    high: Floats


def wilson(share: npt.ArrayLike, n: npt.ArrayLike, *, level: float = 0.95) -> Limits:
    """Return the classical Wilson interval of a share of independent answers.

    Parameters
    ----------
    share : array_like
        Shares in [0, 1], NaN where there is none.
    n : array_like
        Numbers of independent answers, same shape or broadcastable, greater than 0.
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    Limits
        ``low`` and ``high`` in [0, 1], of the broadcast shape, always finite where ``share`` and ``n`` are.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Wilson, E. B. (1927), JASA 22, 209–212; Brown, Cai & DasGupta (2001), Statistical Science 16, formula (4).

    Limits
    ------
    For independent answers only: answers of one person or one village are correlated, see ``modified_wilson``.
    """
    return wilson_limits(share, n, normal_quantile(level))


def normal_quantile(level: float) -> float:
    """Return the two-sided standard normal quantile of a confidence level.

    Parameters
    ----------
    level : float
        Confidence level in (0, 1).

    Returns
    -------
    float
        z with P(-z < Z < z) = level.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Abramowitz & Stegun (1964), formula 26.2.2.

    Limits
    ------
    Loses digits where ``level`` is closer to 1 than 1e-12.
    """
    if not 0 < level < 1:
        message = f"level: expected a number between 0 and 1, got {level!r}; give 0.95 for 95 %"
        raise ValueError(message)
    return float(ndtri(0.5 + level / 2))


def wilson_limits(share: npt.ArrayLike, n: npt.ArrayLike, quantile: npt.ArrayLike) -> Limits:
    """Return Wilson's limits with an effective number of answers and a quantile of the caller's choice.

    Parameters
    ----------
    share, n, quantile : array_like
        Share in [0, 1], effective number of answers (> 0, infinity gives the share itself), two-sided quantile;
        broadcastable.

    Returns
    -------
    Limits
        Limits in [0, 1].

    Raises
    ------
    ValueError
        Where the shapes cannot be broadcast.

    References
    ----------
    Wilson (1927), solution of (p - π)² = t² π(1 - π)/n for π.

    Limits
    ------
    ``n`` must already carry every correction for clusters, weights and finite populations.
    """
    p, size, t = np.broadcast_arrays(np.asarray(share, float), np.asarray(n, float), np.asarray(quantile, float))
    with np.errstate(divide="ignore", invalid="ignore"):
        a = t * t / size
        half = np.sqrt(a * p * (1 - p) + a * a / 4)
        low = (p + a / 2 - half) / (1 + a)
        high = (p + a / 2 + half) / (1 + a)
    # At the bounds the formula gives 0 and 1 exactly, floating point only nearly.
    low = np.where(p == 0, 0.0, np.clip(low, 0, 1))
    high = np.where(p == 1, 1.0, np.clip(high, 0, 1))
    return Limits(low, high)


def t_quantile(level: float, df: npt.ArrayLike) -> Floats:
    """Return two-sided quantiles of Student's t.

    Parameters
    ----------
    level : float
        Confidence level in (0, 1).
    df : array_like
        Degrees of freedom, greater than 0.

    Returns
    -------
    ndarray
        Quantiles of the shape of ``df``.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    Student (1908), Biometrika 6, 1–25.

    Limits
    ------
    NaN where ``df`` is not positive.
    """
    normal_quantile(level)
    return np.asarray(stdtrit(np.asarray(df, float), 0.5 + level / 2), dtype=float)


def whole_units(limits: Limits, *, satisfied: Floats, n: Floats, population: Floats) -> Limits:
    """Return limits of a share in a finite population that the population's members can make up.

    Parameters
    ----------
    limits : Limits
        Limits on [0, 1].
    satisfied, n : ndarray
        Number of answers that are 1 and number of answers, of the shape of the limits.
    population : ndarray
        Members of the population, at least n; NaN leaves the limits as they are.

    Returns
    -------
    Limits
        Rounded outward to multiples of 1/N, within what the members who were not asked can still change:
        [x/N, (x + N - n)/N].

    Raises
    ------
    ValueError
        Where the shapes cannot be broadcast.

    References
    ----------
    docs/method.md, step 5; Wright (1991), Exact Confidence Bounds when Sampling from Small Finite Universes.

    Limits
    ------
    For one item without clusters and weights: otherwise the answers do not count members.
    """
    N = np.where(np.isnan(population), 1.0, population)
    # A limit that is a multiple of 1/N up to rounding stays where it is.
    low = np.clip(np.floor(limits.low * N + 1e-9) / N, satisfied / N, None)
    high = np.clip(np.ceil(limits.high * N - 1e-9) / N, None, (satisfied + N - n) / N)
    known = ~np.isnan(population)
    return Limits(np.where(known, low, limits.low), np.where(known, high, limits.high))


def effective_answers(
    estimates: Estimates, expected: Floats, *, is_mean: bool = False, constant: float = SHRINKAGE
) -> Floats:
    """Return how many independent answers a score is worth, before any finite population correction.

    Parameters
    ----------
    estimates : Estimates
        Shares or means on [0, 1], domains × scores.
    expected : ndarray, domains × scores
        Expected variance ratio r⁰ (``analysis.estimate.variance_ratio``).
    is_mean : bool
        True for means and points on [0, 1]: no floor at 1, no cap at the number of answers.
    constant : float
        Degrees of freedom that r⁰ counts for.

    Returns
    -------
    ndarray
        M/r, ln r = λ ln r̂ + (1 - λ) ln r⁰ with λ = g/(g + constant); r = r⁰ where the data say nothing about r̂.

    Raises
    ------
    ValueError
        Where the shapes cannot be broadcast.

    References
    ----------
    docs/method.md, steps 1, 3 and 4; Kish (1965), section 8.2.

    Limits
    ------
    As good as r⁰ where the domain has few PSUs.
    """
    observed = estimates.observed_ratio
    if not is_mean:
        observed = np.maximum(observed, 1.0)
    trust = estimates.g / (estimates.g + constant)
    with np.errstate(divide="ignore", invalid="ignore"):
        shrunk = np.exp(trust * np.log(observed) + (1 - trust) * np.log(expected))
        size = estimates.M / np.where(estimates.no_variance, expected, shrunk)
    return size if is_mean else np.minimum(size, estimates.M)


def modified_wilson(
    estimates: Estimates,
    expected: Floats,
    *,
    level: float = 0.95,
    is_mean: bool = False,
    classical: Bools | None = None,
) -> Limits:
    """Return the default interval: Wilson's with a variance ratio shrunk towards what sibling units show.

    Parameters
    ----------
    estimates : Estimates
        Shares or means on [0, 1], domains × scores.
    expected : ndarray, domains × scores
        Expected variance ratio r⁰ (``analysis.estimate.variance_ratio``).
    level : float
        Confidence level in (0, 1).
    is_mean : bool
        True for means and points on [0, 1]: no floor at 1, no cap at the number of answers.
    classical : ndarray of bool, shape (scores,) or domains × scores, optional
        Scores that are one unweighted item without clusters or strata: r = 1 and the normal quantile.

    Returns
    -------
    Limits
        On [0, 1]; finite wherever there is an answer, [p, p] where the whole population answered.

    Raises
    ------
    ValueError
        If ``level`` is outside (0, 1).

    References
    ----------
    docs/method.md, steps 1–5, 6 and 8; Franco, Little, Louis & Slud (2019), J. Survey Stat. Methodol. 7, 334–364.

    Limits
    ------
    Coverage was simulated for intraclass correlations up to 0.30 and at least three clusters (docs/method.md).
    """
    classical = np.zeros(estimates.p.shape[1], dtype=bool) if classical is None else classical
    size = np.where(classical, estimates.M, effective_answers(estimates, expected, is_mean=is_mean))
    with np.errstate(divide="ignore", invalid="ignore"):
        size = size / estimates.phi
    quantile = np.where(classical, normal_quantile(level), t_quantile(level, estimates.g + QUANTILE_DF))
    limits = wilson_limits(estimates.p, size, quantile)
    census = estimates.phi == 0
    return Limits(np.where(census, estimates.p, limits.low), np.where(census, estimates.p, limits.high))
