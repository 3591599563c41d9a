"""Is the Word file an annex that an office would attach?"""

import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table

from analysis.report.cells import Column
from analysis.report.word import AnnexHeading, write_index_docx
from analysis.report.word_file import PAGE_WIDTH
from analysis.report.word_tables import column_widths
from analysis.table import IndexTable
from tests.analysis.report.example_tables import (
    counts_table,
    poisoned_table,
    province_table,
    table,
    voluntary_table,
)

FILLED = AnnexHeading(
    superior="Ủy ban nhân dân tỉnh Hồng Lam",
    agency="Sở Nội vụ",
    attached_to="Báo cáo số 12/BC-SNV ngày 05 tháng 10 năm 2026 của Sở Nội vụ",
    recipients=("UBND tỉnh;", "Lưu: VT."),
)


def opened(original: IndexTable, folder: Path, heading: AnnexHeading | None = None) -> Document:
    path = folder / "index.docx"
    if heading is None:
        return docx.Document(str(write_index_docx(original, path)))
    return docx.Document(str(write_index_docx(original, path, heading=heading)))


def lines(document: Document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def results(document: Document) -> Table:
    """Return the table of units; the first table of the document is the agency block."""
    return document.tables[1]


def test_the_page_is_a4_on_its_side_with_the_margins_of_the_decree(tmp_path: Path) -> None:
    section = opened(province_table(), tmp_path).sections[0]
    assert [round((side or 0) / Mm(1)) for side in (section.page_width, section.page_height)] == [297, 210]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round((margin or 0) / Mm(1)) for margin in margins] == [20, 20, 30, 15]


def test_everything_is_in_times_new_roman(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path)
    assert document.styles["Normal"].font.name == "Times New Roman"
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == fonts.get(qn("w:cs")) == "Times New Roman"
    assert "w:rFonts" not in document.element.body.xml


def test_pages_are_numbered_at_the_top_from_the_second_on(tmp_path: Path) -> None:
    section = opened(voluntary_table(), tmp_path).sections[0]
    assert section.different_first_page_header_footer
    assert 'w:instr="PAGE"' in section.header.paragraphs[0].paragraph_format.element.xml
    assert [paragraph.text for paragraph in section.first_page_header.paragraphs] == [""]


def test_the_heading_is_that_of_an_annex_without_the_national_motto(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path, FILLED)
    text = lines(document)
    start = text.index("Phụ lục")
    assert text[start + 1].startswith("CHỈ SỐ HÀI LÒNG CỦA NGƯỜI DÂN")
    assert text[start + 2] == "(Kèm theo Báo cáo số 12/BC-SNV ngày 05 tháng 10 năm 2026 của Sở Nội vụ)"
    assert text[start + 3] == "Kỳ báo cáo: quý III năm 2026"
    agency = document.tables[0].cell(0, 0).text.split("\n")
    assert agency[:2] == ["ỦY BAN NHÂN DÂN TỈNH HỒNG LAM", "SỞ NỘI VỤ"]
    assert "CỘNG HÒA" not in document.element.body.xml


def test_what_only_the_office_knows_is_left_as_dots(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path)
    assert "(Kèm theo Báo cáo số ……/BC-…… ngày …… tháng …… năm …… của …………)" in lines(document)
    assert document.tables[0].cell(0, 0).text.startswith("…………")


def test_the_heading_row_is_repeated_and_no_row_is_split(tmp_path: Path) -> None:
    rows = results(opened(province_table(), tmp_path)).rows
    assert [cell.text for cell in rows[0].cells][:2] == ["TT", "Đơn vị"]
    assert [row._tr.xml.count("<w:tblHeader/>") for row in rows] == [1] + [0] * 13
    assert all("<w:cantSplit/>" in row._tr.xml for row in rows)
    assert len(rows) == 1 + 13


def test_every_factor_cell_has_its_interval_on_a_smaller_line_beneath(tmp_path: Path) -> None:
    cells = results(opened(province_table(), tmp_path)).rows[3].cells
    assert [cell.text for cell in cells][4:7] == ["223", "93,64\n90,38–96,90", "77,64\n72,14–83,15"]
    estimate, interval = (paragraph.runs[0].font.size for paragraph in cells[5].paragraphs)
    assert interval < estimate
    assert [cell.text for cell in cells][-3:-1] == ["89,64", "85,60–93,69"]


