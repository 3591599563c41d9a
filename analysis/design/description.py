"""How was the sample drawn? Strata, primary sampling units, weights and finite populations."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.refusal import Refusal

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
LonelyPsu = Literal["fail", "certainty", "adjust", "average", "remove"]


class DesignError(Refusal):
    """A design column that would give wrong standard errors if it were used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignColumns:
    """The columns that describe the sample; None where the sample has no such thing."""

    strata: str | None = None
    psu: str | None = None
    weights: str | None = None
    fpc: str | None = None
    ssu: str | None = None
    fpc2: str | None = None

    def named(self) -> dict[str, str]:
        """Return option → column for the columns that are given."""
        pairs = {
            "strata": self.strata,
            "psu": self.psu,
            "weights": self.weights,
            "fpc": self.fpc,
            "ssu": self.ssu,
            "fpc2": self.fpc2,
        }
        return {option: column for option, column in pairs.items() if column is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRules:
    """How the columns are read.

    ``nest``: PSU codes repeat in other strata. ``lonely_psu``, ``adjust_domain_lonely``: see
    ``analysis.estimate.variance``. ``refuse_lonely``: refuse a stratum with one PSU at once, not only where an
    estimate needs it.
    ``implied_weights``: without weights but with an FPC a response stands for 1/fraction units.
    """

    nest: bool = False
    lonely_psu: LonelyPsu = "fail"
    adjust_domain_lonely: bool = False
    refuse_lonely: bool = False
    implied_weights: bool = False


PIPELINE = DesignRules(refuse_lonely=True)
"""The rules of an index table: its rows stand side by side, so every one must have its standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStage:
    """Units inside PSUs: ``unit`` of each response, ``psu`` of each unit; ``n`` and ``fraction`` of each PSU."""

    unit: Codes
    psu: Codes
    n: Floats
    fraction: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyDesign:
    """A checked design; arrays over responses (``weights``, ``psu``), PSUs (``stratum``) or strata (``fraction``).

    ``n_psu`` counts the PSUs of each whole stratum, ``fraction`` is the sampling fraction of PSUs (0 without FPC),
    ``population`` the declared number of PSUs (NaN without FPC). ``second`` is there where the second stage
    counts.
    """

    columns: DesignColumns
    weights: Floats
    psu: Codes
    stratum: Codes
    n_psu: Floats
    fraction: Floats
    population: Floats
    second: SecondStage | None = None
    lonely_psu: LonelyPsu = "fail"
    adjust_domain_lonely: bool = False

    @property
    def unweighted(self) -> bool:
        """Whether all weights are equal."""
        return bool(np.ptp(self.weights) == 0) if len(self.weights) else True

    @property
    def clustered(self) -> bool:
        """Whether responses come in clusters."""
        return self.columns.psu is not None

    @property
    def declared(self) -> bool:
        """Whether strata or a second stage were named, so that a single unit in one is a fault of the design."""
        return self.columns.strata is not None or self.second is not None

    @property
    def df(self) -> float:
        """Degrees of freedom of the whole design: PSUs minus strata."""
        return float(max(len(self.stratum) - len(self.n_psu), 0))
