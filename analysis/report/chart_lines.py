"""Which lines does the chart have, in which order? Units by their estimate, thin ones after all others."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from analysis import wording
from analysis.report.cell_text import one_line
from analysis.report.domains import Domain, Domains, by_value, index_score
from analysis.report.hierarchy import places
from analysis.report.note_marks import usable
from analysis.table import WHOLE, IndexRow, IndexTable
from questionnaires.model import Language, Text

MOST_NAMED: Final = 60
"""With more lines than this a chart shows only the shape: numbers by size, without names and headings."""

_NAMED: Final = 12
"""Withheld units that are named under the chart; the rest is counted."""

_INDEX_AXIS: Final = {
    "percent": Text("Chỉ số hài lòng chung", "Overall satisfaction index"),
    "score": Text("Điểm trung bình chung", "Overall mean score"),
    "points": Text("Điểm chung", "Overall points"),
}
_ITEM_AXIS: Final = {
    "percent": Text("Tỷ lệ hài lòng", "Satisfied"),
    "score": Text("Điểm trung bình", "Mean score"),
    "points": Text("Điểm", "Points"),
}


@dataclass(frozen=True, slots=True)
class ChartLine:
    """One line of the chart: a name and its number, or a heading over a unit's items where there is no row.

    ``full_name`` also says which unit an item belongs to.
    """

    name: str
    row: IndexRow | None
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPlan:
    """What is drawn: ``lines`` from top to bottom, the ``whole`` as a reference, the ``axis`` label.

    ``withheld`` are sentences that name the units without a number; ``flagged`` says why some numbers are hollow.
    """

    lines: tuple[ChartLine, ...]
    whole: IndexRow | None
    axis: str
    withheld: tuple[str, ...]
    flagged: str


def plan_chart(table: IndexTable, language: Language = Language.VI) -> ChartPlan:
    """Choose and order what the chart of a table shows.

    Parameters
    ----------
    table
        Any index table.
    language
        Of names and words.

    Returns
    -------
    ChartPlan
        With an index: a line a unit that has no units below it, sorted by estimate, thin units after all others.
        With items only: a heading a unit and a line an item, in the table's order. Above ``MOST_NAMED`` lines all
        are sorted, without headings.
    """
    domains, index = Domains(table), index_score(table)
    name = (_INDEX_AXIS if index else _ITEM_AXIS)[table.measure.kind]
    lines = list(_unit_lines(domains, index.id, language) if index else _item_lines(domains, language))
    rows = [line.row for line in lines if line.row is not None]
    whole = domains.whole() if index else None
    reference = domains.rows(whole).get(index.id) if index and whole and whole.unit_code == WHOLE else None
    unit = wording.measure_unit(table.measure).in_language(language)
    return ChartPlan(
        lines=tuple(_shown(lines)),
        whole=reference if reference and reference.estimate is not None else None,
        axis=f"{one_line(name.in_language(language))} ({unit})",
        withheld=tuple(_withheld(lines, language)),
        flagged=_flagged([row.reason for row in rows if row.status == "flagged"], language),
    )


def _unit_lines(domains: Domains, index_id: str, language: Language) -> Iterator[ChartLine]:
    for place in places(domains.table):
        if place.is_parent or place.unit_code == WHOLE:
            continue
        for domain in domains.of_unit(place.unit_code):
            row = domains.rows(domain).get(index_id)
            if row is not None:
                name = _name(domains, domain, row, language)
                yield ChartLine(name, row, name)


def _item_lines(domains: Domains, language: Language) -> Iterator[ChartLine]:
    for place in places(domains.table):
        for domain in domains.of_unit(place.unit_code):
            rows = domains.rows(domain)
            unit = _name(domains, domain, next(iter(rows.values())), language)
            yield ChartLine(unit, None, unit)
            for score in domains.table.scores:
                if score.id in rows:
                    item = one_line(score.name.in_language(language))
                    yield ChartLine(item, rows[score.id], f"{unit}: {item}")


def _name(domains: Domains, domain: Domain, row: IndexRow, language: Language) -> str:
    parts = [row.unit_name or row.unit_code, *(by_value(*pair).in_language(language) for pair in domain.by)]
    if len(domains.periods()) > 1:
        parts.append(wording.period_text(domain.period).in_language(language))
    return one_line(", ".join(part for part in parts if part))


def _shown(lines: Sequence[ChartLine]) -> Iterable[ChartLine]:
    """Return headings with numbers below them as they stand, units sorted, thin ones last: they have no rank."""
    drawn = [line for line in lines if line.row is None or line.row.estimate is not None]
    if len(drawn) <= MOST_NAMED and any(line.row is None for line in drawn):
        after = [*drawn[1:], ChartLine("", None, "")]
        return [
            line for line, below in zip(drawn, after, strict=True) if line.row is not None or below.row is not None
        ]
    return sorted((line for line in drawn if line.row is not None), key=_rank)


def _rank(line: ChartLine) -> tuple[bool, float]:
    if line.row is None or line.row.estimate is None:
        return True, 0.0
    return "small_sample" in wording.reason_codes(line.row.reason), -line.row.estimate


def _withheld(lines: Sequence[ChartLine], language: Language) -> Iterator[str]:
    for status in wording.WITHHELD:
        names = [_with_count(line, line.row, language) for line in lines if line.row and line.row.status == status]
        if names:
            yield f"{_capital(wording.STATUSES[status].in_language(language))}: {_listed(names, language)}."


def _flagged(reasons: Sequence[str], language: Language) -> str:
    """Return why numbers are hollow: whether they may be used, else what only concerns their interval."""
    joined = ";".join(reasons)
    return wording.reason_text(usable(joined) or joined, language)


def _with_count(line: ChartLine, row: IndexRow, language: Language) -> str:
    return f"{line.full_name} (n = {wording.count(row.n_responses, language)})"


def _listed(names: Sequence[str], language: Language) -> str:
    more = len(names) - _NAMED
    if more <= 0:
        return "; ".join(names)
    rest = Text(f" và {wording.count(more)} đơn vị khác", f" and {wording.count(more, Language.EN)} more")
    return "; ".join(names[:_NAMED]) + rest.in_language(language)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
