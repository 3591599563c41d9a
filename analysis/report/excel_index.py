"""What stands on the sheet that an office prints? The layout of the annex with real numbers, ready for A4."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import ceil
from typing import Final, Literal

from analysis import wording
from analysis.report.cells import Column, Layout, Line
from analysis.report.excel_sheet import HEADING, Property, Sheet, decimals_format
from analysis.report.layout import lay_out_units
from analysis.report.statements import period_line, statements
from analysis.table import IndexTable

Part = Literal["whole", "value", "low", "high"]
Style = Mapping[str, Property]

_WIDTHS: Final = {"ordinal": 4.5, "count": 8.5, "estimate": 7.0, "interval": 7.0, "note": 19.0}
_NAME_WIDTHS: Final = {"unit": 27.0, "item": 36.0}
_PAGE_WIDTH: Final = 130.0
"""Characters across A4 on its side without making the print smaller."""
_BANNER: Final[Style] = {"bold": True, "font_size": 14, "align": "center", "font_color": "#C00000", "border": 2}
_TITLE: Final[Style] = {"bold": True, "font_size": 14, "align": "center", "text_wrap": True}
_SUBTITLE: Final[Style] = {"italic": True, "align": "center"}
_UNIT: Final[Style] = {"italic": True, "align": "right"}
_NOTE: Final[Style] = {"text_wrap": True, "valign": "top"}


@dataclass(frozen=True, slots=True)
class _SheetColumn:
    """A column of the sheet: which column of the layout it shows, which part of its cells, under which band."""

    position: int
    source: Column
    part: Part
    band: str
    heading: str
    width: float = 0.0

    @property
    def is_end(self) -> bool:
        return self.part in {"low", "high"}


def write_index_sheet(sheet: Sheet, table: IndexTable) -> None:
    """Write title, table and notes; estimates and both ends of every interval are real numbers."""
    layout = lay_out_units(table)
    columns = _with_widths(tuple(_sheet_columns(layout)))
    for number, column in enumerate(columns):
        sheet.worksheet.set_column(number, number, column.width)
    row = _write_title(sheet, table, columns)
    _write_headings(sheet, row, columns)
    sheet.fit_page(heading=(row, row + 1))
    sheet.worksheet.freeze_panes(row + 2, 2)
    for line in layout.lines:
        _write_line(sheet, row + 2, line, columns=columns, decimals=wording.decimals_of(table.measure))
        row += 1
    notes = (*statements(table), *(f"{mark} {sentence}".strip() for mark, sentence in layout.notes))
    _write_notes(sheet, row + 3, notes, columns=columns)


def _sheet_columns(layout: Layout) -> Iterator[_SheetColumn]:
    """Yield a column for each of the layout's, three for a factor: estimate, lower and upper end."""
    names = dict(layout.legend)
    for position, column in enumerate(layout.columns):
        own = _SheetColumn(position, column, "whole", "", column.heading)
        if column.kind == "interval":
            yield from _ends(replace(own, band=column.heading))
        elif any(line.cells[position].detail for line in layout.lines):
            band = f"{column.heading}. {names[column.heading]}" if column.heading in names else column.heading
            yield replace(own, part="value", band=band, heading="Kết quả")
            yield from _ends(replace(own, band=band))
        else:
            yield own


def _ends(own: _SheetColumn) -> Iterator[_SheetColumn]:
    yield replace(own, part="low", heading="Cận dưới")
    yield replace(own, part="high", heading="Cận trên")


def _with_widths(columns: Sequence[_SheetColumn]) -> Sequence[_SheetColumn]:
    """Return the columns with their widths; the first name takes what a page has left."""
    widths = [
        _NAME_WIDTHS.get(column.source.id, 16.0) if column.source.kind == "name" else _WIDTHS[column.source.kind]
        for column in columns
    ]
    first_name = next(number for number, column in enumerate(columns) if column.source.kind == "name")
    widths[first_name] = min(widths[first_name] + max(_PAGE_WIDTH - sum(widths), 0.0), 60.0)
    return [replace(column, width=width) for column, width in zip(columns, widths, strict=True)]


