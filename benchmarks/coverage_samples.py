"""Which samples is the coverage of an interval tried on? Parents of mixed units, drawn from known shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from analysis.design import DesignColumns, SurveyDesign
from analysis.estimate.estimates import Estimates, estimate
from analysis.estimate.variance_ratio import DOUBT, ENOUGH_DF, pooled_correlation, ratio_at
from analysis.reduce.arrays import CellSums

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]


class Unit(NamedTuple):
    """A unit as it is sampled: its PSUs, the answers asked for in each, and the true share."""

    psus: int
    answers: int
    share: float


class Psus(NamedTuple):
    """True share of the unit and answers asked for, per PSU of one parent; intraclass correlation of all."""

    share: Floats
    answers: Codes
    icc: float


class Answers(NamedTuple):
    """Satisfied and valid answers, replications × PSUs."""

    satisfied: Floats
    valid: Floats


Draw = Callable[[np.random.Generator, Psus, int], Answers]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A parent that is drawn again and again.

    ``own_strata``: every unit is a stratum; else units are domains of one stratum, as where no strata are named
    (one-PSU units share a stratum in both cases). ``alone``: every unit is the only one in its file.
    ``weight_spread``: coefficient of variation of the weights of PSUs.
    """

    name: str
    units: tuple[Unit, ...]
    icc: float
    draw: Draw
    own_strata: bool = False
    alone: bool = False
    weight_spread: float = 0.0

    @property
    def true_share(self) -> Floats:
        """True share of each unit."""
        return np.array([unit.share for unit in self.units])


class Sample(NamedTuple):
    """Estimates of all units of all replications (a unit after the other), and the file that each is in."""

    estimates: Estimates
    file: Codes

    def expected(self, *, doubt: float = DOUBT) -> Floats:
        """Return the expected variance ratios: a file knows its own units only, else it assumes ρ = 1."""
        rho = pooled_correlation(self.estimates, self.file, doubt=doubt)
        known = rho.df >= ENOUGH_DF
        return ratio_at(self.estimates, np.where(known, rho.value, 1.0)[self.file])

    @property
    def assumed(self) -> float:
        """Units whose expected ratio had to be assumed."""
        df = pooled_correlation(self.estimates, self.file).df[self.file]
        return float(((df < ENOUGH_DF) & (self.estimates.S2 > self.estimates.S1)).sum())


def draw_sample(scenario: Scenario, replications: int, rng: np.random.Generator) -> Sample:
    """Draw the parent ``replications`` times and estimate its units as an index table does."""
    unit = np.repeat(np.arange(len(scenario.units)), [u.psus for u in scenario.units])
    asked = np.array([u.answers for u in scenario.units], dtype=np.int64)
    answers = scenario.draw(rng, Psus(scenario.true_share[unit], asked[unit], scenario.icc), replications)
    weights = np.ones_like(answers.valid)
    if scenario.weight_spread:
        shape = scenario.weight_spread**-2
        weights = rng.gamma(shape, 1 / shape, size=weights.shape)
    domain = (np.arange(replications)[:, None] * len(scenario.units) + unit).ravel()
    cells = _cells(answers, weights, domain)
    estimates = estimate(cells, _design(scenario, unit, replications), domains=replications * len(scenario.units))
    units = np.arange(replications * len(scenario.units))
    return Sample(estimates, units if scenario.alone else units // len(scenario.units))


def _cells(answers: Answers, weights: Floats, domain: Codes) -> CellSums:
    def column(matrix: Floats) -> Floats:
        return matrix.reshape(-1, 1)

    return CellSums(
        domain=domain,
        psu=np.arange(len(domain)),
        A=column(weights * answers.satisfied),
        B=column(weights * answers.valid),
        M=column(answers.valid),
        S1=column(weights**2 * answers.valid),
        persons=column(answers.valid),
    )


def _design(scenario: Scenario, unit: Codes, replications: int) -> SurveyDesign:
    if scenario.own_strata:
        lonely = np.array([u.psus == 1 for u in scenario.units])[unit]
        stratum = np.where(lonely, len(scenario.units), unit)
    else:
        stratum = np.zeros_like(unit)
    of_psu = (np.arange(replications)[:, None] * (len(scenario.units) + 1) + stratum).ravel()
    n_psu = np.bincount(of_psu).astype(float)
    return SurveyDesign(
        columns=DesignColumns(psu="psu"),
        weights=np.ones(len(of_psu)),
        psu=np.arange(len(of_psu)),
        stratum=of_psu,
        n_psu=n_psu,
        fraction=np.zeros(len(n_psu)),
        population=np.full(len(n_psu), np.nan),
    )
