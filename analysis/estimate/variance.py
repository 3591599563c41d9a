"""How far would a linear statistic vary over samples? Sums over strata of the spread between sampled units."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.design import LonelyPsu, SurveyDesign

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Variances(NamedTuple):
    """Variances without and with finite population corrections, domains × statistics; ``lonely`` marks domains.

    A domain is lonely where one of its strata has a single sampled PSU (or PSU with a single sampled unit), so
    that nothing is known about the variation there.
    """

    plain: Floats
    corrected: Floats
    lonely: Bools


@dataclass(frozen=True, slots=True)
class Adder:
    """Adds rows of a matrix by code."""

    codes: Codes
    size: int

    def __call__(self, matrix: Floats) -> Floats:
        """Return the sums, size × columns."""
        if matrix.shape[1] == 1:
            sums = np.bincount(self.codes, matrix[:, 0], minlength=self.size)
            return np.asarray(sums[:, None], dtype=float)
        columns = [np.bincount(self.codes, matrix[:, s], minlength=self.size) for s in range(matrix.shape[1])]
        return np.column_stack(columns) if columns else np.zeros((self.size, 0))

    def count(self) -> Floats:
        """Return how often each code occurs."""
        return np.asarray(np.bincount(self.codes, minlength=self.size), dtype=float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strata:
    """The strata that units are sampled in: sampled units of each, part not sampled, what a lonely unit adds."""

    n: Floats
    unsampled: Floats
    lonely_psu: LonelyPsu = "fail"
    adjust_domain_lonely: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumSums:
    """What the sampled units of a stratum add up to inside a domain, pairs of both × statistics.

    ``z`` adds linearised values, ``squares`` their squared distances from ``centre`` over all sampled units of the
    stratum: those outside the domain stand at 0. ``units`` (pairs × 1) counts the units inside; without it no
    stratum is lonely in a domain only (``adjust_domain_lonely``).
    """

    domain: Codes
    stratum: Codes
    z: Floats
    squares: Floats
    centre: Floats | float = 0.0
    units: Floats | None = None


def cells_of(domain: Codes, unit: Codes, *, units: int) -> tuple[Codes, Codes, Codes]:
    """Return the pairs of domain and unit that occur.

    Parameters
    ----------
    domain, unit : ndarray of int, shape (rows,)
        Codes from 0.
    units : int
        Number of units.

    Returns
    -------
    tuple of ndarray
        Domain and unit of each pair, in their order, and the pair of each row.

    Raises
    ------
    ValueError
        Where the lengths differ.

    References
    ----------
    None: bookkeeping.

    Limits
    ------
    Domains × units must fit into 63 bits.
    """
    keys, cell = np.unique(domain * units + unit, return_inverse=True)
    return keys // units, keys % units, np.asarray(cell, dtype=np.int64)


def variances_of_sums(sums: StratumSums, strata: Strata, *, domains: int) -> Variances:
    """Return variances from sums by stratum, however these were come by: the one place of the formula.

    Parameters
    ----------
    sums : StratumSums
        Every pair of domain and stratum that occurs, once.
    strata : Strata
        Sampled units of whole strata, parts not sampled, what to do with lonely units.
    domains : int
        Number of domains.

    Returns
    -------
    Variances
        Σ_h (1 - f_h) n_h/(n_h - 1) [Σz² - (Σz)²/n_h], units of the stratum without the domain counting as zeros. A
        stratum with one unit adds nothing under fail, certainty and remove; its squared distance from the mean of
        all units under adjust; the mean of the domain's other strata under average.

    Raises
    ------
    IndexError
        Where a pair names a stratum without a size.

    References
    ----------
    Särndal, Swensson & Wretman (1992), result 5.6.2; Lumley (2010), sections 2.2–2.3.

    Limits
    ------
    Squares about a centre far from the mean leave rounding noise of about 1e-16 Σz² where all units agree.
    """
    n, unsampled = strata.n[sums.stratum][:, None], strata.unsampled[sums.stratum][:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = sums.squares - (sums.z - n * sums.centre) ** 2 / n
        parts = np.where(n > 1, n / (n - 1) * np.maximum(spread, 0.0), 0.0)
    lonely = (n == 1) & (unsampled > 0)
    alone = lonely
    if strata.adjust_domain_lonely and sums.units is not None:
        alone = lonely | ((sums.units == 1) & (unsampled > 0))
    total = Adder(sums.domain, domains)
    plain, corrected = parts, parts * unsampled
    if strata.lonely_psu == "adjust" and alone.any():
        centre = total(sums.z) / strata.n.sum()
        plain = np.where(alone, _about(centre[sums.domain], sums.z, n), parts)
        corrected = plain * unsampled
    elif strata.lonely_psu == "average" and alone.any():
        plain = _averaged(parts, alone, total)
        corrected = _averaged(parts * unsampled, alone, total)
    touched = np.bincount(sums.domain, lonely[:, 0], minlength=domains) > 0
    return Variances(total(plain), total(corrected), touched)


def strata_of(design: SurveyDesign) -> Strata:
    """Return the strata that the PSUs of a design are sampled in.

    Parameters
    ----------
    design : SurveyDesign
        A checked design.

    Returns
    -------
    Strata
        Of the first stage.

    Raises
    ------
    AttributeError
        For what is no design.

    References
    ----------
    Lumley (2010), section 2.2.

    Limits
    ------
    A second stage is left out: ``two_stage_variances``.
    """
    return Strata(
        n=design.n_psu,
        unsampled=1 - design.fraction,
        lonely_psu=design.lonely_psu,
        adjust_domain_lonely=design.adjust_domain_lonely,
    )


def domain_variances(z: Floats, domain: Codes, psu: Codes, design: SurveyDesign, *, domains: int) -> Variances:
    """Return the variance of sums of linearised values by domain, sampled in one stage.

    Parameters
    ----------
    z : ndarray, cells × statistics
        Weighted, linearised values added within each cell, a PSU inside a domain.
    domain, psu : ndarray of int, shape (cells,)
        Domain and PSU of each cell, every pair once.
    design : SurveyDesign
        Strata, PSUs per whole stratum, sampling fractions, what to do with lonely PSUs.
    domains : int
        Number of domains.

    Returns
    -------
    Variances
        As ``variances_of_sums``. ``adjust_domain_lonely`` treats strata that have one PSU inside the domain like
        those that have one at all (adjust and average only).

    Raises
    ------
    ValueError
        Where ``z`` and the codes differ in length.

    References
    ----------
    Lumley (2010), sections 2.2–2.3; Särndal, Swensson & Wretman (1992), formula 4.3.21 for two stages.

    Limits
    ------
    Under certainty and remove a lonely stratum is taken as known: the standard error is too small if it is not.
    """
    return _stage_variances(z, domain, design.stratum[psu], strata_of(design), domains=domains)


def two_stage_variances(z: Floats, domain: Codes, unit: Codes, design: SurveyDesign, *, domains: int) -> Variances:
    """Return the variance of sums of linearised values by domain, sampled in two stages.

    Parameters
    ----------
    z : ndarray, cells × statistics
        Weighted, linearised values added within each cell, a second-stage unit inside a domain.
    domain, unit : ndarray of int, shape (cells,)
        Domain and second-stage unit of each cell, every pair once.
    design : SurveyDesign
        A design with ``second``.
    domains : int
        Number of domains.

    Returns
    -------
    Variances
        That of the first stage, and with correction Σ f₁(1 - f₂) m/(m - 1) Σ(z - z̄)² within PSUs added.

    Raises
    ------
    ValueError
        Where the design has no second stage.

    References
    ----------
    Särndal, Swensson & Wretman (1992), formula 4.3.21; Cochran (1977), formula 11.24.

    Limits
    ------
    Units below the second stage are taken as sampled with replacement.
    """
    second = design.second
    if second is None:
        message = "design: expected a design with a second stage, got one stage; use domain_variances"
        raise ValueError(message)
    psu = second.psu[unit]
    at_domain, at_psu, cell = cells_of(domain, psu, units=len(design.stratum))
    first = domain_variances(Adder(cell, len(at_psu))(z), at_domain, at_psu, design, domains=domains)
    unsampled = design.fraction[design.stratum] * (1 - second.fraction)
    stage = replace(strata_of(design), n=second.n, unsampled=unsampled)
    within = _stage_variances(z, domain, second.psu[unit], stage, domains=domains)
    return Variances(first.plain, first.corrected + within.corrected, first.lonely | within.lonely)


def _stage_variances(z: Floats, domain: Codes, stratum: Codes, strata: Strata, *, domains: int) -> Variances:
    at_domain, at_stratum, pair = cells_of(domain, stratum, units=len(strata.n))
    add = Adder(pair, len(at_domain))
    n, sums, units = strata.n[at_stratum][:, None], add(z), add.count()[:, None]
    mean = sums / n
    # Two passes: squares about 0 would leave rounding noise where all units agree.
    squares = add((z - mean[pair]) ** 2) + (n - units) * mean**2
    found = StratumSums(domain=at_domain, stratum=at_stratum, z=sums, squares=squares, centre=mean, units=units)
    return variances_of_sums(found, strata, domains=domains)


def _about(centre: Floats, z: Floats, n: Floats) -> Floats:
    """Return the spread of one unit z and n - 1 zeros about a given centre."""
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    return np.asarray(scale * ((z - centre) ** 2 + (n - 1) * centre**2), dtype=float)


def _averaged(parts: Floats, alone: Bools, total: Adder) -> Floats:
    """Return the parts with those of lonely strata replaced by the mean of the domain's others."""
    others = np.broadcast_to(~alone, parts.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total(np.where(others, parts, 0.0)) / total(others.astype(float))
    return np.where(alone, mean[total.codes], parts)
