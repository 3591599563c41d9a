"""What is a table of cells, and how large may one be? The rules that CSV and XLSX share."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from analysis.refusal import Refusal
from questionnaires.text import clean

MEGABYTE: Final = 2**20

WORKBOOK_BYTES: Final = MEGABYTE
"""Largest XLSX file."""

TEXT_BYTES: Final = 5 * MEGABYTE
"""Largest CSV file; not packed, so it may be larger than an XLSX."""

# A province's 150 communes with 16 items of 5 levels are 12.000 rows; the rest is room for honest surprises.
ROWS: Final = 100_000
COLUMNS: Final = 200

HEADER_ROWS: Final = 20
"""How many rows that are not blank are searched for the heading."""

HeaderTest = Callable[[Sequence[str]], bool]

_ERRORS: Final = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!"})

_NOTHING: Final[frozenset[int]] = frozenset()


class UnreadableFile(Refusal):
    """A file that is not one readable table."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's name without its folders, and its bytes."""

    name: str
    data: bytes = field(repr=False)

    @classmethod
    def opened(cls, path: Path) -> "SourceFile":
        """Read a file of at most the allowed size."""
        name = clean(path.name)
        try:
            with path.open("rb") as file:
                # Never more than one byte too many: the size that a file system reports can be wrong or endless.
                data = file.read(TEXT_BYTES + 1)
        except OSError as error:
            raise UnreadableFile(
                f"Tệp {name}",
                expected="một tệp có thật và đọc được",
                got=f"không mở được tệp ({type(error).__name__})",
                remedy="kiểm tra lại đường dẫn và quyền đọc tệp",
            ) from error
        limit = WORKBOOK_BYTES if data.startswith(b"PK") else TEXT_BYTES
        if len(data) > limit:
            raise UnreadableFile(
                f"Tệp {name}",
                expected=f"tệp không quá {limit // MEGABYTE} MB",
                got="tệp lớn hơn",
                remedy="xóa hình ảnh và các trang tính không dùng, hoặc chia bảng thành nhiều tệp",
            )
        return cls(name, data)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number from 1, its cells, and which of them (from 0) a workbook stores as numbers."""

    number: int
    cells: tuple[str, ...]
    numeric: frozenset[int] = _NOTHING


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table of a file: ``place`` names file and worksheet, ``columns`` are the headings, rows are as long."""

    file: str
    place: str
    sha256: str
    columns: tuple[str, ...]
    rows: tuple[SheetRow, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one worksheet or file that are not blank, before the heading is known."""

    place: str
    rows: Sequence[SheetRow] = field(repr=False)

    def heading(self, is_header: HeaderTest | None) -> int | None:
        """Return the position of the heading among the rows, None where there is none."""
        if is_header is None:
            return 0 if self.rows else None
        return next((i for i, row in enumerate(self.rows[:HEADER_ROWS]) if is_header(row.cells)), None)


class CleanedTexts(dict[str, str]):
    """Texts by what was sent; each is cleaned once, because tables repeat their texts."""

    def __missing__(self, text: str) -> str:
        self[text] = clean(text)
        return self[text]


def quoted(text: str) -> str:
    """Return a text of a stranger in quotation marks, short enough for a sentence."""
    line = " ".join(text.split())
    return f"“{line}”" if len(line) <= 60 else f"“{line[:57]}…”"


def column_letters(index: int) -> str:
    """Return a column's letters as a spreadsheet program shows them: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def too_large(place: str) -> UnreadableFile:
    """Return the refusal of a table with too many rows, columns or cells, or too much text."""
    return UnreadableFile(
        place,
        expected="bảng không quá 100.000 dòng, 200 cột, 2 triệu ô (kể cả ô trống) và không lặp văn bản dài",
        got="bảng lớn hơn",
        remedy="xóa các dòng, cột thừa (kể cả dòng trống có kẻ khung) hoặc chia bảng thành nhiều tệp",
    )


def empty(place: str) -> UnreadableFile:
    """Return the refusal of a file without a single filled cell."""
    return UnreadableFile(
        place,
        expected="một dòng tiêu đề và ít nhất một dòng số liệu",
        got="tệp trống",
        remedy="kiểm tra lại tệp đã chọn rồi gửi lại",
    )


def as_table(source: SourceFile, grid: Grid, header: int) -> SheetTable:
    """Return the rows below the heading as a table; refuse columns and rows that do not fit one another."""
    if not grid.rows:
        raise empty(grid.place)
    head, body = grid.rows[header], grid.rows[header + 1 :]
    columns = [" ".join(cell.split()) for cell in head.cells]
    while columns and not columns[-1]:
        columns.pop()
    if not body:
        raise UnreadableFile(
            grid.place,
            expected="ít nhất một dòng số liệu dưới dòng tiêu đề",
            got="chỉ có dòng tiêu đề",
            remedy="điền số liệu rồi gửi lại",
        )
    _check_headings(f"{grid.place}, dòng {head.number}", columns, body)
    return SheetTable(
        file=source.name,
        place=grid.place,
        sha256=hashlib.sha256(source.data).hexdigest(),
        columns=tuple(columns),
        rows=tuple(_fitted(grid.place, len(columns), body)),
    )


def _check_headings(where: str, columns: Sequence[str], body: Sequence[SheetRow]) -> None:
    letters_by_name: dict[str, list[str]] = {}
    for index, column in enumerate(columns):
        letters_by_name.setdefault(column.casefold(), []).append(column_letters(index))
        row = next((r for r in body if not column and index < len(r.cells) and r.cells[index]), None)
        if row is not None:
            raise UnreadableFile(
                where,
                expected="mọi cột có số liệu đều có tên",
                got=f"cột {column_letters(index)} không có tên nhưng có số liệu ở dòng {row.number}",
                remedy="đặt tên cho cột hoặc xóa cột",
            )
    for column in columns:
        letters = letters_by_name[column.casefold()]
        if column and len(letters) > 1:
            raise UnreadableFile(
                where,
                expected="mỗi cột một tên riêng",
                got=f"các cột {', '.join(letters)} cùng tên {quoted(column)}",
                remedy="đổi tên hoặc xóa bớt cột",
            )


def _fitted(place: str, width: int, body: Iterable[SheetRow]) -> Iterator[SheetRow]:
    """Yield the rows as long as the heading.

    Excel leaves out the empty cells at the end of a CSV row, so shorter rows are whole rows; longer ones mean an
    unquoted separator and with it cells in wrong columns.
    """
    for row in body:
        extra = next((cell for cell in row.cells[width:] if cell), None)
        if extra is not None:
            raise UnreadableFile(
                f"{place}, dòng {row.number}",
                expected=f"{width} ô như dòng tiêu đề",
                got=f"nhiều ô hơn, ô thừa đầu tiên là {quoted(extra)}",
                remedy="đặt ô có dấu phân cách trong ngoặc kép, hoặc xóa ô thừa",
            )
        cells = row.cells[:width] + ("",) * (width - len(row.cells))
        # A blank instead would drop a number without a word.
        error = next((i for i, cell in enumerate(cells) if cell in _ERRORS), None)
        if error is not None:
            raise UnreadableFile(
                f"{place}, dòng {row.number}, cột {column_letters(error)}",
                expected="số liệu",
                got=f"lỗi công thức {cells[error]}",
                remedy="sửa công thức hoặc gõ số liệu vào ô này",
            )
        yield SheetRow(row.number, cells, row.numeric)
