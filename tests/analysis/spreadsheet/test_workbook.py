"""Claims about XLSX files: what the office's Excel stores is read, what cannot be trusted is refused."""

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from analysis.spreadsheet import SheetRow, SheetTable, UnreadableFile, read_table
from tests.analysis.spreadsheet.parts import packed, shared_xml, sheet_xml, workbook

CELL = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'


def read_bytes(folder: Path, content: bytes) -> SheetTable:
    path = folder / "bang.xlsx"
    path.write_bytes(content)
    return read_table(path)


def refusal(folder: Path, content: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read_bytes(folder, content)
    return str(caught.value)


def test_numbers_are_written_in_their_shortest_form_and_marked(tmp_path: Path) -> None:
    rows: list[list[object]] = [list("abcdef"), [4215, 47.04, 0.1 + 0.2, "4.215", 1e-7, True]]
    table = read_table(workbook(tmp_path / "bang.xlsx", {"Quý I": rows}))
    assert table.place == "Tệp bang.xlsx, trang tính “Quý I”"
    assert table.rows[0].cells == ("4215", "47.04", "0.3", "4.215", "0.0000001", "TRUE")
    assert table.rows[0].numeric == {0, 1, 2, 4}


def test_rows_and_columns_keep_their_place_on_the_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [[], ["", "", "x", "y"], [], ["", "", 1, 2]]
    table = read_table(workbook(tmp_path / "bang.xlsx", {"A": rows}))
    assert table.columns == ("", "", "x", "y")
    assert table.rows == (SheetRow(4, ("", "", "1", "2"), frozenset({2, 3})),)


def test_merged_cells_repeat_their_text_in_every_row_and_days_are_vietnamese(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "bang.xlsx")
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Đơn vị", "Mức", "Ngày"])
    sheet.merge_range(1, 0, 3, 0, "Xã A")
    for row, level in enumerate(["Cao", "Vừa", "Thấp"], start=1):
        sheet.write(row, 1, level)
        sheet.write_datetime(row, 2, dt.date(2026, 2, 5), book.add_format({"num_format": "d/m/yy"}))
    sheet.write_row(4, 0, ["", "Cao"])
    book.close()
    rows = read_table(tmp_path / "bang.xlsx").rows
    assert [row.cells[0] for row in rows] == ["Xã A", "Xã A", "Xã A", ""]
    assert rows[0].cells[2] == "05/02/2026"


def test_an_error_in_a_formula_is_named_and_not_read_as_blank(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "bang.xlsx")
    sheet = book.add_worksheet("Quý I")
    sheet.write_row(0, 0, ["a", "b"])
    sheet.write(1, 0, 1)
    sheet.write_formula(1, 1, "=1/0", value="#DIV/0!")
    book.close()
    with pytest.raises(UnreadableFile, match=r"trang tính “Quý I”, dòng 2, cột B[\s\S]*#DIV/0!"):
        read_table(tmp_path / "bang.xlsx")


def test_the_result_of_a_formula_is_read(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "bang.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "a")
    sheet.write_formula(1, 0, "=2*3", value=6)
    book.close()
    assert read_table(tmp_path / "bang.xlsx").rows[0].cells == ("6",)


def test_hidden_and_empty_worksheets_do_not_count(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "bang.xlsx")
    book.add_worksheet("Trống")
    book.add_worksheet("Số liệu").write_column(0, 0, ["a", 1])
    hidden = book.add_worksheet("Ẩn")
    hidden.write_column(0, 0, ["b", 2])
    hidden.hide()
    book.close()
    assert read_table(tmp_path / "bang.xlsx").columns == ("a",)


def test_two_worksheets_are_refused_unless_only_one_has_the_heading(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bang.xlsx", {"Hướng dẫn": [["x"], ["y"]], "Số liệu": [["a"], ["1"]]})
    with pytest.raises(UnreadableFile, match="2 trang tính: “Hướng dẫn”, “Số liệu”"):
        read_table(path)
    assert read_table(path, is_header=lambda cells: "a" in cells).rows[0].cells == ("1",)


def test_the_ending_of_the_name_does_not_matter(tmp_path: Path) -> None:
    path = workbook(tmp_path / "bang.csv", {"A": [["a"], ["1"]]})
    assert read_table(path).rows[0].cells == ("1",)


def test_a_workbook_put_together_by_hand_is_read(tmp_path: Path) -> None:
    """The same parts make the bombs: were they not readable, their refusal would prove nothing."""
    table = read_bytes(tmp_path, packed(sheet_xml(CELL), padding=1000))
    assert (table.columns, table.rows[0].cells) == (("a",), ("1",))
    sparse = '<row><c t="str"><v>a</v></c></row><row><c><v>1</v></c></row>'
    assert read_bytes(tmp_path, packed(sheet_xml(sparse))).rows[0].cells == ("1",)


def test_a_workbook_that_was_indented_by_a_program_is_read(tmp_path: Path) -> None:
    cells = (
        '<row r="1">\n <c r="A1" t="s">\n  <v>1</v>\n </c>\n</row>\n<row r="2"><c r="A2" t="s"><v>0</v></c></row>'
    )
    content = packed(sheet_xml(cells), extra={"xl/sharedStrings.xml": shared_xml("x", "a")})
    table = read_bytes(tmp_path, content)
    assert (table.columns, table.rows[0].cells) == (("a",), ("x",))


def rezipped(content: bytes, *, lock: bool = False, cut: int = 0, twice: str = "") -> bytes:
    file = io.BytesIO(content)
    if twice:
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr(twice, sheet_xml(CELL))
    data = bytearray(file.getvalue())
    if lock:
        for magic, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = data.find(magic)
            while at >= 0:
                data[at + flags] |= 1
                at = data.find(magic, at + 4)
    return bytes(data[: len(data) - cut])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (rezipped(packed(sheet_xml(CELL)), lock=True), "mật khẩu"),
        (rezipped(packed(sheet_xml(CELL)), cut=40), "hỏng"),
        (rezipped(packed(sheet_xml(CELL)), twice="xl/worksheets/Sheet0.xml"), "trùng tên"),
        (packed(sheet_xml("<row><c></row>")), "XML hỏng"),
        (packed(sheet_xml('<row r="1"><c r="a-1"><v>1</v></c></row>')), "địa chỉ ô lạ"),
        (packed(sheet_xml('<row r="1"><c r="A1" t="s"><v> 1</v></c></row>')), "số thứ tự lạ"),
        (packed(sheet_xml("")), "tệp trống"),
        (packed(), "không phải bảng tính|tệp trống"),
        (packed(sheet_xml(CELL)).replace(b"xl/workbook.xml", b"xl/workbook.bin"), "xlsb"),
        (packed(sheet_xml(CELL)).replace(b"xl/workbook.xml", b"xl/worldbook.ml"), "tệp nén (.zip) khác"),
    ],
)
def test_what_is_not_a_sound_workbook_is_refused_with_what_came(tmp_path: Path, content: bytes, said: str) -> None:
    sentence = refusal(tmp_path, content)
    assert any(part in sentence for part in said.split("|")), sentence
    assert "Cách xử lý" in sentence


def test_flipped_bytes_are_read_or_refused_but_never_crash(tmp_path: Path) -> None:
    content = packed(sheet_xml(CELL))
    outcomes = {"read": 0, "refused": 0}
    for at in range(0, len(content), 7):
        damaged = content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :]
        try:
            read_bytes(tmp_path, damaged)
            outcomes["read"] += 1
        except UnreadableFile:
            outcomes["refused"] += 1
    assert outcomes["refused"] > 50
    assert outcomes["read"] > 5
