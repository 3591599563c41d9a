"""How wide are the columns of the annex, and what stands in its cells? A layout as a Word table on A4."""

from collections.abc import Sequence
from typing import Final, Literal

from analysis.report.cells import Cell, Column, Layout, Line
from analysis.report.word_file import PAGE_WIDTH
from analysis.report.word_markup import as_table, cell, paragraph, row, run

_BODY, _DETAIL, _NOTE = 11.0, 8.5, 10.0
_FIXED: Final = {"ordinal": 9.5, "count": 14.5, "interval": 23.0, "note": 25.0}
_ESTIMATE: Final = (12.0, 18.0)
"""Narrowest and widest column of an estimate, in millimetres."""
_ONE_LINE: Final = 16.5
"""An interval beneath an estimate stands on one line from this width."""
_NAMES: Final = {"unit": 40.0, "item": 60.0, "factor_or_item": 80.0}
_OTHER_NAME: Final = 27.0


def table_markup(layout: Layout) -> str:
    """Return the layout as a table: its heading repeated on every page, no row split, intervals beneath."""
    widths = column_widths(layout.columns)
    headings = [
        cell(paragraph(run(column.heading, size=_BODY, bold=True), align="center"), width=width)
        for column, width in zip(layout.columns, widths, strict=True)
    ]
    below = (*layout.lines[1:], None)
    rows = [
        row(
            cell(_content(line, line.cells[p], column, widths[p]), width=widths[p], merge=_merge(p, line, after))
            for p, column in enumerate(layout.columns)
        )
        for line, after in zip(layout.lines, below, strict=False)
    ]
    return as_table((row(headings, heading=True), *rows), widths)


def column_widths(columns: Sequence[Column]) -> list[float]:
    """Return widths in millimetres that fill the page: the estimates get room first, the names share the rest."""
    kinds = [column.kind for column in columns]
    fixed = sum(_FIXED.get(kind, 0.0) for kind in kinds)
    names = {p: _NAMES.get(columns[p].id, _OTHER_NAME) for p, kind in enumerate(kinds) if kind == "name"}
    room = PAGE_WIDTH - fixed - sum(names.values())
    estimate = min(max(room / max(kinds.count("estimate"), 1), _ESTIMATE[0]), _ESTIMATE[1])
    spare = max(room - estimate * kinds.count("estimate"), 0.0)
    growing = {p: width for p, width in names.items() if columns[p].id in _NAMES}
    widths = [
        names[p] + spare * growing.get(p, 0.0) / sum(growing.values())
        if p in names
        else _FIXED.get(kind, estimate)
        for p, kind in enumerate(kinds)
    ]
    scale = min(1.0, PAGE_WIDTH / sum(widths))
    return [width * scale for width in widths]


def _merge(position: int, line: Line, below: Line | None) -> Literal["", "restart", "continue"]:
    if line.cells[position].repeated:
        return "continue"
    return "restart" if below is not None and below.cells[position].repeated else ""


def _content(line: Line, shown: Cell, column: Column, width: float) -> str:
    if shown.repeated:
        return paragraph()
    if column.kind == "note":
        words = run(shown.text, size=_NOTE), run(shown.marks, size=_NOTE, raised=True)
        return paragraph(*words)
    bold = line.kind in {"whole", "parent", "factor"} or column.id == "overall"
    words = run(shown.text, size=_BODY, bold=bold), run(shown.marks, size=_BODY, raised=True)
    return paragraph(*words, align="left" if column.kind == "name" else "center") + _beneath(shown, width)


def _beneath(shown: Cell, width: float) -> str:
    """Return the interval under an estimate, broken after its dash where the column is narrow."""
    low, dash, high = shown.detail.partition("–")
    parts = (shown.detail,) if width >= _ONE_LINE else (low + dash, high)
    return "".join(paragraph(run(part, size=_DETAIL), align="center") for part in parts if part)
