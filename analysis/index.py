"""What is the index of each unit? From checked responses to the index table."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis import __version__
from analysis.design import DesignColumns, DesignError, SurveyDesign
from analysis.design_check import check_design
from analysis.disclosure import disclose
from analysis.estimate import Estimates, estimate
from analysis.intervals import Limits, modified_wilson
from analysis.levels import Level, levels_of
from analysis.periods import windows_of
from analysis.reduce.arrays import cell_sums
from analysis.refusal import Refusal
from analysis.responses import Responses
from analysis.scores import ScoreSet, score_set
from analysis.table import WHOLE, Basis, Finding, IndexRow, IndexTable, Provenance, Status, UnitCount
from analysis.variance_ratio import ExpectedRatio, expected_mean_ratio, expected_ratio
from questionnaires.model import Questionnaire, Rule, Text

INTERVAL = "modified-wilson"


class NoResponses(Refusal):
    """Nothing is left to compute from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRequest:
    """What to compute: by which columns, under which parent column, for which period, on which basis and level."""

    by: tuple[str, ...] = ("unit_code",)
    parent: str | None = None
    basis: Basis = "voluntary"
    period: str | None = None
    level: float = 0.95
    design: DesignColumns = field(default_factory=DesignColumns)

    def named_columns(self) -> set[str]:
        """Return every column that the request names, with the columns of the names of units."""
        named = {*self.by, *self.design.named().values()}
        return named | ({self.parent, _name_column(self.parent)} if self.parent else set())


def index_table(responses: Responses, questionnaire: Questionnaire, request: IndexRequest) -> IndexTable:
    """Compute every item, factor and the index of every unit, its parents and the whole.

    Parameters
    ----------
    responses : Responses
        Checked responses to the questionnaire.
    questionnaire : Questionnaire
        Defines items, factors, the index and its rule.
    request : IndexRequest
        Domain columns, parent column, design columns, basis, period and confidence level in (0, 1).

    Returns
    -------
    IndexTable
        Rows ordered by level (units, parents, whole), unit and score; percent 0–100, score or points; thin rows
        withheld or flagged (``analysis.disclosure``).

    Raises
    ------
    DesignError
        For design columns that would give wrong standard errors, an FPC with a voluntary sample.
    NoResponses
        Where no response falls into the period.
    UnknownPeriod
        For a period that cannot be read.

    References
    ----------
    docs/method.md.

    Limits
    ------
    An interval of a voluntary sample covers random variation only, never self-selection.
    """
    responses, findings = _in_period(responses, request)
    if request.basis == "voluntary" and request.design.fpc is not None:
        raise DesignError(
            "Tùy chọn --fpc",
            expected="mẫu xác suất hoặc mẫu được mời (--basis probability, --basis invited)",
            got="--basis voluntary",
            remedy="bỏ --fpc: phiếu tự nguyện không phải là mẫu chọn từ một tổng thể",
        )
    design = check_design(responses.frame, request.design)
    scores = score_set(responses, questionnaire)
    levels = levels_of(responses.frame, by=request.by, parent=request.parent)
    units = _estimates(scores, design, levels[0])
    rows = [
        row
        for level in levels
        for row in _Rows(request, questionnaire, design, scores, units, levels[0]).of(level)
    ]
    survey = _only(responses.frame, "survey") or questionnaire.id
    table = IndexTable(
        title=questionnaire.index.name,
        rows=tuple(replace(row, survey=survey) for row in rows),
        scores=scores.scores,
        measure=scores.measure,
        units=_unit_counts(levels, scores.valid),
        modes=_modes(responses.frame),
        provenance=_provenance(responses, questionnaire, design),
        findings=findings,
        note=questionnaire.note,
        simulated=_simulated(responses.frame),
    )
    return disclose(table)


def _in_period(responses: Responses, request: IndexRequest) -> tuple[Responses, tuple[Finding, ...]]:
    if request.period is None:
        return responses, ()
    windows = windows_of(request.period)
    if "window" not in responses.frame.columns:
        message = Text(
            vi=f"Tệp không có cột window nên không lọc được theo kỳ; “{request.period}” chỉ là nhãn.",
            en=f"The file has no column window, so nothing was filtered; “{request.period}” is only a label.",
        )
        return responses, (
            Finding(", ".join(name for name, _ in responses.files), "period_not_filtered", message),
        )
    keep = responses.frame["window"].isin(list(windows)).to_numpy(dtype=bool)
    if not keep.any():
        seen = ", ".join(sorted(responses.frame["window"].dropna().unique())[:6])
        raise NoResponses(
            f"Tùy chọn --period {request.period}",
            expected=f"phiếu thuộc các đợt {', '.join(windows)}",
            got=f"các đợt có trong tệp: {seen or 'không có'}",
            remedy="chọn kỳ khác hoặc bổ sung tệp dữ liệu của kỳ này",
        )
    return responses.kept(keep), ()


