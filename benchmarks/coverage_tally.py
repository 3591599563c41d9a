"""How often does an interval hold the true share, and how wide is it? Counts over replications."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.estimate.intervals import Limits
from benchmarks.coverage_methods import Method
from benchmarks.coverage_samples import Scenario, draw_sample

Floats = npt.NDArray[np.float64]

CELLS_AT_ONCE = 400_000
"""PSUs in memory: about 150 MB with everything that is computed from them."""
NO_WIDTH = 1e-9


@dataclass(slots=True)
class Tally:
    """Counts of one method; arrays over the units of the scenario."""

    hits: Floats
    width: Floats
    nothing: Floats
    samples: int = 0

    @classmethod
    def empty(cls, units: int) -> "Tally":
        """Return a tally of nothing."""
        return cls(np.zeros(units), np.zeros(units), np.zeros(units))

    def add(self, limits: Limits, true_share: Floats) -> None:
        """Count the intervals of more replications; one that is undefined or has no width says nothing."""
        low, high = (side.reshape(-1, len(true_share)) for side in limits)
        said = high - low > NO_WIDTH
        self.hits += ((low <= true_share) & (true_share <= high)).sum(axis=0)
        self.width += np.where(said, high - low, 0.0).sum(axis=0)
        self.nothing += (~said).sum(axis=0)
        self.samples += len(low)

    @property
    def coverage(self) -> Floats:
        """Share of all replications whose interval holds the true share; saying nothing is a miss."""
        return self.hits / self.samples

    @property
    def error(self) -> Floats:
        """Monte-Carlo standard error of the coverage."""
        return np.sqrt(self.coverage * (1 - self.coverage) / self.samples)

    @property
    def mean_width(self) -> Floats:
        """Mean width of the intervals that say something."""
        return self.width / np.maximum(self.samples - self.nothing, 1)

    @property
    def said_nothing(self) -> Floats:
        """Share of replications without limits or with limits of no width."""
        return self.nothing / self.samples


@dataclass(frozen=True, slots=True)
class Measured:
    """A scenario with the tally of each method and the share of rows whose variance had to be assumed."""

    scenario: Scenario
    tallies: Mapping[str, Tally]
    assumed: float


def measure(scenario: Scenario, methods: Mapping[str, Method], *, replications: int, seed: int) -> Measured:
    """Draw the scenario again and again and count."""
    # A seed per scenario: none changes when another is added.
    rng = np.random.default_rng([seed, zlib.crc32(scenario.name.encode())])
    at_once = max(1, CELLS_AT_ONCE // sum(unit.psus for unit in scenario.units))
    tallies = {name: Tally.empty(len(scenario.units)) for name in methods}
    assumed = 0.0
    for start in range(0, replications, at_once):
        sample = draw_sample(scenario, min(at_once, replications - start), rng)
        assumed += sample.assumed
        for name, method in methods.items():
            tallies[name].add(method(sample), scenario.true_share)
    return Measured(scenario, tallies, assumed / (replications * len(scenario.units)))
