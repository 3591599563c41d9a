"""How much more does a score vary than independent answers would? What the units of one parent say together."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.estimate.estimates import Estimates

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

ENOUGH_DF = 8.0
"""Units of one parent speak for each other where their degrees of freedom add up to this."""

DOUBT = 1.5
"""Effective degrees of freedom that ρ = 1 counts for beside one unit; a half of it beside two, and so on."""


@dataclass(frozen=True, slots=True)
class ExpectedRatio:
    """Expected variance ratio r⁰ and where it had to be assumed (ρ = 1); arrays are domains × scores."""

    ratio: Floats
    assumed: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A parameter of each group of units (groups × scores), and the degrees of freedom and units behind it."""

    value: Floats
    df: Floats
    g: Floats
    units: Floats


def expected_ratio(rows: Estimates, units: Estimates, *, row_group: Codes, unit_group: Codes) -> ExpectedRatio:
    """Return the variance ratio that the units of the same parent lead to expect, for shares.

    Parameters
    ----------
    rows : Estimates
        The domains that need an interval, rows × scores.
    units : Estimates
        The units that ρ is estimated from, units × scores.
    row_group, unit_group : ndarray of int
        Group (parent) of each row and unit, from 0; the whole is always the next group above.

    Returns
    -------
    ExpectedRatio
        r⁰ = M[(1 - ρ)S₁ + ρS₂]/W². ρ is that of the group where two or more of its units have at least 8 degrees
        of freedom in all, else that of the whole where it has as many, else 1 and ``assumed`` (unless ρ does not
        matter, S₁ = S₂).

    Raises
    ------
    ValueError
        Where the number of scores differs.

    References
    ----------
    Method of moments for the intraclass correlation: Kish (1965), section 5.4; docs/method.md, step 2.

    Limits
    ------
    Takes ρ as common to the units of a parent; the observed ratio of a unit corrects it (``modified_wilson``).
    """
    groups, whole = (pooled_correlation(units, group) for group in (unit_group, np.zeros_like(unit_group)))
    rho, assumed = _best(rows, row_group, groups, whole)
    ratio = ratio_at(rows, rho)
    rho_matters = rows.S2 - rows.S1 > 1e-12 * rows.S1
    return ExpectedRatio(ratio, assumed & rho_matters)


def ratio_at(rows: Estimates, rho: Floats) -> Floats:
    """Return the variance ratio that a correlation ρ of the answers of a PSU leads to expect.

    Parameters
    ----------
    rows : Estimates
        Rows × scores.
    rho : ndarray, rows × scores
        Correlation in [0, 1].

    Returns
    -------
    ndarray
        M[(1 - ρ)S₁ + ρS₂]/W².

    Raises
    ------
    ValueError
        Where the shapes cannot be broadcast.

    References
    ----------
    Kish (1965), section 5.4; docs/method.md, step 2.

    Limits
    ------
    The same correlation in every PSU.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(rows.M * ((1 - rho) * rows.S1 + rho * rows.S2) / rows.W**2, dtype=float)


def pooled_correlation(units: Estimates, group: Codes, *, doubt: float = DOUBT) -> Pooled:
    """Return the correlation of the answers of a PSU that the units of each group show together.

    Parameters
    ----------
    units : Estimates
        Units × scores.
    group : ndarray of int, shape (units,)
        Group of each unit, from 0.
    doubt : float
        Effective degrees of freedom that ρ = 1 counts for beside one unit.

    Returns
    -------
    Pooled
        ρ = (G·ρ̂ + doubt/u)/(G + doubt/u), ρ̂ by the method of moments within [0, 1], u the units with df ≥ 1 and G
        the sum of their effective degrees of freedom g. A unit that has no sibling would confirm itself: the same
        few PSUs give its own variance ratio and the one that is expected of it.

    Raises
    ------
    ValueError
        Where the lengths differ.

    References
    ----------
    Kish (1965), section 5.4; docs/method.md, step 2; docs/decisions/0004.

    Limits
    ------
    Takes ρ as common to the units of a group.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        binomial = units.p * (1 - units.p) * units.M / units.W**2
    variance = units.M * units.variance * units.own
    pooled = _pool(units, group, variance - units.S1 * binomial, (units.S2 - units.S1) * binomial)
    doubted = doubt / np.maximum(pooled.units, 1)
    with np.errstate(invalid="ignore"):
        rho = (pooled.g * np.clip(pooled.value, 0.0, 1.0) + doubted) / (pooled.g + doubted)
    return replace(pooled, value=rho)


def expected_mean_ratio(
    rows: Estimates, units: Estimates, *, row_group: Codes, unit_group: Codes
) -> ExpectedRatio:
    """Return the expected variance ratio of means and points on [0, 1].

    Parameters
    ----------
    rows, units : Estimates
        As in ``expected_ratio``.
    row_group, unit_group : ndarray of int
        As in ``expected_ratio``.

    Returns
    -------
    ExpectedRatio
        r⁰ = ΣM·v·df / Σdf·μ(1 - μ) over the units of the group, else of the whole, else ρ = 1, ``assumed``.

    Raises
    ------
    ValueError
        Where the number of scores differs.

    References
    ----------
    docs/method.md, step 6.

    Limits
    ------
    The variance of answers inside a unit is taken as the same share of μ(1 - μ) in every unit of a group.
    """
    groups, whole = _mean_ratio(units, unit_group), _mean_ratio(units, np.zeros_like(unit_group))
    ratio, assumed = _best(rows, row_group, groups, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(assumed, rows.M * rows.S2 / rows.W**2, ratio)
    return ExpectedRatio(ratio, assumed)


def _best(
    rows: Estimates, row_group: Codes, groups: Pooled, whole: Pooled
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the group's value where its units know enough, else the whole's, else 1 and True."""
    shape = rows.p.shape
    own_knows = ((groups.df >= ENOUGH_DF) & (groups.units >= 2))[row_group]
    whole_knows = np.broadcast_to(whole.df[0] >= ENOUGH_DF, shape)
    value = np.where(own_knows, groups.value[row_group], np.where(whole_knows, whole.value[0], 1.0))
    return value, ~(own_knows | whole_knows)


def _pool(units: Estimates, group: Codes, excess: Floats, scale: Floats) -> Pooled:
    """Return Σ df·excess / Σ df·scale of each group, with df 0 where the scale is 0."""
    n = int(group.max(initial=0)) + 1
    usable = (units.df >= 1) & np.isfinite(excess) & np.isfinite(scale)

    def add(matrix: Floats) -> Floats:
        matrix = np.where(usable, matrix, 0.0)
        return np.column_stack([np.bincount(group, column, minlength=n) for column in matrix.T])

    top, bottom, df = add(units.df * excess), add(units.df * scale), add(units.df)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = top / bottom
    known = np.where(bottom > 0, df, 0.0)
    return Pooled(value, known, add(units.g), add(np.ones_like(units.df)))


def _mean_ratio(units: Estimates, group: Codes) -> Pooled:
    pooled = _pool(units, group, units.M * units.variance * units.own, units.p * (1 - units.p))
    # Units without any variation would promise an interval of no width.
    return replace(pooled, df=np.where(pooled.value > 0, pooled.df, 0.0))
