"""Is the workbook one that an office can print, compute with and trust?"""

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.report import excel
from analysis.report.excel import TooManyRows, write_index_xlsx
from analysis.table import IndexTable
from questionnaires.codebook import CodebookRow
from tests.analysis.report.example_tables import (
    counts_table,
    poisoned_table,
    province_table,
    table,
    voluntary_table,
)

CODEBOOK = (
    CodebookRow(
        question_id="A1",
        section="A",
        kind="likert",
        text_vi="=1+1",
        text_en="Seats",
        value="5",
        label_vi="Rất hài lòng",
        label_en="Very satisfied",
        score=5.0,
        in_index=True,
        status="official",
        bank_code="SV24-A1",
    ),
)


def opened(original: IndexTable, folder: Path, codebook: tuple[CodebookRow, ...] | None = None) -> Workbook:
    return openpyxl.load_workbook(write_index_xlsx(original, folder / "index.xlsx", codebook=codebook))


def texts(sheet: Worksheet) -> list[str]:
    return [cell.value for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]


def line_of(sheet: Worksheet, name: str) -> list[object]:
    return next([cell.value for cell in line] for line in sheet.iter_rows() if line[1].value == name)


def test_the_workbook_has_its_sheets_and_a_codebook_only_where_there_is_one(tmp_path: Path) -> None:
    assert opened(province_table(), tmp_path, CODEBOOK).sheetnames == [
        "Bảng chỉ số",
        "Dữ liệu",
        "Ghi chú",
        "Bảng mã",
    ]
    assert opened(province_table(), tmp_path).sheetnames == ["Bảng chỉ số", "Dữ liệu", "Ghi chú"]


def test_the_printed_sheet_holds_real_numbers_with_both_ends_of_every_interval(tmp_path: Path) -> None:
    original = province_table()
    shown = line_of(opened(original, tmp_path)["Bảng chỉ số"], "Phường Thành Sen")
    factor, index = original.find("18001", "A"), original.find("18001", "overall")
    assert factor is not None
    assert index is not None
    assert shown[2:8] == [411, 387, 223, factor.estimate, factor.ci_low, factor.ci_high]
    assert shown[-4:-1] == [index.estimate, index.ci_low, index.ci_high]


def test_the_printed_sheet_is_landscape_a4_with_a_repeated_heading(tmp_path: Path) -> None:
    sheet = opened(province_table(), tmp_path)["Bảng chỉ số"]
    assert sheet.page_setup.orientation == "landscape"
    assert int(sheet.page_setup.paperSize) == 9
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert int(sheet.page_setup.fitToHeight) == 0
    assert sheet.print_title_rows == "$5:$6"
    assert sheet.freeze_panes == "C7"
    assert sheet["A5"].value == "TT"


def test_withheld_cells_hold_a_sign_and_the_note_says_why(tmp_path: Path) -> None:
    shown = line_of(opened(voluntary_table(), tmp_path)["Bảng chỉ số"], "Sở Nông nghiệp và Môi trường")
    assert not [value for value in shown[3:] if isinstance(value, int | float)]
    assert shown[3] == "…"
    assert shown[-1] == "Dưới 5 phiếu, không công bố (2)"


def test_the_mark_of_a_factor_stands_in_the_note_with_its_letter(tmp_path: Path) -> None:
    assert line_of(opened(province_table(), tmp_path)["Bảng chỉ số"], "Xã Thạch Khê")[-1] == "D (2)"


def test_the_data_sheet_holds_every_record_as_it_is(tmp_path: Path) -> None:
    original = province_table()
    sheet = opened(original, tmp_path)["Dữ liệu"]
    lines = list(sheet.iter_rows(values_only=True))
    records = list(original.records())
    assert list(lines[0]) == list(records[0])
    for record, line in zip(records, lines[1:], strict=True):
        # Excel itself keeps 15 digits.
        assert [value for value in line if isinstance(value, float | int)] == pytest.approx(
            [value for value in record.values() if isinstance(value, float | int)], rel=1e-15
        )
        assert [value for value in line if isinstance(value, str)] == [
            value for value in record.values() if isinstance(value, str) and value
        ]
    assert sheet.auto_filter.ref == "A1:R287"


def test_unit_codes_stay_text_with_their_leading_zeros(tmp_path: Path) -> None:
    sheet = opened(poisoned_table(), tmp_path)["Dữ liệu"]
    assert sheet["C2"].value == "00000"


def test_imaginary_data_say_so_at_the_top_and_in_the_notes(tmp_path: Path) -> None:
    workbook = opened(province_table(), tmp_path)
    assert workbook["Bảng chỉ số"]["A1"].value == "DỮ LIỆU MÔ PHỎNG"
    assert "DỮ LIỆU MÔ PHỎNG" in texts(workbook["Ghi chú"])
    assert "DỮ LIỆU MÔ PHỎNG" not in texts(opened(voluntary_table(), tmp_path)["Bảng chỉ số"])


def test_the_notes_name_basis_modes_method_reasons_findings_and_provenance(tmp_path: Path) -> None:
    notes = "\n".join(texts(opened(province_table(), tmp_path)["Ghi chú"]))
    for part in (
        "mẫu xác suất",
        "ki-ốt 1.204 phiếu",
        "tổng số câu trả lời hài lòng",
        "Cỡ mẫu nhỏ",
        "sipas-2024",
        "5f5f",
        "a1a1",
    ):
        assert part in notes
    assert "4.350" in "\n".join(texts(opened(counts_table(), tmp_path)["Ghi chú"]))


def test_nothing_in_a_workbook_is_a_formula_or_a_link(tmp_path: Path) -> None:
    workbook = opened(poisoned_table(), tmp_path, CODEBOOK)
    cells = [cell for sheet in workbook for line in sheet.iter_rows() for cell in line]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert '=HYPERLINK("http://example.org","x")' in texts(workbook["Bảng chỉ số"])
    assert "=1+1" in texts(workbook["Bảng mã"])


def test_the_codebook_shows_scores_as_numbers_and_membership_in_words(tmp_path: Path) -> None:
    sheet = opened(province_table(), tmp_path, CODEBOOK)["Bảng mã"]
    assert [cell.value for cell in sheet[2]][5:10] == ["5", "Rất hài lòng", "Very satisfied", 5, "Có"]


def test_what_a_unit_says_once_is_not_written_again_on_its_further_lines(tmp_path: Path) -> None:
    sheet = opened(counts_table(), tmp_path)["Bảng chỉ số"]
    names = [line[1].value for line in sheet.iter_rows() if line[5].value in {s.id for s in counts_table().scores}]
    assert names == [names[0], None, None, names[3]]


def test_a_table_longer_than_a_sheet_is_refused_rather_than_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "_MOST_ROWS", 285)
    with pytest.raises(TooManyRows, match="286 dòng"):
        write_index_xlsx(province_table(), tmp_path / "index.xlsx")
    assert not (tmp_path / "index.xlsx").exists()


def test_a_table_without_rows_still_makes_a_workbook(tmp_path: Path) -> None:
    assert opened(table([]), tmp_path)["Bảng chỉ số"]["A1"].value.startswith("CHỈ SỐ HÀI LÒNG")
