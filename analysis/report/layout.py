"""What does a printed index table look like? Columns and lines, the same for the web page, Word and Excel."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis import wording
from analysis.report.cells import Cell, CellMaker, Column, Layout, Line, LineKind
from analysis.report.columns import (
    UNIT_COLUMNS,
    Spec,
    Spot,
    closing_specs,
    form_specs,
    index_heading,
    interval_column,
    is_letter,
    item_spec,
    named_column,
    score_specs,
    unit_specs,
)
from analysis.report.domains import Domains, index_score
from analysis.report.hierarchy import Place, places
from analysis.report.note_marks import NoteMarks
from analysis.table import WHOLE, IndexRow, IndexTable, Score
from questionnaires.model import Language

__all__ = ["Cell", "Column", "Layout", "Line", "lay_out_items", "lay_out_units"]


def lay_out_units(table: IndexTable, language: Language = Language.VI) -> Layout:
    """Lay out one line a unit with its forms, factors, index and interval.

    Parameters
    ----------
    table
        Any index table. One without factors and index gives one line a unit and item instead. Where a table has
        further columns of the domain or several periods, a unit has one line for each.
    language
        Of headings, names and notes.

    Returns
    -------
    Layout
        The whole first, then parents before their units. Columns of forms stand only where somebody counted them.
    """
    domains = Domains(table)
    composite = [score for score in table.scores if score.kind != "item"]
    shown = {score.id for score in composite or table.scores}
    make = CellMaker(table, language, NoteMarks((row for row in table.rows if row.score in shown), language))
    spots = tuple(_spots(domains, composite))
    specs = [*unit_specs(make, domains), *form_specs(make, domains, spots, per_item=not composite)]
    specs += score_specs(make, domains, composite) if composite else [item_spec(make)]
    specs += closing_specs(make) if index_score(table) or not composite else []
    legend = tuple((score.id, make.words(score.name)) for score in composite if _needs_legend(score))
    return _layout(make, [spec.column for spec in specs], [_unit_line(spot, specs) for spot in spots], legend)


def lay_out_items(table: IndexTable, language: Language = Language.VI) -> Layout | None:
    """Lay out the items of the whole under their factors.

    Parameters
    ----------
    table
        An index table; where it has no whole but a single unit, that unit is laid out.
    language
        Of headings, names and notes.

    Returns
    -------
    Layout or None
        One line a score: the index, then each factor before its items. None where the table has no factors and no
        index, no whole, or several wholes (periods or other columns of the domain).
    """
    domains = Domains(table)
    whole = domains.whole()
    if whole is None or all(score.kind == "item" for score in table.scores):
        return None
    rows = domains.rows(whole)
    make = CellMaker(table, language, NoteMarks(rows.values(), language))
    columns = [
        named_column(make, "code", "ordinal"),
        named_column(make, "factor_or_item", "name"),
        named_column(make, "n", "count"),
        named_column(make, table.measure.kind, "estimate"),
        interval_column(make),
        named_column(make, "note", "note"),
    ]
    scores = [score for score in _under_factors(table.scores) if score.id in rows]
    return _layout(make, columns, [_score_line(make, score, rows[score.id]) for score in scores], ())


def _layout(
    make: CellMaker, columns: Sequence[Column], lines: Sequence[Line], legend: tuple[tuple[str, str], ...]
) -> Layout:
    used = {cell.text for line in lines for cell in line.cells}
    signs = (
        (f"“{sign}”:", f"{make.words(wording.STATUSES[status])}.") for status, sign in wording.WITHHELD.items()
    )
    return Layout(
        columns=tuple(columns),
        lines=tuple(lines),
        measure_unit=make.words(wording.measure_unit(make.table.measure)),
        legend=legend,
        notes=(*make.marks.notes(), *(note for note in signs if note[0][1:-2] in used)),
    )


def _needs_legend(score: Score) -> bool:
    return score.kind == "factor" and is_letter(score)


def _spots(domains: Domains, composite: Sequence[Score]) -> Iterator[Spot]:
    """Yield what the lines are about: one a domain, or one a domain and item where there are only items."""
    index = index_score(domains.table)
    items = [score.id for score in domains.table.scores]
    for place in places(domains.table):
        continues = False
        for domain in domains.of_unit(place.unit_code):
            rows = domains.rows(domain)
            mains = [rows.get(index.id) if index else None] if composite else [rows[i] for i in items if i in rows]
            for main in mains:
                yield Spot(place, domain, main, continues)
                continues = True


def _unit_line(spot: Spot, specs: Sequence[Spec]) -> Line:
    cells = [spec.cell(spot) for spec in specs]
    if spot.continues:
        cells = [
            replace(cell, repeated=spec.column.id in UNIT_COLUMNS) for cell, spec in zip(cells, specs, strict=True)
        ]
    return Line(kind=_kind(spot.place), unit_code=spot.place.unit_code, cells=tuple(cells), depth=spot.place.depth)


def _kind(place: Place) -> LineKind:
    if place.unit_code == WHOLE:
        return "whole"
    return "parent" if place.is_parent else "unit"


def _under_factors(scores: Sequence[Score]) -> Iterator[Score]:
    """Yield the indices, then each factor followed by its items (its letter and a number), then what is left."""
    factors = [score for score in scores if score.kind == "factor"]
    items = {score.id: score for score in scores if score.kind == "item"}
    yield from (score for score in scores if score.kind == "index")
    for factor in factors:
        yield factor
        of_factor = re.compile(re.escape(factor.id) + r"\d+")
        yield from [items.pop(item_id) for item_id in list(items) if of_factor.fullmatch(item_id)]
    yield from items.values()


def _score_line(make: CellMaker, score: Score, row: IndexRow) -> Line:
    kinds: dict[str, LineKind] = {"index": "whole", "factor": "factor", "item": "item"}
    is_index = score.kind == "index"
    return Line(
        kind=kinds[score.kind],
        unit_code=row.unit_code,
        cells=(
            make.text("" if is_index else score.id),
            make.text(index_heading(make, score) if is_index else make.words(score.name)),
            make.count(row.n_responses),
            make.estimate(row, main=row),
            make.interval(row),
            make.note(row),
        ),
        depth=1 if score.kind == "item" else 0,
    )
