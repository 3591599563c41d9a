"""Which columns does a table of units have, and how is each cell made? Only those that have something to show."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from analysis import wording
from analysis.report.cells import Cell, CellMaker, Column, ColumnKind
from analysis.report.domains import Domain, Domains, basis_and_level, by_heading, by_value
from analysis.report.hierarchy import Place
from analysis.table import WHOLE, IndexRow, Score, UnitCount
from questionnaires.model import Text

_HEADINGS: Final = {
    "ordinal": Text("TT", "No."),
    "unit": Text("Đơn vị", "Unit"),
    "period": Text("Kỳ", "Period"),
    "issued": Text("Số phiếu phát ra", "Forms issued"),
    "received": Text("Số phiếu thu về", "Forms returned"),
    "valid": Text("Số phiếu hợp lệ", "Valid forms"),
    "n": Text("Số phiếu trả lời", "Responses"),
    "overall": Text("Chỉ số chung", "Index"),
    "code": Text("Mã", "Code"),
    "item": Text("Tiêu chí", "Item"),
    "factor_or_item": Text("Yếu tố, tiêu chí", "Factor, item"),
    "percent": Text("Tỷ lệ hài lòng", "Satisfied"),
    "score": Text("Điểm trung bình", "Mean score"),
    "points": Text("Điểm", "Points"),
    "note": Text("Ghi chú", "Notes"),
}
_WHOLE_NAME: Final = Text("Chung", "Overall")

UNIT_COLUMNS: Final = frozenset({"ordinal", "unit", "issued", "received"})
"""Columns that say the same on every line of a unit."""

FormCount = Callable[[UnitCount], int | None]
_FORMS: Final[tuple[tuple[str, FormCount], ...]] = (
    ("issued", lambda forms: forms.issued),
    ("received", lambda forms: forms.received),
    ("valid", lambda forms: forms.valid),
)


@dataclass(frozen=True, slots=True)
class Spot:
    """What a line is about: its unit's place, its domain, and the row that its interval and note speak of."""

    place: Place
    domain: Domain
    main: IndexRow | None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """A column and how its cells are made."""

    column: Column
    cell: Callable[[Spot], Cell]


def named_column(make: CellMaker, column_id: str, kind: ColumnKind) -> Column:
    """Return a column with its usual heading."""
    return Column(column_id, kind, make.words(_HEADINGS[column_id]))


def interval_column(make: CellMaker) -> Column:
    """Return the column of intervals, named by the table's basis and level."""
    return Column("interval", "interval", make.words(wording.interval_name(*basis_and_level(make.table))))


def index_heading(make: CellMaker, score: Score) -> str:
    """Return what an index is called in a table: "Chỉ số chung", its own name where there are several."""
    several = sum(other.kind == "index" for other in make.table.scores) > 1
    return make.words(score.name if several else _HEADINGS["overall"])


def is_letter(score: Score) -> bool:
    """Tell whether a score's id is short enough to head a column, its name standing in the legend."""
    return len(score.id) <= 3


def unit_specs(make: CellMaker, domains: Domains) -> Iterator[Spec]:
    """Yield the columns that say which unit, period and other part of the domain a line is about."""
    yield Spec(named_column(make, "ordinal", "ordinal"), lambda spot: make.text(spot.place.ordinal))
    yield Spec(named_column(make, "unit", "name"), partial(_unit_name, make, domains))
    for position, name in enumerate(domains.table.by_columns()):
        yield Spec(Column(name, "name", make.words(by_heading(name))), partial(_by_value, make, position))
    if len(domains.periods()) > 1:
        yield Spec(named_column(make, "period", "name"), partial(_period, make))


def form_specs(make: CellMaker, domains: Domains, spots: Sequence[Spot], *, per_item: bool) -> Iterator[Spec]:
    """Yield the columns of forms that somebody counted.

    A line of one item has no valid forms of its own: it shows its responses. So does a table where the responses
    behind the index are not the valid forms.
    """
    found = [domains.forms(spot.domain) for spot in spots]
    for column_id, counted in _FORMS[: 2 if per_item else 3]:
        if any(forms is not None and counted(forms) is not None for forms in found):
            yield Spec(named_column(make, column_id, "count"), partial(_forms, make, domains, counted))
    if per_item:
        names = {score.id: make.words(score.name) for score in make.table.scores}
        yield Spec(named_column(make, "item", "name"), partial(_item_name, names))
    behind = [(forms.valid if forms else None, spot.main) for forms, spot in zip(found, spots, strict=True)]
    if per_item or any(main is not None and main.n_responses != valid for valid, main in behind):
        yield Spec(named_column(make, "n", "count"), partial(_responses, make))


def score_specs(make: CellMaker, domains: Domains, composite: Sequence[Score]) -> Iterator[Spec]:
    """Yield a column for each factor, with its interval beneath, and for each index."""
    for score in (score for score in composite if score.kind == "factor"):
        heading = score.id if is_letter(score) else make.words(score.name)
        yield Spec(Column(score.id, "estimate", heading), partial(_estimate, make, domains, score))
    for score in (score for score in composite if score.kind == "index"):
        yield Spec(
            Column(score.id, "estimate", index_heading(make, score)), partial(_estimate, make, domains, score)
        )


def item_spec(make: CellMaker) -> Spec:
    """Return the column of the one estimate of a line that is about one item."""
    kind = make.table.measure.kind
    return Spec(named_column(make, kind, "estimate"), lambda spot: make.estimate(spot.main, main=spot.main))


def closing_specs(make: CellMaker) -> Iterator[Spec]:
    """Yield the columns of the interval and of the note, which speak of a line's main row."""
    yield Spec(interval_column(make), lambda spot: make.interval(spot.main))
    yield Spec(named_column(make, "note", "note"), lambda spot: make.note(spot.main))


def _unit_name(make: CellMaker, domains: Domains, spot: Spot) -> Cell:
    name = next(iter(domains.rows(spot.domain).values())).unit_name
    unnamed = spot.place.unit_code == WHOLE and name in {"", WHOLE}
    return make.text(make.words(_WHOLE_NAME) if unnamed else name)


def _by_value(make: CellMaker, position: int, spot: Spot) -> Cell:
    return make.text(make.words(by_value(*spot.domain.by[position])))


def _period(make: CellMaker, spot: Spot) -> Cell:
    words = make.words(wording.period_text(spot.domain.period))
    return make.text(words[:1].upper() + words[1:])


def _forms(make: CellMaker, domains: Domains, counted: FormCount, spot: Spot) -> Cell:
    forms = domains.forms(spot.domain)
    return make.count(counted(forms) if forms else None)


def _item_name(names: Mapping[str, str], spot: Spot) -> Cell:
    return Cell(text=names.get(spot.main.score, spot.main.score) if spot.main else "")


def _responses(make: CellMaker, spot: Spot) -> Cell:
    return make.count(spot.main.n_responses if spot.main else None)


def _estimate(make: CellMaker, domains: Domains, score: Score, spot: Spot) -> Cell:
    row = domains.rows(spot.domain).get(score.id)
    return make.estimate(row, main=spot.main, detail=row is not spot.main)
