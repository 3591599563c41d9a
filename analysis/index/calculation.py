"""How is an index table computed? One pass over the responses, then all levels at once."""

from dataclasses import dataclass, field

from analysis import __version__
from analysis.design import DesignColumns, DesignError, DesignRules, LonelyPsu
from analysis.disclosure import disclose
from analysis.index.intake import Wanted, totals_of
from analysis.index.levels import Level, levels_of
from analysis.index.rows import RowMaker
from analysis.index.scores import ScorePlan, score_plan
from analysis.index.succession import marked, succeeded, told_apart
from analysis.index.totals import Totals
from analysis.responses import Responses
from analysis.stream.sources import Stream
from analysis.table import Basis, Finding, IndexTable, Provenance, UnitCount
from analysis.unit_map import UnitMap, UnusableUnitMap
from questionnaires.model import Questionnaire, Text

INTERVAL = "modified-wilson"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexRequest:
    """What to compute: by which columns, under which parent column, for which period, on which basis and level.

    ``nest`` and ``lonely_psu`` are those of ``analysis.survey_design``; as the rows of a table stand side by side,
    a stratum with one PSU is refused at once under ``fail``.
    """

    by: tuple[str, ...] = ("unit_code",)
    parent: str | None = None
    basis: Basis = "voluntary"
    period: str | None = None
    level: float = 0.95
    design: DesignColumns = field(default_factory=DesignColumns)
    nest: bool = False
    lonely_psu: LonelyPsu = "fail"
    unit_map: UnitMap | None = None

    @property
    def rules(self) -> DesignRules:
        """How the design columns are read."""
        return DesignRules(nest=self.nest, lonely_psu=self.lonely_psu, refuse_lonely=self.lonely_psu == "fail")

    def named_columns(self) -> set[str]:
        """Return every column that the request names, with the columns of the names of units."""
        named = {*self.by, *self.design.named().values()}
        return named | ({self.parent, _name_column(self.parent)} if self.parent else set())


def index_table(responses: Responses | Stream, questionnaire: Questionnaire, request: IndexRequest) -> IndexTable:
    """Compute every item, factor and the index of every unit, its parents and the whole.

    Parameters
    ----------
    responses : Stream or Responses
        Responses to the questionnaire, read as they pass, or in memory.
    questionnaire : Questionnaire
        Defines items, factors, the index and its rule.
    request : IndexRequest
        Domain columns, parent column, design columns, basis, period, level in (0, 1), old and new units.

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
    UnusableUnitMap
        For a map of units where nothing is computed by unit, or where the time of a response is not known.
    UnknownPeriod
        For a period that cannot be read.

    References
    ----------
    docs/method.md.

    Limits
    ------
    An interval of a voluntary sample covers random variation only, never self-selection.
    """
    stream = responses.stream if isinstance(responses, Responses) else responses
    _refuse_second_stage(request.design)
    if request.basis == "voluntary" and request.design.fpc is not None:
        raise DesignError(
            "Tùy chọn --fpc",
            expected="mẫu xác suất hoặc mẫu được mời (--basis probability, --basis invited)",
            got="--basis voluntary",
            remedy="bỏ --fpc: phiếu tự nguyện không phải là mẫu chọn từ một tổng thể",
        )
    plan = score_plan(questionnaire)
    totals = _totals(stream, questionnaire, plan, request)
    inputs = (*stream.inputs(), *([request.unit_map.source] if request.unit_map else []))
    levels = levels_of(totals.keys, by=request.by, parent=request.parent)
    maker = RowMaker(
        questionnaire=questionnaire,
        plan=plan,
        survey=_only(totals.tallies.get("survey", {})) or questionnaire.id,
        period=request.period or "",
        basis=request.basis,
        level=request.level,
        method=f"{questionnaire.index.rule}/pooled/{INTERVAL}",
        plain=totals.equal_weights and request.design.psu is None and request.design.strata is None,
    )
    table = IndexTable(
        title=questionnaire.index.name,
        rows=marked(maker.rows(totals, levels), levels, totals),
        scores=plan.scores,
        measure=plan.measure,
        units=_unit_counts(levels, totals),
        modes=tuple(sorted(totals.tallies.get("mode", {}).items())),
        provenance=_provenance(inputs, questionnaire, request),
        findings=_findings(stream, inputs, request),
        note=questionnaire.note,
        simulated=any(value not in {"", "0", "false"} for value in totals.tallies.get("simulated", {})),
    )
    return disclose(table)