def _write_title(sheet: Sheet, table: IndexTable, columns: Sequence[_SheetColumn]) -> int:
    """Write what stands above the table and return the row of its first heading."""
    lines = (
        (wording.SIMULATED.vi if table.simulated else "", _BANNER),
        (table.title.vi.upper(), _TITLE),
        (period_line(table), _SUBTITLE),
        (f"Đơn vị tính: {wording.measure_unit(table.measure).vi}", _UNIT),
    )
    shown = [line for line in lines if line[0]]
    width = sum(column.width for column in columns)
    for row, (text, style) in enumerate(shown):
        needed = ceil(1.5 * len(text) / width)
        sheet.worksheet.set_row(row, 21 * min(needed, 15) if "font_size" in style else 19)
        sheet.across((row, 0), text, sheet.style(style), last=len(columns) - 1)
    return len(shown)


def _write_headings(sheet: Sheet, row: int, columns: Sequence[_SheetColumn]) -> None:
    """Write the bands above the headings; where there is no band a heading is open towards the row below."""
    sheet.worksheet.set_row(row, 50)
    sheet.worksheet.set_row(row + 1, 34)
    for band, members in groupby(range(len(columns)), key=lambda number: columns[number].band):
        numbers = list(members)
        if band:
            sheet.across((row, numbers[0]), band, sheet.style(HEADING), last=numbers[-1])
            continue
        for number in numbers:
            sheet.text((row, number), columns[number].heading, sheet.style({**HEADING, "bottom": 0}))
    for number, column in enumerate(columns):
        style = HEADING if column.band else {**HEADING, "top": 0}
        sheet.text((row + 1, number), column.heading if column.band else "", sheet.style(style))


def _write_line(
    sheet: Sheet, row: int, line: Line, *, columns: Sequence[_SheetColumn], decimals: tuple[int, int]
) -> None:
    wrapped = [column for column in columns if column.source.kind in {"name", "note"}]
    sheet.wrapped_row(row, [(_words(column, line, columns), column.width - line.depth) for column in wrapped])
    for number, column in enumerate(columns):
        cell = line.cells[column.position]
        bold = line.kind in {"whole", "parent"}
        style = sheet.style({"border": 1, "bold": bold, **_look(column, line, decimals)})
        value = {"low": cell.low, "high": cell.high}.get(column.part, cell.value)
        if value is None or cell.repeated:
            sheet.text((row, number), _words(column, line, columns), style)
        else:
            sheet.number((row, number), value, style)


def _look(column: _SheetColumn, line: Line, decimals: tuple[int, int]) -> dict[str, Property]:
    """Return how the cells of a column look: text to the left, numbers to the right with their decimals."""
    if column.source.kind in {"name", "note"}:
        return {"align": "left", "text_wrap": True, "indent": line.depth if column.source.id == "unit" else 0}
    if column.source.kind == "ordinal":
        return {"align": "center"}
    if column.source.kind == "count":
        return {"align": "center", "num_format": "#,##0"}
    return {"align": "center", "num_format": decimals_format(decimals[column.is_end]), "italic": column.is_end}


def _words(column: _SheetColumn, line: Line, columns: Sequence[_SheetColumn]) -> str:
    """Return what stands where there is no number; a number cannot carry a mark, so the note names its column."""
    cell = line.cells[column.position]
    if cell.repeated or (column.is_end and column.source.kind == "estimate"):
        return ""
    if column.source.kind != "note":
        return cell.text
    estimates = [other for other in columns if other.source.kind == "estimate" and not other.is_end]
    marked = [(other.source.heading, line.cells[other.position].marks) for other in estimates]
    others = "; ".join(f"{heading} {marks}" for heading, marks in marked if marks)
    return "; ".join(words for words in (f"{cell.text} {cell.marks}".strip(), others) if words)


def _write_notes(sheet: Sheet, row: int, notes: Sequence[str], *, columns: Sequence[_SheetColumn]) -> None:
    """Write the sentences under the table, over its whole width."""
    width = sum(column.width for column in columns)
    for number, sentence in enumerate(notes):
        sheet.wrapped_row(row + number, [(sentence, width)])
        sheet.across((row + number, 0), sentence, sheet.style(_NOTE), last=len(columns) - 1)
