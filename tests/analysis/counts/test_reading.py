"""Claims about reading tables of counts: every bad cell is named with its place, contradictions are refused."""

from pathlib import Path

import pytest
import xlsxwriter

from analysis.counts import read_counts, reconcile
from analysis.counts.reading import BadCells
from analysis.refusal import Refusal
from tests.analysis.counts.sheets import levels, sheet

HEADING = ["Đơn vị", "Tiêu chí", "Mức", "Điểm", "Số phiếu", "Thu về", "Tỷ lệ"]


def refused(folder: Path, rows: list[dict[str, object]]) -> BadCells:
    with pytest.raises(BadCells) as caught:
        sheet(folder, rows)
    return caught.value


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("count", "-5", "“-5”"),
        ("count", "4.5", "“4.5”"),
        ("count", "4,215", "“4,215”"),
        ("count", "", "ô trống"),
        ("count", "–", "“–”"),
        ("count", "nhiều", "“nhiều”"),
        ("returned", "12a", "“12a”"),
        ("issued", "1.5", "“1.5”"),
        ("score", "2", "“2”"),
        ("score", "có", "“có”"),
        ("printed_percent", "cao", "“cao”"),
        ("unit", " ", "ô trống"),
        ("item", "", "ô trống"),
        ("level", "", "ô trống"),
        ("level", "Tổng cộng", "“Tổng cộng”"),
    ],
)
def test_a_bad_cell_is_refused_with_file_row_and_column(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    rows = levels(5, 3, 2)
    rows[1][column] = value
    error = refused(tmp_path, rows)
    assert len(error.faults) == 1
    assert error.where == f"Tệp bang.csv, dòng 3, cột “{column}”"
    assert error.got == said
    assert error.expected
    assert error.remedy


def test_all_bad_cells_are_named_at_once_and_a_flood_is_cut(tmp_path: Path) -> None:
    few = refused(tmp_path, levels("x", "y", "z"))
    assert [fault.got for fault in few.faults] == ["“x”", "“y”", "“z”"]
    assert str(few).count("Cách xử lý") == 3
    many = refused(tmp_path, [row for i in range(30) for row in levels("x", item=f"Tiêu chí {i}")])
    assert str(many).count("Cách xử lý") == 20
    assert "và 10 chỗ sai khác" in str(many)
    assert isinstance(many, Refusal)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (levels(5, 3) + levels(4), "mức “Hài lòng” có 2 dòng"),
        (levels(5, 3) + levels(4, item="thái độ", level="hài lòng"), "mức “Hài lòng” có 2 dòng"),
        (levels(5, 3, returned=8) + levels(4, item="Khác", returned=9), "số phiếu thu về"),
        (levels(5, 3, issued=8) + levels(4, item="Khác", issued=9), "số phiếu phát ra"),
        (
            levels(5, unit_code="01") + levels(4, unit_code="01", unit="Xã B", item="Khác"),
            "một tên cho mã đơn vị “01”",
        ),
        (levels(5, unit_code="01") + levels(4, unit_code="02", item="Khác"), "một mã cho đơn vị “Xã A”"),
        (levels(5, score=1) + levels(4, level="Kém", score=""), "điểm 1 hoặc 0 ở mọi mức"),
    ],
)
def test_rows_that_contradict_one_another_are_refused(
    tmp_path: Path, rows: list[dict[str, object]], said: str
) -> None:
    error = refused(tmp_path, rows)
    assert len(error.faults) == 1
    assert said in str(error)
    assert "dòng 2" in str(error)


def test_the_same_unit_in_another_period_or_survey_is_another_table(tmp_path: Path) -> None:
    rows = levels(5, 3, returned=8) + levels(4, 1, period="2026-Q2", returned=5)
    rows += levels(2, 1, source="Khảo sát khác", returned=3)
    read = sheet(tmp_path, rows)
    assert [(item.forms.survey, item.forms.period, item.total) for item in read.items] == [
        ("Khảo sát", "2026-Q1", 8),
        ("Khảo sát", "2026-Q2", 5),
        ("Khảo sát khác", "2026-Q1", 3),
    ]


def test_the_number_of_forms_may_stand_in_the_first_row_only(tmp_path: Path) -> None:
    rows = levels(5, 3, issued="", returned="-")
    rows[0].update(issued="1.000", returned=8)
    forms = sheet(tmp_path, rows).items[0].forms
    assert (forms.issued, forms.returned) == (1000, 8)


def test_without_a_source_the_file_names_the_survey_and_without_a_code_the_unit_is_its_name(
    tmp_path: Path,
) -> None:
    forms = sheet(tmp_path, levels(5, 3, source="")).items[0].forms
    assert (forms.survey, forms.unit_code, forms.unit_name) == ("bang", "Xã A", "Xã A")


def excel(path: Path, rows: list[list[object]], *, merge: bool = False) -> Path:
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for index, row in enumerate([HEADING, *rows]):
        page.write_row(index, 0, row)
    if merge:
        for column in (0, 1, 5):
            page.merge_range(1, column, len(rows), column, rows[0][column])
    book.close()
    return path


def test_a_workbook_with_merged_units_and_percent_formats_is_read_as_it_looks(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Xã A", "Thái độ", "Hài lòng", 1, 2128, 4215, 2128 / 4215],
        ["", "", "Không", 0, 2087, "", 2087 / 4215],
    ]
    read = read_counts(excel(tmp_path / "bang.xlsx", rows, merge=True))
    assert [(level.row, level.count) for level in read.items[0].levels] == [(2, 2128), (3, 2087)]
    assert read.items[0].forms.returned == 4215
    assert not reconcile(read)


def test_percentages_that_a_workbook_rounded_are_judged_at_their_decimals(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Xã A", "Thái độ", "Hài lòng", 1, 2128, 4215, 0.504],
        ["Xã A", "Thái độ", "Không", 0, 2087, 4215, 0.4951],
    ]
    found = reconcile(read_counts(excel(tmp_path / "bang.xlsx", rows)))
    assert [(finding.code, finding.where[:7]) for finding in found] == [("percent_truncated", "Dòng 2,")]


def test_a_thousands_dot_that_excel_took_for_a_decimal_point_is_refused(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Xã A", "Thái độ", "Hài lòng", 1, 4.215, "4.215", ""]]
    with pytest.raises(BadCells) as caught:
        read_counts(excel(tmp_path / "bang.xlsx", rows))
    assert [fault.where.rpartition("cột ")[2] for fault in caught.value.faults] == ["“Số phiếu”"]