def _refuse_second_stage(design: DesignColumns) -> None:
    """Refuse what would need the units inside PSUs: the sums of a stream do not hold them."""
    if design.ssu is None and design.fpc2 is None:
        return
    raise DesignError(
        "Tùy chọn --ssu, --fpc2",
        expected="thiết kế một cấp: tầng, cụm, trọng số, fpc",
        got=", ".join(f"{option}={column}" for option, column in design.named().items()),
        remedy="với mẫu hai cấp dùng analysis.survey_design trong Python, hoặc bỏ --ssu và --fpc2",
    )


def _totals(stream: Stream, questionnaire: Questionnaire, plan: ScorePlan, request: IndexRequest) -> Totals:
    """Add up the responses; those of old units count for the units that continue them."""
    wanted = Wanted(
        by=request.by, parent=request.parent, design=request.design, period=request.period, rules=request.rules
    )
    if request.unit_map is None:
        return totals_of(stream, questionnaire, plan, wanted)
    if "unit_code" not in request.by:
        raise UnusableUnitMap(
            "Tùy chọn --unit-map",
            expected="bảng tính theo đơn vị (--by unit_code)",
            got=f"--by {', '.join(request.by)}",
            remedy="thêm --by unit_code, hoặc bỏ --unit-map",
        )
    totals = totals_of(told_apart(stream, request.unit_map), questionnaire, plan, wanted)
    return succeeded(totals, request.unit_map, request.parent)


def _findings(stream: Stream, inputs: tuple[tuple[str, str], ...], request: IndexRequest) -> tuple[Finding, ...]:
    if request.period is None or "window" in stream.columns:
        return ()
    message = Text(
        vi=f"Tệp không có cột window nên không lọc được theo kỳ; “{request.period}” chỉ là nhãn.",
        en=f"The file has no column window, so nothing was filtered; “{request.period}” is only a label.",
    )
    return (Finding(", ".join(name for name, _ in inputs), "period_not_filtered", message),)


def _unit_counts(levels: tuple[Level, ...], totals: Totals) -> tuple[UnitCount, ...]:
    counts: dict[str, UnitCount] = {}
    for level in levels:
        received, valid = totals.counts(level.codes, len(level.domains))
        of_level: dict[str, UnitCount] = {}
        for domain, n, good in zip(level.domains, received.tolist(), valid.tolist(), strict=True):
            before = of_level.get(domain.unit_code)
            of_level[domain.unit_code] = UnitCount(
                domain.unit_code,
                before.unit_name if before else domain.unit_name,
                None,
                n + ((before.received or 0) if before else 0),
                good + (before.valid if before else 0),
            )
        counts = (
            of_level | counts if not counts else counts | {c: u for c, u in of_level.items() if c not in counts}
        )
    return tuple(counts.values())


def _only(values: dict[str, int]) -> str | None:
    return "+".join(sorted(value for value in values if value)) or None


def _name_column(code_column: str) -> str:
    return code_column.removesuffix("_code") + "_name"


def _provenance(
    inputs: tuple[tuple[str, str], ...], questionnaire: Questionnaire, request: IndexRequest
) -> Provenance:
    design = {**request.design.named(), **({"nest": "true"} if request.nest else {})}
    if request.lonely_psu != "fail":
        design["lonely_psu"] = request.lonely_psu
    return Provenance(
        questionnaire=questionnaire.id,
        questionnaire_hash=questionnaire.hash,
        inputs=inputs,
        interval=INTERVAL,
        design=", ".join(f"{option}={value}" for option, value in design.items()),
        code_version=__version__,
    )
