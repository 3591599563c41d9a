"""Would a parser of this workbook stay within bounds? Document types, error cells and the extent of the cells.

A workbook reader reserves the whole rectangle between the outermost cells and copies a shared text into every cell
that names it, so two cells or one text can be a bomb. This reading reserves nothing.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final
from xml.parsers import expat

from analysis.spreadsheet.archive import damaged
from analysis.spreadsheet.sheet import COLUMNS, ROWS, SourceFile, UnreadableFile, too_large

ELEMENTS: Final = 1_000_000
AREA: Final = 2_000_000
"""Cells of the rectangles between the outermost cells, blank ones included."""

DEPTH: Final = 50
MERGED: Final = 10_000
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
        self.area = self.elements = self.merged = self.characters = 0

    def add(self, *, area: int = 0, elements: int = 0, merged: int = 0, characters: int = 0) -> None:
        self.area += area
        self.elements += elements
        self.merged += merged
        self.characters += characters
        beyond = self.area > AREA or self.elements > ELEMENTS or self.merged > MERGED
        if beyond or self.characters > TEXT_CHARACTERS:
            raise too_large(f"Tệp {self.source.name}")


class _Markup(ABC):
    """One member, read from start to end; nothing in it may define a document type or be nested without end."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.depth = 0
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    def read(self, content: bytes) -> None:
        try:
            self.parser.Parse(content, True)
        except expat.ExpatError as error:
            raise damaged(self.source, "nội dung XML hỏng trong tệp") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEPTH:
            raise damaged(self.source, "các phần tử XML lồng nhau quá sâu")
        self._element(name.rpartition(":")[2], attributes)

    def _end(self, _: str) -> None:
        self.depth -= 1

    @abstractmethod
    def _element(self, name: str, attributes: dict[str, str]) -> None: ...

    @abstractmethod
    def _text(self, text: str) -> None: ...

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

    def _element(self, name: str, _: dict[str, str]) -> None:
        if name == "si":
            self.lengths.append(0)
            if len(self.lengths) > SHARED_TEXTS:
                raise too_large(f"Tệp {self.source.name}")

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _Cells(_Markup):
    """The rectangle between the outermost cells, and their text."""

    def __init__(self, source: SourceFile, shared: list[int], extent: _Extent) -> None:
        super().__init__(source)
        self.shared, self.extent = shared, extent
        self.row = self.column = self.last_row = self.last_column = 0
        self.is_shared = False
        self.index = ""

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        self.extent.add(elements=1)
        self.index = ""
        if name == "c":
            self._cell(attributes)
        elif name == "row":
            self.row = self._number(attributes["r"]) if "r" in attributes else self.row + 1
            self.column = 0
            self._reach()
        elif name == "mergeCell":
            self.extent.add(merged=1)

    def _cell(self, attributes: dict[str, str]) -> None:
        # A cell may name its place or follow the one before it; the parser accepts both.
        if "r" in attributes:
            self.column, self.row = self._position(attributes["r"])
        else:
            self.column += 1
        self.is_shared = attributes.get("t") == "s"
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
        if self.is_shared:
            self.index += text

    def _end(self, name: str) -> None:
        super()._end(name)
        if self.index.strip():
            index = self._number(self.index)
            self.extent.add(characters=self.shared[index] if index < len(self.shared) else 0)
        self.index = ""

    def _position(self, reference: str) -> tuple[int, int]:
        match = _REFERENCE.fullmatch(reference)
        if not match:
            raise damaged(self.source, "địa chỉ ô lạ trong tệp")
        column = 0
        for letter in match.group(1):
            column = column * 26 + ord(letter) - ord("A") + 1
        return column, int(match.group(2))

    def _number(self, text: str) -> int:
        # Where the parser cannot read an index it silently takes the first text, so nothing but digits may pass.
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise damaged(self.source, "số thứ tự lạ trong tệp")
        return int(text)
