"""How do estimates become rows? Column by column, every score of every domain at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.estimate.estimates import Estimates
from analysis.estimate.intervals import modified_wilson, whole_units
from analysis.estimate.variance_ratio import ExpectedRatio, expected_mean_ratio, expected_ratio
from analysis.index.levels import Domain, Level
from analysis.index.scores import ScorePlan
from analysis.index.totals import Totals
from analysis.table import Basis, Column, IndexRows, Numbers
from questionnaires.model import Questionnaire, Rule

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_NO_SE = ("", "se_undefined_at_bound", "se_undefined_one_psu", "se_undefined_no_variation")
_REASONS = (
    *_NO_SE,
    *(";".join(code for code in (reason, "assumed") if code) for reason in _NO_SE),
    "no_answers",
)
_STATUS = ("ok", "flagged", "missing")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowMaker:
    """Makes the rows of all levels; ``plain`` samples have no clusters, strata or unequal weights."""

    questionnaire: Questionnaire
    plan: ScorePlan
    survey: str
    period: str
    basis: Basis
    level: float
    method: str
    plain: bool

    def rows(self, totals: Totals, levels: Sequence[Level]) -> IndexRows:
        """Return the rows of all levels, one after the other."""
        estimates = [totals.at(level.codes, len(level.domains)) for level in levels]
        members = [totals.members(level.codes, len(level.domains)) for level in levels]
        alike = [totals.weighted_alike(level.codes, len(level.domains)) for level in levels]
        parts = [
            self._numbers(own, self._expected(own, estimates[0], level.groups, levels[0].groups), people, plain)
            for own, level, people, plain in zip(estimates, levels, members, alike, strict=True)
        ]
        domains = [domain for level in levels for domain in level.domains]
        numbers = {name: np.concatenate([part[name].ravel() for part in parts]) for name in parts[0]}
        return IndexRows({**self._described(domains), **_columns(numbers)})

    @property
    def _is_mean(self) -> bool:
        return self.questionnaire.index.rule is not Rule.SHARE

    def _expected(self, rows: Estimates, units: Estimates, row_group: Codes, unit_group: Codes) -> ExpectedRatio:
        ratio = expected_mean_ratio if self._is_mean else expected_ratio
        return ratio(rows, units, row_group=row_group, unit_group=unit_group)

    def _numbers(
        self, e: Estimates, expected: ExpectedRatio, members: Floats, alike: Bools
    ) -> dict[str, npt.NDArray[Any]]:
        classical = self.plan.single_item & (self.plain and not self._is_mean) & alike[:, None]
        limits = modified_wilson(e, expected.ratio, level=self.level, is_mean=self._is_mean, classical=classical)
        countable = self.plan.single_item & (not self._is_mean)
        people = np.where(countable, members[:, None], np.nan)
        limits = whole_units(limits, satisfied=np.round(e.p * e.M), n=e.M, population=people)
        low, width = self.plan.low, self.plan.high - self.plan.low
        answered = e.M > 0
        census = answered & (e.phi == 0)
        known = answered & (census | ~e.no_variance)
        return {
            "n_responses": e.persons,
            "n_answers": e.M,
            "estimate": np.where(answered, low + width * e.p, np.nan),
            "se": np.where(known, width * np.sqrt(e.variance_fpc), np.nan),
            "ci_low": np.where(answered, low + width * limits.low, np.nan),
            "ci_high": np.where(answered, low + width * limits.high, np.nan),
            "df": np.where(answered, e.df, np.nan),
            "deff": np.where(known & ~census, e.deff, np.nan),
            "status": np.where(answered, expected.assumed.astype(int), 2),
            "reason": _reasons(e, expected.assumed, answered=answered),
        }

    def _described(self, domains: Sequence[Domain]) -> dict[str, Column]:
        """Return the columns that say what a row is about."""
        scores = len(self.plan.scores)
        domain = np.repeat(np.arange(len(domains)), scores)
        one = np.zeros(len(domain), dtype=np.int64)
        same = {
            "survey": self.survey,
            "period": self.period,
            "level": self.level,
            "method": self.method,
            "basis": self.basis,
        }
        columns = {name: Column([value], one) for name, value in same.items()}
        for name in ("by", "unit_code", "unit_name", "parent_code"):
            columns[name] = Column([getattr(own, name) for own in domains], domain)
        ids = [score.id for score in self.plan.scores]
        return {**columns, "score": Column(ids, np.tile(np.arange(scores), len(domains)))}


def _reasons(e: Estimates, assumed: Bools, *, answered: Bools) -> Codes:
    no_se = np.where(e.at_bound, 1, np.where(e.df < 1, 2, 3))
    code = np.where((e.phi != 0) & e.no_variance, no_se, 0) + len(_NO_SE) * assumed
    return np.where(answered, code, len(_REASONS) - 1)


def _columns(numbers: dict[str, npt.NDArray[Any]]) -> dict[str, Column | Numbers]:
    worded = {"status": _STATUS, "reason": _REASONS}
    return {
        name: Column(worded[name], values) if name in worded else Numbers(values, whole=name.startswith("n_"))
        for name, values in numbers.items()
    }
