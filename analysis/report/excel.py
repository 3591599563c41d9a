"""How does an index table become a workbook? A sheet to print, the numbers, the notes and the codebook."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook

from analysis import wording
from analysis.refusal import Refusal
from analysis.report.cell_text import one_line
from analysis.report.excel_index import write_index_sheet
from analysis.report.excel_sheet import HEADING, Property, Sheet, Styles, decimals_format
from analysis.report.layout import lay_out_units
from analysis.report.statements import provenance_lines, statements
from analysis.table import IndexTable
from questionnaires.codebook import CodebookRow

_MOST_ROWS: Final = 1_048_575
_CREATED: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""The same table gives the same bytes, so a workbook cannot carry the time at which it was written."""

_CODEBOOK: Final = (
    ("Mã câu hỏi", 12, "question_id"),
    ("Phần", 10, "section"),
    ("Loại", 10, "kind"),
    ("Nội dung", 60, "text_vi"),
    ("Nội dung (tiếng Anh)", 50, "text_en"),
    ("Giá trị lưu", 12, "value"),
    ("Nhãn", 34, "label_vi"),
    ("Nhãn (tiếng Anh)", 30, "label_en"),
    ("Điểm", 8, "score"),
    ("Tính chỉ số", 12, "in_index"),
    ("Nguồn câu chữ", 26, "status"),
    ("Mã ngân hàng câu hỏi", 18, "bank_code"),
)


_WIDTHS: Final = {"unit_name": 34, "method": 30, "reason": 28, "survey": 16}
_NUMBERS: Final = {"n_responses": "#,##0", "n_answers": "#,##0", "level": "0.00#", "df": "0.0", "deff": "0.00"}
_WRAPPED: Final[Mapping[str, Property]] = {"valign": "top", "text_wrap": True}


class TooManyRows(Refusal):
    """A table with more rows than a sheet of Excel can hold."""


def write_index_xlsx(table: IndexTable, path: Path, *, codebook: Sequence[CodebookRow] | None = None) -> Path:
    """Write the workbook: "Bảng chỉ số" to print, "Dữ liệu" to compute with, "Ghi chú" and "Bảng mã" to read.

    Parameters
    ----------
    table
        Any index table.
    path
        The file to write.
    codebook
        The questionnaire's codebook, None for a workbook without "Bảng mã".

    Returns
    -------
    Path
        The written file. The same table gives the same bytes.

    Raises
    ------
    TooManyRows
        Where the table has more rows than a sheet; a workbook that was cut off would look whole.
    """
    if len(table.rows) > _MOST_ROWS:
        raise TooManyRows(
            "Tệp Excel",
            expected=f"không quá {wording.count(_MOST_ROWS)} dòng kết quả",
            got=f"{wording.count(len(table.rows))} dòng",
            remedy="xuất dạng csv, hoặc chia kết quả theo tỉnh",
        )
    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "Times New Roman", "font_size": 11},
    }
    with Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": one_line(table.title.vi), "created": _CREATED})
        styles = Styles(workbook)
        write_index_sheet(Sheet(workbook.add_worksheet("Bảng chỉ số"), styles), table)
        _write_data(Sheet(workbook.add_worksheet("Dữ liệu"), styles), table)
        _write_notes(Sheet(workbook.add_worksheet("Ghi chú"), styles), table)
        if codebook:
            _write_codebook(Sheet(workbook.add_worksheet("Bảng mã"), styles), codebook)
    return path


def _write_data(sheet: Sheet, table: IndexTable) -> None:
    names = list(next(table.records(), {}))
    _write_headings(sheet, [(name, _WIDTHS.get(name, 13)) for name in names])
    decimals = decimals_format(wording.decimals_of(table.measure)[1])
    formats = [sheet.style({"num_format": _NUMBERS.get(name, decimals)}) for name in names]
    plain = sheet.style({})
    for line, record in enumerate(table.records(), start=1):
        for column, value in enumerate(record.values()):
            if isinstance(value, str):
                sheet.text((line, column), value, plain)
            else:
                sheet.number((line, column), value, formats[column])
    if names:
        sheet.worksheet.autofilter(0, 0, len(table.rows), len(names) - 1)


def _write_notes(sheet: Sheet, table: IndexTable) -> None:
    _write_headings(sheet, [("Mục", 34), ("Nội dung", 120)])
    for line, (name, sentence) in enumerate(_notes(table), start=1):
        sheet.wrapped_row(line, [(name, 34), (sentence, 120)])
        sheet.text((line, 0), name, sheet.style({**_WRAPPED, "bold": True}))
        sheet.text((line, 1), sentence, sheet.style(_WRAPPED))


def _notes(table: IndexTable) -> Iterator[tuple[str, str]]:
    yield "Bảng", table.title.vi
    if table.simulated:
        yield wording.SIMULATED.vi, "Số liệu tưởng tượng, chỉ để giới thiệu và kiểm thử; không dùng trong báo cáo."
    for sentence in statements(table):
        yield "Phải đọc kèm", sentence
    for mark, sentence in lay_out_units(table).notes:
        yield f"Ghi chú {mark}".strip(), sentence
    for finding in table.findings:
        yield f"Đối chiếu số liệu: {finding.where}", finding.message.vi
    yield from provenance_lines(table)


def _write_codebook(sheet: Sheet, codebook: Sequence[CodebookRow]) -> None:
    wrapped = sheet.style(_WRAPPED)
    _write_headings(sheet, [(heading, width) for heading, width, _ in _CODEBOOK])
    for line, row in enumerate(codebook, start=1):
        sheet.wrapped_row(line, [(str(getattr(row, name)), width) for _, width, name in _CODEBOOK])
        for column, (_, _, name) in enumerate(_CODEBOOK):
            value = getattr(row, name)
            if isinstance(value, bool):
                sheet.text((line, column), "Có" if value else "Không", wrapped)
            elif isinstance(value, str):
                sheet.text((line, column), value, wrapped)
            else:
                sheet.number((line, column), value, sheet.style({"valign": "top"}))
    sheet.worksheet.autofilter(0, 0, len(codebook), len(_CODEBOOK) - 1)


def _write_headings(sheet: Sheet, headings: Sequence[tuple[str, int]]) -> None:
    for column, (_, width) in enumerate(headings):
        sheet.worksheet.set_column(column, column, width)
    sheet.wrapped_row(0, headings)
    for column, (heading, _) in enumerate(headings):
        sheet.text((0, column), heading, sheet.style(HEADING))
    sheet.worksheet.freeze_panes(1, 0)
    sheet.fit_page(heading=(0, 0))