def test_marks_are_raised_and_lead_to_notes(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path)
    full = results(document).rows[5].cells[8].paragraphs[0].runs
    assert [run.text for run in full] == ["100,00", "(2)"]
    assert full[1].font.superscript
    assert any(text.startswith("(2) Không xác định được sai số chuẩn") for text in lines(document))


def test_unit_of_measure_legend_and_second_table_are_there(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path)
    text = lines(document)
    assert text.count("Đơn vị tính: %") == 2
    assert any(line.startswith("Các yếu tố: A. Tiếp cận dịch vụ; B. ") for line in text)
    items = document.tables[2]
    assert len(items.rows) == 1 + 22
    assert [cell.text for cell in items.rows[3].cells][2:5] == ["4.120", "84,09", "82,97–85,21"]


def test_the_body_ends_with_the_closing_sign_and_the_recipients_follow(tmp_path: Path) -> None:
    text = lines(opened(province_table(), tmp_path, FILLED))
    end = text.index("Nơi nhận:")
    assert text[end - 1].startswith("Phương pháp tính: ")
    assert text[end - 1].endswith("đo./.")
    assert text[end + 1 :] == ["- UBND tỉnh;", "- Lưu: VT."]


def test_basis_and_modes_are_said(tmp_path: Path) -> None:
    text = "\n".join(lines(opened(province_table(), tmp_path)))
    assert "mẫu xác suất" in text
    assert "ki-ốt 1.204 phiếu; điện thoại 2.916 phiếu" in text
    assert "không so sánh trực tiếp" in text
    assert "mẫu tự nguyện, không phải mẫu xác suất" in "\n".join(lines(opened(voluntary_table(), tmp_path)))


def test_imaginary_data_say_so_on_every_page(tmp_path: Path) -> None:
    document = opened(province_table(), tmp_path)
    section = document.sections[0]
    for header in (section.header, section.first_page_header):
        assert "DỮ LIỆU MÔ PHỎNG" in [paragraph.text for paragraph in header.paragraphs]
    assert any(text.startswith("DỮ LIỆU MÔ PHỎNG") for text in lines(document))
    assert "DỮ LIỆU MÔ PHỎNG" not in "\n".join(lines(opened(voluntary_table(), tmp_path)))


def test_findings_are_listed_before_anybody_signs(tmp_path: Path) -> None:
    text = lines(opened(counts_table(), tmp_path))
    assert "1. TP Huế, Trung tâm HCC, dòng 2–4: Nơi đón tiếp: tổng các mức là 4.350" in "\n".join(text)
    assert "Kết quả theo đơn vị và tiêu chí" in text


def test_cells_that_say_the_same_are_merged(tmp_path: Path) -> None:
    rows = results(opened(counts_table(), tmp_path)).rows
    assert rows[1].cells[1]._tc is rows[3].cells[1]._tc
    assert rows[4].cells[1].text.startswith("Sở Tài nguyên")


def test_text_of_the_input_stays_text(tmp_path: Path) -> None:
    names = [row.cells[1].text for row in results(opened(poisoned_table(), tmp_path)).rows]
    assert "<script>alert(1)</script>" in names
    assert '=HYPERLINK("http://example.org","x")' in names


def test_the_file_carries_no_time_and_no_name_of_a_writer(tmp_path: Path) -> None:
    properties = opened(province_table(), tmp_path).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.created == properties.modified
    with zipfile.ZipFile(tmp_path / "index.docx") as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_table_without_rows_still_makes_an_annex(tmp_path: Path) -> None:
    assert len(results(opened(table([]), tmp_path)).rows) == 1


@pytest.mark.parametrize("factors", [0, 1, 5, 9, 14])
@pytest.mark.parametrize("counts", [1, 3])
def test_the_columns_never_overflow_the_page(factors: int, counts: int) -> None:
    columns = [Column("ordinal", "ordinal", ""), Column("unit", "name", "")]
    columns += [Column("n", "count", "")] * counts + [Column("A", "estimate", "")] * (factors + 1)
    columns += [Column("interval", "interval", ""), Column("note", "note", "")]
    widths = column_widths(columns)
    assert sum(widths) == pytest.approx(PAGE_WIDTH)
    assert min(widths) > 5
