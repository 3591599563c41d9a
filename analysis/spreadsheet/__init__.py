"""Which table stands in a file that a stranger sent? CSV and XLSX, read as text with the numbers of the rows.

Everything that can be refused is refused before it is parsed. ``analysis.spreadsheet.guard`` limits a process that
reads such files, for what nobody has thought of yet.
"""

from pathlib import Path

from analysis.spreadsheet.delimited import read_delimited
from analysis.spreadsheet.guard import limit_this_process, why_it_ended
from analysis.spreadsheet.sheet import HeaderTest, SheetRow, SheetTable, SourceFile, UnreadableFile
from analysis.spreadsheet.workbook import read_workbook

__all__ = [
    "HeaderTest",
    "SheetRow",
    "SheetTable",
    "UnreadableFile",
    "limit_this_process",
    "read_table",
    "why_it_ended",
]

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# First bytes of what people send instead of a table; the ending of a file's name proves nothing.
_OTHER_FORMATS = (
    (b"%PDF", "tệp PDF"),
    (b"{\\rtf", "tệp Word (.rtf)"),
    (b"PAR1", "tệp Parquet"),
    (b"\x89PNG", "ảnh"),
    (b"\xff\xd8\xff", "ảnh"),
    # Systems that "export to Excel" often write a web page and name it .xls.
    *(
        (tag, "trang web hoặc tệp XML")
        for tag in (b"<html", b"<HTML", b"<!", b"<?xml", b"<table", b"<TABLE", b"<meta")
    ),
)
_SAVE_AS_XLSX = "mở tệp bằng Excel, chọn Lưu thành (Save As) → Sổ làm việc Excel (.xlsx), rồi gửi lại"


def read_table(path: Path, *, is_header: HeaderTest | None = None) -> SheetTable:
    """Read the one table of a CSV or XLSX file, every cell as text.

    Parameters
    ----------
    path : Path
        CSV (UTF-8 with or without BOM; comma, semicolon or tab) or XLSX. What it is shows in its first bytes, not
        in its name. Blank cells are empty texts, blank rows are left out.
    is_header : callable, optional
        Says whether a row of cells is the heading; the first such row among the first 20 that are not blank is
        taken, so that titles above the table may stay. Default: the first row that is not blank.

    Returns
    -------
    SheetTable
        Columns, rows with their numbers as a spreadsheet program shows them, and the file's SHA-256. Cells are
        cleaned (``questionnaires.text.clean``); vertically merged cells repeat their text; numbers of a workbook
        are written in their shortest form with a decimal point, and marked in ``SheetRow.numeric``.

    Raises
    ------
    UnreadableFile
        If the file is missing, empty, too large, of another format, encrypted, damaged, not UTF-8, holds document
        type definitions, error cells (``#REF!``), two columns of one name, a column without a name, or rows longer
        than the heading; the text says where, what was expected, what came and what to do.

    References
    ----------
    RFC 4180 (CSV); ECMA-376 part 1 (SpreadsheetML); limits in ``analysis.spreadsheet.sheet``.

    Limits
    ------
    Shows what a workbook stored: a formula without a stored result is blank. A percentage of a percent-formatted
    cell is the stored fraction.
    """
    source = SourceFile.opened(path)
    try:
        if source.data.startswith(b"PK\x03\x04"):
            return read_workbook(source, is_header)
        _refuse_other_formats(source)
        return read_delimited(source, is_header)
    except MemoryError:
        raise UnreadableFile(
            f"Tệp {source.name}",
            expected="bảng đọc được trong phần bộ nhớ dành cho một tệp gửi lên",
            got="bảng cần nhiều bộ nhớ hơn",
            remedy="chia bảng thành nhiều tệp nhỏ hơn",
        ) from None


def _refuse_other_formats(source: SourceFile) -> None:
    """Name what came instead of a table."""
    expected = "tệp CSV hoặc Excel (.xlsx)"
    if source.data.startswith(_OLD_OFFICE):
        if _ENCRYPTED in source.data:
            got, remedy = "tệp Excel có mật khẩu", "mở tệp bằng Excel, bỏ mật khẩu, lưu lại rồi gửi"
        else:
            got, remedy = "tệp Office đời cũ (.xls, .doc)", _SAVE_AS_XLSX
        raise UnreadableFile(f"Tệp {source.name}", expected=expected, got=got, remedy=remedy)
    head = source.data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, got in _OTHER_FORMATS:
        if head.startswith(magic):
            raise UnreadableFile(f"Tệp {source.name}", expected=expected, got=got, remedy=_SAVE_AS_XLSX)
