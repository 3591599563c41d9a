"""Claims about CSV files: what a spreadsheet program writes is read, everything else is refused with its place."""

from pathlib import Path

import pytest

from analysis.spreadsheet import SheetTable, UnreadableFile, read_table


def read(folder: Path, content: str | bytes, name: str = "bang.csv") -> SheetTable:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(path)


def refusal(folder: Path, content: str | bytes) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        read(folder, content)
    return caught.value


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_line_end_and_byte_order_mark_gives_the_same_table(
    tmp_path: Path, separator: str, mark: str, end: str
) -> None:
    lines = [separator.join(row) for row in (["Đơn vị", "Số phiếu"], ["Xã A", "5"], ["Xã B", "7"])]
    table = read(tmp_path, mark + end.join(lines) + end)
    assert table.columns == ("Đơn vị", "Số phiếu")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("Xã A", "5")), (3, ("Xã B", "7"))]


def test_quoted_separators_and_decimal_commas_stay_in_their_cells(tmp_path: Path) -> None:
    table = read(tmp_path, 'a;b\n"x; y";47,04\n')
    assert table.rows[0].cells == ("x; y", "47,04")
    assert read(tmp_path, 'a,b\n"x, y","47,04"\n').rows[0].cells == ("x, y", "47,04")


def test_numbers_keep_the_text_that_was_typed(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b,c\n47.04,47.0400,007\n")
    assert table.rows[0].cells == ("47.04", "47.0400", "007")
    assert table.rows[0].numeric == frozenset()


def test_the_rows_have_the_numbers_that_a_spreadsheet_program_shows(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n\n"hai\ndòng",2\n,\nx,3\n')
    assert [(row.number, row.cells[1]) for row in table.rows] == [(3, "2"), (5, "3")]
    assert read(tmp_path, "sep=;\r\na;b\r\n1,5;2\r\n").rows[0].number == 3


def test_texts_are_composed_and_freed_of_invisible_characters(tmp_path: Path) -> None:
    table = read(tmp_path, "Đơn vi\u0323,b\n\u200bXa\u0303 A\u202e,1\n")
    assert table.columns[0] == "Đơn vị"
    assert table.rows[0].cells[0] == "Xã A"


def test_cells_that_excel_leaves_out_at_the_end_of_a_row_are_blank(tmp_path: Path) -> None:
    assert read(tmp_path, "a,b,c\n1\n1,2,3,,\n").rows[0].cells == ("1", "", "")


def test_a_heading_below_titles_is_found_where_the_caller_knows_it(tmp_path: Path) -> None:
    path = tmp_path / "bang.csv"
    path.write_text("Bảng tổng hợp, quý I\n\na;b\n1;2\n", encoding="utf-8")
    table = read_table(path, is_header=lambda cells: list(cells) == ["a", "b"])
    assert table.columns == ("a", "b")
    assert [(row.number, row.cells) for row in table.rows] == [(4, ("1", "2"))]


def test_a_file_that_is_not_utf8_is_refused_with_line_and_byte(tmp_path: Path) -> None:
    error = refusal(tmp_path, "Mã,Tên\n1,Hu".encode() + b"\xea\xcc,\n")
    assert error.where == "Tệp bang.csv, dòng 2"
    assert "0xEA" in error.got
    assert "vị trí 14" in error.got
    assert "CSV UTF-8" in error.remedy


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "trống"),
        (b"\xef\xbb\xbf", "trống"),
        (b" \n\n,,\n", "trống"),
        (b"a,b\n", "chỉ có dòng tiêu đề"),
        (b"a,b\n1,\x002\n", "dòng 2"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a,b,A\n1,2,3\n", "các cột A, C cùng tên “a”"),
        (b"a,,c\n1,2,3\n", "cột B không có tên"),
        (b"a,b\n1,2\n1,2,3\n", "dòng 3"),
        (b'a,b\n"x"y,2\n', "ngoặc kép"),
        (b'a,b\n1,"2\n', "ngoặc kép"),
        (b"a,b\n1,#DIV/0!\n", "dòng 2, cột B"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 tables", ".xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
        (b"\xef\xbb\xbf\n<html><table></table></html>", "trang web"),
        (b"PAR1", "Parquet"),
    ],
)
def test_what_is_not_one_table_is_refused_with_what_came(tmp_path: Path, content: bytes, said: str) -> None:
    error = refusal(tmp_path, content)
    assert said in str(error)
    assert error.where.startswith("Tệp bang.csv")
    assert error.expected
    assert error.remedy


def test_a_file_that_is_not_there_is_refused_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        read_table(tmp_path / "không có.csv")
    assert caught.value.where == "Tệp không có.csv"
    with pytest.raises(UnreadableFile):
        read_table(tmp_path)


def test_the_same_file_has_the_same_hash_whatever_its_name(tmp_path: Path) -> None:
    one, other = read(tmp_path, "a\n1\n", "1.csv"), read(tmp_path, "a\n1\n", "2.csv")
    assert one.sha256 == other.sha256 != read(tmp_path, "a\n2\n").sha256
