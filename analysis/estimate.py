"""How large is each score and how far may it be off? Ratios of sums with their linearised variance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign
from analysis.reduce.arrays import CellSums

Floats = npt.NDArray[np.float64]

NO_VARIATION = 1e-12
"""Variance ratios below this are rounding noise of a variance that is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Shares (or means on [0, 1]) and what their intervals need; all arrays are domains × scores.

    ``p`` estimate (NaN without answers), ``variance`` without and ``variance_fpc`` with the finite population
    correction, ``phi`` their ratio, ``W`` = ΣB, ``S1`` = Σw² over answers, ``S2`` = Σ_PSU B², ``M`` answers,
    ``persons`` responses with an answer, ``df`` PSUs minus strata with answers, ``g`` effective df.
    """

    p: Floats
    variance: Floats
    variance_fpc: Floats
    phi: Floats
    W: Floats
    S1: Floats
    S2: Floats
    M: Floats
    persons: Floats
    df: Floats
    g: Floats

    @property
    def at_bound(self) -> npt.NDArray[np.bool_]:
        """Where the estimate is exactly 0 or 1."""
        return np.asarray((self.p == 0) | (self.p == 1))

    @property
    def observed_ratio(self) -> Floats:
        """M·v / (p(1 - p)): the variance against that of M independent answers, NaN where it is undefined."""
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self.M * self.variance / (self.p * (1 - self.p))
        return np.where(self.at_bound, np.nan, ratio)

    @property
    def no_variance(self) -> npt.NDArray[np.bool_]:
        """Where the data say nothing about the variance: at 0 or 1, with one PSU, or without variation."""
        ratio = np.nan_to_num(self.observed_ratio, nan=0.0)
        return self.at_bound | (self.df < 1) | (ratio < NO_VARIATION)


def estimate(cells: CellSums, design: SurveyDesign, *, domains: int) -> Estimates:
    """Estimate every score of every domain.

    Parameters
    ----------
    cells : CellSums
        Sums of the PSUs inside the domains.
    design : SurveyDesign
        Strata of the PSUs, PSUs per whole stratum, sampling fractions.
    domains : int
        Number of domains, > 0; a domain without cells gets NaN.

    Returns
    -------
    Estimates
        On the scale 0–1.

    Raises
    ------
    ValueError
        Where ``cells`` names a domain that is not below ``domains``.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2 (ratio); Lumley (2010), section 2.3 (domains):
    Var = Σ_h (1 - f_h) n_h/(n_h - 1) [Σz² - (Σz)²/n_h] with z = (A - pB)/W and n_h of the whole stratum.

    Limits
    ------
    Linearisation is poor with few PSUs: use the interval, not ± 2 se.
    """
    total = _Adder(cells.domain, domains)
    A, B = total(cells.A), total(cells.B)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(B > 0, A / B, np.nan)
        z = (cells.A - p[cells.domain] * cells.B) / B[cells.domain]
    p = _snap_to_bounds(p)
    z = np.where(cells.B > 0, z, 0.0)
    variance, variance_fpc, phi_at_zero = _variances(cells, z, design, domains=domains)
    z2, z4 = total(z**2), total(z**4)
    df = total((cells.B > 0).astype(float)) - _strata_with_answers(cells, design, domains=domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(z4 > 0, np.minimum(df, z2**2 / z4), 0.0)
        phi = np.where(variance > 0, variance_fpc / variance, phi_at_zero)
    return Estimates(
        p=p,
        variance=variance,
        variance_fpc=variance_fpc,
        phi=phi,
        W=B,
        S1=total(cells.S1),
        S2=total(cells.B**2),
        M=total(cells.M),
        persons=total(cells.persons),
        df=np.maximum(df, 0.0),
        g=g,
    )


@dataclass(frozen=True, slots=True)
class _Adder:
    """Adds rows of a matrix by code."""

    codes: npt.NDArray[np.int64]
    size: int

    def __call__(self, matrix: Floats) -> Floats:
        columns = [np.bincount(self.codes, matrix[:, s], minlength=self.size) for s in range(matrix.shape[1])]
        return np.column_stack(columns)


def _snap_to_bounds(p: Floats) -> Floats:
    """Return p with 1 - 1e-16, which sums of weights may leave, put back to 1."""
    p = np.where(np.abs(p) < 1e-12, 0.0, p)
    return np.where(np.abs(p - 1) < 1e-12, 1.0, p)


def _domain_strata(
    cells: CellSums, design: SurveyDesign
) -> tuple[_Adder, npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return an adder over the pairs (domain, stratum) that occur, with the domain and stratum of each pair."""
    strata = len(design.n_psu)
    keys, pair = np.unique(cells.domain * strata + design.stratum[cells.psu], return_inverse=True)
    return _Adder(pair, len(keys)), keys // strata, keys % strata


def _variances(cells: CellSums, z: Floats, design: SurveyDesign, *, domains: int) -> tuple[Floats, Floats, Floats]:
    add, domain, stratum = _domain_strata(cells, design)
    n = design.n_psu[stratum][:, None]
    unsampled = (1 - design.fraction)[stratum][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(n > 1, n / (n - 1) * (add(z**2) - add(z) ** 2 / n), 0.0)
    spread = np.maximum(spread, 0.0)
    size = add(cells.B) ** 2 / n
    total = _Adder(domain, domains)
    with np.errstate(divide="ignore", invalid="ignore"):
        phi_at_zero = total(size * unsampled) / total(size)
    return total(spread), total(spread * unsampled), phi_at_zero


def _strata_with_answers(cells: CellSums, design: SurveyDesign, *, domains: int) -> Floats:
    add, domain, _ = _domain_strata(cells, design)
    return _Adder(domain, domains)((add(cells.B) > 0).astype(float))
