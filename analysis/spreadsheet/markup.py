"""Would a parser of this workbook stay within bounds? Document types, error cells and the extent of the cells.

A workbook reader reserves the whole rectangle between the outermost cells and copies a shared text into every cell
that names it, so two cells or one text can be a bomb. This reading reserves nothing.
"""

import re
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from analysis.spreadsheet.archive import damaged
from analysis.spreadsheet.sheet import COLUMNS, ROWS, SourceFile, UnreadableFile, too_large

CELLS: Final = 500_000
AREA: Final = 2_000_000
SHARED_TEXTS: Final = 200_000
TEXT_CHARACTERS: Final = 20_000_000
"""Sum over all cells of the characters of their text."""

_REFERENCE: Final = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


def check_markup(source: SourceFile, members: Mapping[str, bytes]) -> None:
    """Refuse members that a parser should not see."""
    shared = _SharedTexts(source)
    rest = dict(members)
    for name in members:
        if name.casefold() == "xl/sharedstrings.xml":
            shared.read(rest.pop(name))
    extent = _Extent(source)
    for content in rest.values():
        _Cells(source, shared.lengths, extent).read(content)


class _Extent:
    """What all cells of a workbook take together."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.area = self.cells = self.characters = 0

    def add(self, *, area: int = 0, cells: int = 0, characters: int = 0) -> None:
        self.area += area
        self.cells += cells
        self.characters += characters
        if self.area > AREA or self.cells > CELLS or self.characters > TEXT_CHARACTERS:
            raise too_large(f"Tệp {self.source.name}")


class _Markup:
    """One member, read from start to end; nothing in it may define a document type."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype

    def read(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            raise damaged(self.source, "nội dung XML hỏng trong tệp") from error

    def _doctype(self, *_: object) -> None:
        raise UnreadableFile(
            f"Tệp {self.source.name}",
            expected="tệp Excel do chương trình bảng tính lưu",
            got="khai báo DOCTYPE trong nội dung XML, dấu hiệu của tệp tấn công",
            remedy="không dùng tệp này; chép số liệu sang một tệp Excel mới",
        )


class _SharedTexts(_Markup):
    """The lengths of the texts that cells share."""

    def __init__(self, source: SourceFile) -> None:
        super().__init__(source)
        self.lengths: list[int] = []
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _: object) -> None:
        if name.rpartition(":")[2] == "si":
            self.lengths.append(0)
            if len(self.lengths) > SHARED_TEXTS:
                raise too_large(f"Tệp {self.source.name}")

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Cells(_Markup):
    """The rectangle between the outermost cells, their number and their text."""

    def __init__(self, source: SourceFile, shared: list[int], extent: _Extent) -> None:
        super().__init__(source)
        self.shared, self.extent = shared, extent
        self.row = self.column = self.last_row = self.last_column = 0
        self.awaits_shared = False
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            self._cell(attributes)
        elif local == "row":
            self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
            self._reach()

    def _cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self.column, self.row = self._position(attributes["r"])
        else:
            self.column += 1
        self.awaits_shared = attributes.get("t") == "s"
        self.extent.add(cells=1)
        self._reach()

    def _reach(self) -> None:
        """Add what the rectangle grew by."""
        if self.row <= self.last_row and self.column <= self.last_column:
            return
        before = self.last_row * self.last_column
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row > ROWS or self.last_column > COLUMNS:
            raise too_large(f"Tệp {self.source.name}")
        self.extent.add(area=self.last_row * self.last_column - before)

    def _text(self, text: str) -> None:
        if self.awaits_shared:
            self.awaits_shared = False
            index = self._number(text)
            self.extent.add(characters=self.shared[index] if index < len(self.shared) else 0)

    def _position(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference)
        if not match:
            raise damaged(self.source, "địa chỉ ô lạ trong tệp")
        column = 0
        for letter in match.group(1):
            column = column * 26 + ord(letter) - ord("A") + 1
        return column, int(match.group(2))

    def _number(self, text: str) -> int:
        digits = text.strip()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
            raise damaged(self.source, "số thứ tự lạ trong tệp")
        return int(digits)
