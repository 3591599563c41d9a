"""How large is each score and how far may it be off? Ratios of sums with their linearised variance."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign
from analysis.reduce.arrays import CellSums
from analysis.variance import Adder, cells_of, domain_variances

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

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
    total = Adder(cells.domain, domains)
    ratio = linearise(cells.A, cells.B, total)
    z = np.where(cells.B > 0, ratio.z, 0.0)
    variances = domain_variances(z, cells.domain, cells.psu, design, domains=domains)
    z2, z4 = total(z**2), total(z**4)
    strata = _DomainStrata.of(cells, design, domains=domains)
    df = total((cells.B > 0).astype(float)) - strata.answered()
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(z4 > 0, np.minimum(df, z2**2 / z4), 0.0)
        phi = variances.corrected / variances.plain
    return Estimates(
        p=snap_to_bounds(ratio.estimate),
        variance=variances.plain,
        variance_fpc=variances.corrected,
        phi=np.where(variances.plain > 0, phi, strata.phi_at_zero(design)),
        W=ratio.size,
        S1=total(cells.S1),
        S2=total(cells.B**2),
        M=total(cells.M),
        persons=total(cells.persons),
        df=np.maximum(df, 0.0),
        g=g,
    )


class Linearised(NamedTuple):
    """Ratios ΣA/ΣB (domains × statistics, NaN where ΣB = 0), ΣB, and z = (A - ratio·B)/ΣB of each row."""

    estimate: Floats
    size: Floats
    z: Floats


def linearise(A: Floats, B: Floats, total: Adder) -> Linearised:
    """Return ratios of sums and the linearised values behind their variance.

    Parameters
    ----------
    A, B : ndarray, rows × statistics
        Weighted numerators and denominators of responses, PSUs or any sums of them.
    total : Adder
        Adds rows by domain.

    Returns
    -------
    Linearised
        ``z`` is NaN in domains without a denominator.

    Raises
    ------
    ValueError
        Where the shapes differ.

    References
    ----------
    Woodruff (1971), JASA 66, 411–414; Särndal, Swensson & Wretman (1992), result 5.6.2.

    Limits
    ------
    First order only: poor where the denominator itself varies much.
    """
    numerator, size = total(A), total(B)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.where(size != 0, numerator / size, np.nan)
        z = (A - estimate[total.codes] * B) / size[total.codes]
    return Linearised(estimate, size, z)


def snap_to_bounds(p: Floats) -> Floats:
    """Return p with 1 - 1e-16, which sums of weights may leave, put back to 1.

    Parameters
    ----------
    p : ndarray
        Estimates on [0, 1], NaN where there is none.

    Returns
    -------
    ndarray
        The same, exactly 0 or 1 where they are within 1e-12 of it.

    Raises
    ------
    TypeError
        For what is no array of numbers.

    References
    ----------
    IEEE 754: rounding of sums.

    Limits
    ------
    A true share below 1e-12 would be taken for 0.
    """
    p = np.where(np.abs(p) < 1e-12, 0.0, p)
    return np.where(np.abs(p - 1) < 1e-12, 1.0, p)


@dataclass(frozen=True, slots=True)
class _DomainStrata:
    """The pairs (domain, stratum) that occur, with the weights of the answers in each."""

    size: Floats
    stratum: Codes
    by_domain: Adder

    @classmethod
    def of(cls, cells: CellSums, design: SurveyDesign, *, domains: int) -> Self:
        """Add the cells of each pair."""
        domain, stratum, pair = cells_of(cells.domain, design.stratum[cells.psu], units=len(design.n_psu))
        return cls(Adder(pair, len(domain))(cells.B), stratum, Adder(domain, domains))

    def answered(self) -> Floats:
        """Return the number of strata with answers in each domain."""
        return self.by_domain((self.size > 0).astype(float))

    def phi_at_zero(self, design: SurveyDesign) -> Floats:
        """Return the part of the variance that an FPC would leave, where the data show no variance at all."""
        spread = self.size**2 / design.n_psu[self.stratum][:, None]
        unsampled = (1 - design.fraction)[self.stratum][:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.by_domain(spread * unsampled) / self.by_domain(spread), dtype=float)
