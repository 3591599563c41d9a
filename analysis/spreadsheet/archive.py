"""What does a packed workbook hold, and is it safe to hand it to a parser? Unpacked under limits and packed anew.

The parser gets only what was measured here: a second reading of the stranger's own archive could differ from ours.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import Final

from analysis.spreadsheet.sheet import MEGABYTE, SourceFile, UnreadableFile

UNPACKED_BYTES: Final = 20 * MEGABYTE
"""Largest content of an XLSX file."""

RATIO: Final = 100
"""Largest content, as a multiple of the file; small content may be more repetitive."""

MEMBERS: Final = 2_000

_FOLDERS: Final = frozenset({"", "_rels", "xl", "xl/_rels", "xl/worksheets", "xl/worksheets/_rels"})
_OTHER_OFFICE: Final = (
    ("word/document.xml", "tệp Word (.docx)"),
    ("ppt/presentation.xml", "tệp PowerPoint (.pptx)"),
    ("xl/workbook.bin", "tệp Excel nhị phân (.xlsb)"),
    ("content.xml", "tệp OpenDocument (.ods)"),
)


def unpacked(source: SourceFile) -> dict[str, bytes]:
    """Return the members of an XLSX file that a table is read from; refuse bombs before unpacking them."""
    try:
        with zipfile.ZipFile(io.BytesIO(source.data)) as archive:
            members = archive.infolist()
            _check(source, members)
            return {m.filename: _content(source, archive, m) for m in members if _is_needed(m.filename)}
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, struct.error) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise damaged(source, "tệp nén hỏng hoặc bị cắt mất phần cuối") from error


def repacked(members: dict[str, bytes]) -> io.BytesIO:
    """Return the members as an archive without compression."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    packed.seek(0)
    return packed


def damaged(source: SourceFile, got: str) -> UnreadableFile:
    """Return the refusal of a workbook that cannot be read as one."""
    return UnreadableFile(
        f"Tệp {source.name}",
        expected="tệp Excel (.xlsx) nguyên vẹn",
        got=got,
        remedy="mở tệp bằng Excel, chọn Lưu thành (Save As) → Sổ làm việc Excel (.xlsx), rồi gửi lại",
    )


def _check(source: SourceFile, members: Sequence[zipfile.ZipInfo]) -> None:
    names = [member.filename for member in members]
    _check_kind(source, names)
    if len(members) > MEMBERS:
        raise _too_much(source, "không quá 2.000 thành phần", str(len(members)))
    # Parsers differ in which of two namesakes they read, and some ignore case and the direction of slashes.
    if len({name.casefold().replace("\\", "/") for name in names}) < len(names):
        raise damaged(source, "tệp nén có hai thành phần trùng tên")
    # The declared sizes bind: ``_content`` never unpacks more than was declared here.
    size = sum(member.file_size for member in members)
    if size > UNPACKED_BYTES:
        raise _too_much(source, f"không quá {UNPACKED_BYTES // MEGABYTE} MB", f"{size / MEGABYTE:.0f} MB")
    if size > max(MEGABYTE, RATIO * len(source.data)):
        raise _too_much(source, f"không quá {RATIO} lần cỡ tệp", f"{size // len(source.data)} lần")


def _check_kind(source: SourceFile, names: Sequence[str]) -> None:
    if "xl/workbook.xml" in names:
        return
    got = next((words for name, words in _OTHER_OFFICE if name in names), "tệp nén (.zip) khác")
    raise damaged(source, got)


def _too_much(source: SourceFile, limit: str, got: str) -> UnreadableFile:
    return UnreadableFile(
        f"Tệp {source.name}",
        expected=f"nội dung sau khi giải nén {limit}",
        got=got,
        remedy="xóa hình ảnh, dòng, cột và trang tính không dùng, hoặc chia bảng thành nhiều tệp",
    )


def _is_needed(name: str) -> bool:
    """Tell whether a table is read from this member; pictures, macros and links never are."""
    folder, _, file = name.rpartition("/")
    return folder.casefold() in _FOLDERS and file.casefold().endswith((".xml", ".rels"))


def _content(source: SourceFile, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Return one member; zipfile never yields more than the declared size and checks the sum of it."""
    if member.flag_bits & 1:
        raise damaged(source, "tệp có mật khẩu")
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged(source, "kiểu nén lạ")
    with archive.open(member) as file:
        return file.read(member.file_size + 1)
