"""How far would a linear statistic vary over samples? Sums over strata of the spread between sampled units."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage of sampling: the stratum of each unit; per stratum the sampled units and the part not sampled."""

    stratum: Codes
    n: Floats
    unsampled: Floats
    lonely_psu: LonelyPsu
    adjust_domain_lonely: bool


def cells_of(domain: Codes, unit: Codes, *, units: int) -> tuple[Codes, Codes, Codes]:
    """Return the domain and unit of each pair (domain, unit) that occurs, and the pair of each row."""
    keys, cell = np.unique(domain * units + unit, return_inverse=True)
    return keys // units, keys % units, np.asarray(cell, dtype=np.int64)


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
        Σ_h (1 - f_h) n_h/(n_h - 1) Σ(z - z̄_h)², PSUs of the stratum without the domain counting as zeros. A
        stratum with one PSU adds nothing under fail, certainty and remove; its squared distance from the mean of
        all PSUs under adjust; the mean of the domain's other strata under average. ``adjust_domain_lonely`` treats
        strata that have one PSU inside the domain in the same way (adjust and average only).

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
    unsampled = 1 - design.fraction
    stage = _Stage(design.stratum, design.n_psu, unsampled, design.lonely_psu, design.adjust_domain_lonely)
    return _stage_variances(z, domain, psu, stage, domains=domains)


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
    stage = _Stage(second.psu, second.n, unsampled, design.lonely_psu, design.adjust_domain_lonely)
    within = _stage_variances(z, domain, unit, stage, domains=domains)
    return Variances(first.plain, first.corrected + within.corrected, first.lonely | within.lonely)


def _stage_variances(z: Floats, domain: Codes, unit: Codes, stage: _Stage, *, domains: int) -> Variances:
    at_domain, at_stratum, pair = cells_of(domain, stage.stratum[unit], units=len(stage.n))
    add = Adder(pair, len(at_domain))
    n, unsampled = stage.n[at_stratum][:, None], stage.unsampled[at_stratum][:, None]
    mean = add(z) / n
    count = add.count()[:, None]
    # Two passes: Σz² - (Σz)²/n would leave rounding noise where all units agree.
    spread = add((z - mean[pair]) ** 2) + (n - count) * mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(n > 1, n / (n - 1) * spread, 0.0)
    lonely = (n == 1) & (unsampled > 0)
    alone = lonely | (stage.adjust_domain_lonely & (count == 1) & (unsampled > 0))
    total = Adder(at_domain, domains)
    plain, corrected = parts, parts * unsampled
    if alone.any() and stage.lonely_psu in {"adjust", "average"}:
        if stage.lonely_psu == "adjust":
            centre = Adder(domain, domains)(z) / len(stage.stratum)
            parts = np.where(alone, _about(centre[at_domain], mean * n, n), parts)
            plain, corrected = parts, parts * unsampled
        else:
            plain = _averaged(parts, alone, total, at_domain)
            corrected = _averaged(parts * unsampled, alone, total, at_domain)
    touched = np.bincount(at_domain, lonely[:, 0], minlength=domains) > 0
    return Variances(total(plain), total(corrected), touched)


def _about(centre: Floats, z: Floats, n: Floats) -> Floats:
    """Return the spread of one unit z and n - 1 zeros about a given centre."""
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 1.0)
    return np.asarray(scale * ((z - centre) ** 2 + (n - 1) * centre**2), dtype=float)


def _averaged(parts: Floats, alone: Bools, total: Adder, at_domain: Codes) -> Floats:
    """Return the parts with those of lonely strata replaced by the mean of the domain's others."""
    others = np.broadcast_to(~alone, parts.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total(np.where(others, parts, 0.0)) / total(others.astype(float))
    return np.where(alone, mean[at_domain], parts)
