"""Which rows stand in an XLSX file? One visible worksheet, its cells as text."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Final

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from analysis.spreadsheet.archive import damaged, repacked, unpacked
from analysis.spreadsheet.markup import AREA, check_markup
from analysis.spreadsheet.sheet import (
    CleanedTexts,
    Grid,
    HeaderTest,
    SheetRow,
    SheetTable,
    SourceFile,
    UnreadableFile,
    as_table,
    empty,
    too_large,
)
from questionnaires.text import clean

# The parser turns error cells (#REF!) into blank ones; declared as text they stay to be seen.
_SHOWN_ERROR: Final = re.compile(rb"""(<(?:\w+:)?c\b[^<>]*?\bt=)(?:"e"|'e')""")

Cell = int | float | str | bool | time | date | datetime | timedelta
"""What the parser makes of a cell."""

_WHOLE_NUMBERS: Final = 1e15
"""Above this a float no longer holds every whole number."""


def read_workbook(source: SourceFile, is_header: HeaderTest | None) -> SheetTable:
    """Return the table of an XLSX file."""
    members = unpacked(source)
    check_markup(source, members)
    packed = repacked({name: _SHOWN_ERROR.sub(rb'\1"str"', content) for name, content in members.items()})
    try:
        grids = [_grid(source, sheet) for sheet in _worksheets(packed)]
    except (UnreadableFile, MemoryError, KeyboardInterrupt):
        raise
    except BaseException as error:  # the parser's own panics do not derive from Exception
        raise damaged(source, "nội dung không phải bảng tính") from error
    # Instructions and blank sheets are usual beside the table; hidden ones nobody who sends the file looks at.
    grid = _chosen(source, [grid for grid in grids if grid.rows], is_header)
    return as_table(source, grid, grid.heading(is_header) or 0)


def _worksheets(packed: BytesIO) -> Iterator[CalamineSheet]:
    workbook = CalamineWorkbook.from_filelike(packed)
    for meta in workbook.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible:
            yield workbook.get_sheet_by_name(meta.name)


def _grid(source: SourceFile, sheet: CalamineSheet) -> Grid:
    place = f"Tệp {source.name}, trang tính “{clean(sheet.name)}”"
    if sheet.start is None:
        return Grid(place, ())
    return Grid(place, [row for row in _rows(place, sheet) if any(row.cells)])


def _chosen(source: SourceFile, grids: Sequence[Grid], is_header: HeaderTest | None) -> Grid:
    """Return the one worksheet with a heading; never choose between two."""
    if not grids:
        raise empty(f"Tệp {source.name}")
    headed = [grid for grid in grids if grid.heading(is_header) is not None]
    if len(headed) > 1:
        names = ", ".join(grid.place.rpartition("trang tính ")[2] for grid in headed)
        raise UnreadableFile(
            f"Tệp {source.name}",
            expected="một trang tính có số liệu",
            got=f"{len(headed)} trang tính: {names}",
            remedy="giữ lại một trang tính, hoặc lưu mỗi trang tính thành một tệp",
        )
    return (headed or grids)[0]


def _rows(place: str, sheet: CalamineSheet) -> Iterator[SheetRow]:
    top, left = sheet.start or (0, 0)
    values = sheet.to_python(skip_empty_area=True)
    _repeat_merged(place, sheet, values)
    texts = CleanedTexts()
    for number, row in enumerate(values, start=top + 1):
        cells = ("",) * left + tuple(texts[_text(value)] for value in row)
        numeric = (i for i, value in enumerate(row, start=left) if type(value) in {int, float})
        yield SheetRow(number, cells, frozenset(numeric))


def _repeat_merged(place: str, sheet: CalamineSheet, values: list[list[Cell]]) -> None:
    """Write the text of vertically merged cells into each of their rows: they were merged to stand for all."""
    top, left = sheet.start or (0, 0)
    filled = 0
    for (first, column), (last, _) in sheet.merged_cell_ranges or ():
        rows = values[max(first - top, 0) : last - top + 1]
        filled += len(rows)
        if filled > AREA:
            raise too_large(place)
        for row in rows if first >= top and left <= column < left + len(values[0]) else ():
            row[column - left] = row[column - left] or rows[0][column - left]


def _text(value: Cell) -> str:
    """Return a cell as text; numbers in their shortest form, days as dd/MM/yyyy."""
    # bool first: to Python it is a number.
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _WHOLE_NUMBERS
        return str(int(value)) if whole else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return f"{value:%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)
