"""How large is each score and how far may it be off? Ratios of sums with their linearised variance."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.design import SurveyDesign
from analysis.estimate.variance import Adder, Strata, StratumSums, cells_of, strata_of, variances_of_sums
from analysis.reduce.arrays import CellSums
from analysis.reduce.domain_sums import DomainSums

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

NO_VARIATION = 1e-12
"""Variance ratios below this are rounding noise of a variance that is zero."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimates:
    """Shares (or means on [0, 1]) and what their intervals need; all arrays are domains × scores.

    ``p`` estimate (NaN without answers), ``variance`` without and ``variance_fpc`` with the finite population
    correction, ``phi`` their ratio, ``W`` = ΣB, ``S1`` = Σw² over answers, ``S2`` = Σ_PSU B², ``M`` answers,
    ``persons`` responses with an answer, ``df`` PSUs minus strata with answers, ``g`` effective df, ``own`` by how
    much ``variance`` must grow to be that of a sample of the domain by itself.
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
    own: Floats

    @property
    def at_bound(self) -> npt.NDArray[np.bool_]:
        """Where the estimate is exactly 0 or 1."""
        return np.asarray((self.p == 0) | (self.p == 1))

    @property
    def observed_ratio(self) -> Floats:
        """M·v·own / (p(1 - p)): the variance against that of M independent answers, NaN where it is undefined."""
        return self._against_independence(self.M * self.variance * self.own)

    @property
    def deff(self) -> Floats:
        """v·(M - 1) / (p(1 - p)): the design effect as R defines it, NaN where it is undefined."""
        return self._against_independence((self.M - 1) * self.variance)

    def _against_independence(self, variance: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.at_bound, np.nan, variance / (self.p * (1 - self.p)))

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
    z2 = z * z
    domain, stratum, pair = cells_of(cells.domain, design.stratum[cells.psu], units=len(design.n_psu))
    of_pair = Adder(pair, len(domain))
    sums = DomainSums(
        p=ratio.estimate,
        W=ratio.size,
        M=total(cells.M),
        persons=total(cells.persons),
        S1=total(cells.S1),
        S2=total(cells.B**2),
        psus=total((cells.B > 0).astype(float)),
        z4=total(z2 * z2),
        pair_domain=domain,
        pair_stratum=stratum,
        pair_z=of_pair(z),
        pair_z2=of_pair(z2),
        pair_size=of_pair(cells.B),
    )
    return estimate_sums(sums, strata_of(design), units=of_pair.count()[:, None])


def estimate_sums(sums: DomainSums, strata: Strata, *, units: Floats | None = None) -> Estimates:
    """Estimate every score of every domain from its sums.

    Parameters
    ----------
    sums : DomainSums
        Of domains × scores.
    strata : Strata
        PSUs of each whole stratum, those without the domain included, and the part not sampled.
    units : ndarray, pairs × 1, optional
        PSUs of each pair of domain and stratum; without them no stratum is lonely in a domain only.

    Returns
    -------
    Estimates
        On the scale 0–1; NaN for domains without answers.

    Raises
    ------
    IndexError
        Where a pair names a stratum without a size.

    References
    ----------
    As ``estimate``.

    Limits
    ------
    As ``estimate``.
    """
    total = Adder(sums.pair_domain, len(sums.p))
    found = StratumSums(
        domain=sums.pair_domain, stratum=sums.pair_stratum, z=sums.pair_z, squares=sums.pair_z2, units=units
    )
    variances = variances_of_sums(found, strata, domains=len(sums.p))
    answered = sums.pair_size > 0
    strata_answered = total(answered.astype(float))
    n = np.where(strata_answered == 1, total(answered * strata.n[sums.pair_stratum][:, None]), 0.0)
    df = np.maximum(sums.psus - strata_answered, 0.0)
    # What an FPC would leave of the variance, where the data show no variance at all.
    size = sums.pair_size**2 / strata.n[sums.pair_stratum][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        g = np.where(sums.z4 > 0, np.minimum(df, total(sums.pair_z2) ** 2 / sums.z4), 0.0)
        left = total(size * strata.unsampled[sums.pair_stratum][:, None]) / total(size)
        phi = np.where(variances.plain > 0, variances.corrected / variances.plain, left)
    return Estimates(
        p=snap_to_bounds(sums.p),
        variance=variances.plain,
        variance_fpc=variances.corrected,
        phi=phi,
        W=sums.W,
        S1=sums.S1,
        S2=sums.S2,
        M=sums.M,
        persons=sums.persons,
        df=df,
        g=g,
        own=_own_factor(sums, n),
    )


def _own_factor(sums: DomainSums, n: Floats) -> Floats:
    """Return m*/(m* - 1)·(n - 1)/n of domains inside one stratum of n PSUs, else 1 (n = 0).

    The residuals of m PSUs about their own ratio add up to (m - 1)/m of what they should, m* = W²/S₂ being the m
    of equal PSUs. With n/(n - 1) of the whole stratum that is made good for a domain that is the whole stratum
    only.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        m = sums.W**2 / sums.S2
        factor = m / (m - 1) * (n - 1) / n
    return np.where((n > 1) & (m > 1 + 1e-9), np.maximum(factor, 1.0), 1.0)


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