def _estimates(scores: ScoreSet, design: SurveyDesign, level: Level) -> Estimates:
    cells = cell_sums(scores.values, scores.answered, design.weights, domain=level.codes, psu=design.psu)
    return estimate(cells, design, domains=len(level.domains))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Turns the estimates of one level into rows; ``units`` are the estimates that siblings are judged by."""

    request: IndexRequest
    questionnaire: Questionnaire
    design: SurveyDesign
    scores: ScoreSet
    units: Estimates
    unit_level: Level

    def of(self, level: Level) -> list[IndexRow]:
        estimates = _estimates(self.scores, self.design, level)
        expected = self._expected(estimates, level)
        limits = modified_wilson(
            estimates, expected.ratio, level=self.request.level, is_mean=self._is_mean, classical=self._classical
        )
        return [
            self._row(level, estimates, expected, limits, at=(d, s))
            for d in range(len(level.domains))
            for s in range(len(self.scores.scores))
        ]

    @property
    def _is_mean(self) -> bool:
        return self.questionnaire.index.rule is not Rule.SHARE

    @property
    def _classical(self) -> npt.NDArray[np.bool_]:
        plain = self.design.unweighted and not self.design.clustered and self.design.columns.strata is None
        return self.scores.single_item & (plain and not self._is_mean)

    def _expected(self, estimates: Estimates, level: Level) -> ExpectedRatio:
        ratio = expected_mean_ratio if self._is_mean else expected_ratio
        return ratio(estimates, self.units, row_group=level.groups, unit_group=self.unit_level.groups)

    def _row(
        self, level: Level, e: Estimates, expected: ExpectedRatio, limits: Limits, *, at: tuple[int, int]
    ) -> IndexRow:
        domain, s = level.domains[at[0]], at[1]
        low, width = self.scores.low[s], self.scores.high[s] - self.scores.low[s]
        answered = bool(e.M[at] > 0)
        status, reason = _status(e, expected, at=at)
        census = answered and e.phi[at] == 0
        known = answered and (census or not e.no_variance[at])
        return IndexRow(
            survey="",
            period=self.request.period or "",
            by=domain.by,
            unit_code=domain.unit_code,
            unit_name=domain.unit_name,
            parent_code=domain.parent_code,
            score=self.scores.scores[s].id,
            level=self.request.level,
            method=f"{self.questionnaire.index.rule}/pooled/{INTERVAL}",
            basis=self.request.basis,
            n_responses=int(e.persons[at]),
            n_answers=int(e.M[at]),
            estimate=float(low + width * e.p[at]) if answered else None,
            se=float(width * np.sqrt(e.variance_fpc[at])) if known else None,
            ci_low=float(low + width * limits.low[at]) if answered else None,
            ci_high=float(low + width * limits.high[at]) if answered else None,
            df=float(e.df[at]) if answered else None,
            deff=float(e.observed_ratio[at] * (e.M[at] - 1) / e.M[at]) if known and not census else None,
            status=status,
            reason=reason,
        )


def _status(e: Estimates, expected: ExpectedRatio, *, at: tuple[int, int]) -> tuple[Status, str]:
    if e.M[at] == 0:
        return "missing", "no_answers"
    reasons = []
    if e.phi[at] != 0 and e.no_variance[at]:
        reasons.append(_no_variance_reason(e, at))
    if expected.assumed[at]:
        reasons.append("assumed")
    return ("flagged" if expected.assumed[at] else "ok"), ";".join(reasons)


def _no_variance_reason(e: Estimates, at: tuple[int, int]) -> str:
    if e.at_bound[at]:
        return "se_undefined_at_bound"
    return "se_undefined_one_psu" if e.df[at] < 1 else "se_undefined_no_variation"


def _unit_counts(levels: Sequence[Level], valid: npt.NDArray[np.bool_]) -> tuple[UnitCount, ...]:
    counts: list[UnitCount] = []
    for level in levels:
        received = np.bincount(level.codes, minlength=len(level.domains))
        good = np.bincount(level.codes, weights=valid, minlength=len(level.domains))
        by_unit: dict[str, UnitCount] = {}
        for d, domain in enumerate(level.domains):
            before = by_unit.get(domain.unit_code, UnitCount(domain.unit_code, domain.unit_name, None, 0, 0))
            by_unit[domain.unit_code] = replace(
                before, received=(before.received or 0) + int(received[d]), valid=before.valid + int(good[d])
            )
        counts += [unit for code, unit in by_unit.items() if code not in {c.unit_code for c in counts}]
    return tuple(counts)


def _modes(frame: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    if "mode" not in frame.columns:
        return ()
    counts = frame["mode"].fillna("").value_counts().sort_index()
    return tuple((str(mode), int(n)) for mode, n in counts.items())


def _simulated(frame: pd.DataFrame) -> bool:
    return "simulated" in frame.columns and bool((~frame["simulated"].fillna("0").isin(["0", "false", ""])).any())


def _only(frame: pd.DataFrame, column: str) -> str | None:
    values = frame[column].dropna().unique() if column in frame.columns else []
    return "+".join(sorted(map(str, values))) or None


def _name_column(code_column: str) -> str:
    return code_column.removesuffix("_code") + "_name"


def _provenance(responses: Responses, questionnaire: Questionnaire, design: SurveyDesign) -> Provenance:
    named = design.columns.named()
    return Provenance(
        questionnaire=questionnaire.id,
        questionnaire_hash=questionnaire.hash,
        inputs=responses.files,
        interval=INTERVAL,
        design=", ".join(f"{option}={column}" for option, column in named.items()),
        code_version=__version__,
    )


__all__ = ["WHOLE", "IndexRequest", "NoResponses", "index_table"]
