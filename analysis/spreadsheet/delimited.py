"""Which rows stand in a CSV file? UTF-8, separated by comma, semicolon or tab, nothing guessed at random."""

import contextlib
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from analysis.spreadsheet.sheet import (
    COLUMNS,
    HEADER_ROWS,
    ROWS,
    CleanedTexts,
    Grid,
    HeaderTest,
    SheetRow,
    SheetTable,
    SourceFile,
    UnreadableFile,
    as_table,
    too_large,
)

SEPARATORS: Final = (",", ";", "\t")

LINE_CHARACTERS: Final = 100_000
"""Longest line: one line of separators alone would take more memory than the file."""

_DIRECTIVE: Final = re.compile(r"sep=([,;\t])\r?(?=\n)")
_SAVE_AS_UTF8: Final = "mở tệp bằng Excel, chọn Lưu thành (Save As) → CSV UTF-8 (*.csv), rồi gửi lại"


def read_delimited(source: SourceFile, is_header: HeaderTest | None) -> SheetTable:
    """Return the table of a CSV file."""
    place = f"Tệp {source.name}"
    text = _decoded(place, source.data)
    directive = _DIRECTIVE.match(text)
    if directive:
        # Excel's own first line: its row stays, so that the rows below keep the numbers that Excel shows.
        text, separator = text[directive.end() :], directive.group(1)
    else:
        separator = _separator(place, text, is_header)
    grid = Grid(place, [row for row in _rows(place, text, separator) if any(row.cells)])
    return as_table(source, grid, grid.heading(is_header) or 0)


def _decoded(place: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _not_utf8(place, "chữ mã UTF-16 (kiểu “Unicode Text” của Excel)")
    # Valid UTF-8, but no text: binary data, or UTF-16 without its mark.
    nul = data.find(b"\0")
    if nul >= 0:
        raise _not_utf8(_line(place, data, nul), f"byte 0x00 ở vị trí {nul + 1} của tệp")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        got = f"byte 0x{data[error.start]:02X} ở vị trí {error.start + 1} của tệp, không phải UTF-8"
        raise _not_utf8(_line(place, data, error.start), got) from error


def _line(place: str, data: bytes, at: int) -> str:
    lines = data.count(b"\n", 0, at)
    return f"{place}, dòng {lines + 1}"


def _not_utf8(where: str, got: str) -> UnreadableFile:
    return UnreadableFile(where, expected="chữ mã UTF-8", got=got, remedy=_SAVE_AS_UTF8)


def _separator(place: str, text: str, is_header: HeaderTest | None) -> str:
    """Return the separator under which a heading is found; else the one that cuts the first row in most pieces."""
    best, most = SEPARATORS[0], 0
    for separator in SEPARATORS:
        first = [row for row in islice(_records(place, text, separator), HEADER_ROWS) if any(row)]
        if is_header is not None and any(is_header(row) for row in first):
            return separator
        pieces = len(first[0]) if first else 0
        if pieces > most:
            best, most = separator, pieces
    return best


def _records(place: str, text: str, separator: str) -> Iterator[list[str]]:
    """Yield the records as far as they can be read; what is wrong is said once the separator is known."""
    with contextlib.suppress(csv.Error):
        yield from csv.reader(_lines(place, text), delimiter=separator)


def _lines(place: str, text: str) -> Iterator[str]:
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > LINE_CHARACTERS:
            raise too_large(f"{place}, dòng {number}")
        yield line


def _rows(place: str, text: str, separator: str) -> Iterator[SheetRow]:
    """Yield the rows, numbered as a spreadsheet program numbers them."""
    reader = csv.reader(_lines(place, text), delimiter=separator, strict=True)
    texts = CleanedTexts()
    try:
        for number, raw in enumerate(reader, start=1):
            # Blank rows count too: skipping millions of them costs seconds.
            if number > ROWS or any(raw[COLUMNS:]):
                raise too_large(f"{place}, dòng {number}")
            yield SheetRow(number, tuple(texts[cell] for cell in raw[:COLUMNS]))
    except csv.Error as error:
        raise UnreadableFile(
            f"{place}, dòng {reader.line_num}",
            expected="các ô phân cách đều nhau, ô có dấu phân cách đặt trong một cặp ngoặc kép",
            got="ngoặc kép không khép đúng chỗ hoặc ô quá dài",
            remedy="sửa dấu ngoặc kép ở dòng này, hoặc lưu bảng thành tệp Excel (.xlsx)",
        ) from error
