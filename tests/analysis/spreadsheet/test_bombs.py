"""Claims about files that are sent to do harm: refused before they cost anything (SCORECARD S16)."""

import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from analysis.spreadsheet import UnreadableFile, read_table
from tests.analysis.spreadsheet.parts import packed, shared_xml, sheet_xml

Maker = Callable[[], bytes]

MB = 2**20
ENTITY = "<row r='1'><c r='A1' t='inlineStr'><is><t>&e;</t></is></c></row>"
XXE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in zip("abcdfghi", "bcdfghie", strict=True)
)
UTF16 = sheet_xml(ENTITY, before=LAUGHS + "]>").encode("utf-16")


def rows(count: int, cell: str = '<c r="A{i}"><v>1</v></c>') -> str:
    return "".join(f'<row r="{i}">{cell.format(i=i)}</row>' for i in range(1, count + 1))


def corners(last: str) -> str:
    row = "".join(c for c in last if c.isdigit())
    return sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{last}"><v>1</v></c></row>')


def lying() -> bytes:
    """Return a workbook whose sheet unpacks to 64 MB while both headers declare 100 bytes."""
    true_size = len(sheet_xml(" " * 64 * MB)).to_bytes(4, "little")
    honest = packed(sheet_xml(" " * 64 * MB))
    assert honest.count(true_size) == 2
    return honest.replace(true_size, (100).to_bytes(4, "little"))


BOMBS: dict[str, Maker] = {
    "64 MB of blanks in 64 kB": lambda: packed(sheet_xml(" " * 64 * MB)),
    "64 MB of blanks declared as 100 bytes": lying,
    "15 MB of blanks, more than 100 to 1": lambda: packed(sheet_xml(" " * 15 * MB)),
    "a million rows": lambda: packed(sheet_xml(rows(10**6)), padding=2**20),
    "a million rows within the sizes": lambda: packed(sheet_xml("<row/>" * 10**6), padding=80_000),
    "rows beyond the limit": lambda: packed(sheet_xml(rows(100_001)), padding=40_000),
    "3.000 members": lambda: packed(sheet_xml(""), extra={f"xl/{i}.xml": "" for i in range(3000)}),
    "two cells at the corners of a sheet": lambda: packed(corners("XFD1048576")),
    "two cells at the corners of the limits": lambda: packed(corners("GR99999")),
    "wide rectangles on many sheets": lambda: packed(*[corners("GR9999")] * 900),
    "one long text in 80.000 cells": lambda: packed(
        sheet_xml(rows(80_000, '<c r="A{i}" t="s"><v>0</v></c>')),
        extra={"xl/sharedStrings.xml": shared_xml("x" * 32_000)},
    ),
    "a million shared texts": lambda: packed(
        sheet_xml(""), extra={"xl/sharedStrings.xml": shared_xml(*"x" * 10**6)}, padding=200_000
    ),
    "a column merged 200.000 times": lambda: packed(
        sheet_xml(
            rows(90_000), after="<mergeCells>" + '<mergeCell ref="A1:A1048576"/>' * 200_000 + "</mergeCells>"
        ),
        padding=100_000,
    ),
    "a million elements in one another": lambda: packed(sheet_xml("<a>" * 10**6 + "</a>" * 10**6), padding=80_000),
    "an external entity": lambda: packed(sheet_xml(ENTITY, before=XXE)),
    "a billion laughs": lambda: packed(sheet_xml(ENTITY, before=LAUGHS + "]>")),
    "a billion laughs in UTF-16": lambda: packed(sheet_xml(""), extra={"xl/worksheets/sheet9.xml": UTF16}),
    "5 million commas": lambda: b"," * 5 * 10**6,
    "5 million lines": lambda: b"\n" * 5 * 10**6,
    "a million rows of text": lambda: b"a;b\n" + b"1;2\n" * 10**6,
    "an open quotation mark": lambda: b'a\n"' + b"x\n" * 10**6,
    "6 MB of text": lambda: b"a,b\n" * 1_500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_within_a_second_of_processor_time(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bom.xlsx"
    path.write_bytes(BOMBS[name]())
    started = time.process_time()
    with pytest.raises(UnreadableFile):
        read_table(path)
    assert time.process_time() - started <= 1


@pytest.mark.parametrize(
    "name", ["64 MB of blanks in 64 kB", "a billion laughs", "two cells at the corners of a sheet"]
)
def test_a_bomb_is_refused_before_it_takes_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "bom.xlsx"
    path.write_bytes(BOMBS[name]())
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        read_table(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak <= 8 * MB


def test_a_large_honest_table_is_read(tmp_path: Path) -> None:
    """The positive control: as many rows as the largest province sends, in one file."""
    path = tmp_path / "bang.csv"
    path.write_bytes("Đơn vị;Tiêu chí;Mức;Số phiếu\n".encode() + "Xã A;Thái độ;Hài lòng;12\n".encode() * 99_000)
    assert len(read_table(path).rows) == 99_000
    book = tmp_path / "bang.xlsx"
    header = '<row r="1"><c r="A1" t="str"><v>a</v></c></row>'
    book.write_bytes(packed(sheet_xml(header + rows(50_000)[len('<row r="1"><c r="A1"><v>1</v></c></row>') :])))
    assert len(read_table(book).rows) == 49_999
