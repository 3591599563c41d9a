"""What becomes of the rows of a table that somebody sent? Taken, known already, or given back with a reason."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

Headings = Mapping[str, tuple[str, ...]]
"""Our name of each column and the headings under which offices write it, without accents and capitals."""

MayChange = Callable[[Sequence[str]], bool]
"""Says whether whoever sent the table may change a unit; it is given the unit's code and those of all above."""


class UnknownHeadings(ValueError):
    """A table lacks a column that is needed; ``missing`` has our names of those columns."""

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"expected columns {', '.join(missing)} in the first row, got none; add them")


class RowRefused(ValueError):
    """A row or a form that cannot be taken; ``reason`` names a sentence of the catalogues and fills its places."""

    def __init__(self, reason: str, **said: str) -> None:
        self.reason, self.said = reason, said
        super().__init__(f"{reason} {said}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it was read: where it stood, its SHA-256, headings, and rows with their numbers."""

    place: str
    sha256: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def lines(self, headings: Headings, required: Sequence[str]) -> list["Line"]:
        """Return the rows under our names of the columns; columns that we do not know are left out."""
        names = {bare(heading): name for name, known in headings.items() for heading in (name, *known)}
        places = {names[bare(column)]: at for at, column in enumerate(self.columns) if bare(column) in names}
        missing = [name for name in required if name not in places]
        if missing:
            raise UnknownHeadings(missing)
        return [
            Line(number, cells, {name: cells[at] if at < len(cells) else "" for name, at in places.items()})
            for number, cells in self.rows
        ]


@dataclass(frozen=True, slots=True)
class Line:
    """A row: its number, its cells as they stand in the file, and by our names of the columns."""

    number: int
    cells: tuple[str, ...]
    by_name: Mapping[str, str]

    def get(self, name: str) -> str:
        """Return a cell, empty where the table has no such column."""
        return self.by_name.get(name, "")


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A row that was not taken, and why (``RowRefused``)."""

    number: int
    cells: tuple[str, ...]
    reason: str
    said: Mapping[str, str]


@dataclass(slots=True)
class Outcome:
    """What became of a table: rows taken, rows that said nothing new, rows given back."""

    columns: tuple[str, ...]
    taken: int = 0
    known: int = 0
    given_back: list[GivenBack] = field(default_factory=list)

    def give_back(self, line: Line, refused: RowRefused) -> None:
        """Note that a row was not taken."""
        self.given_back.append(GivenBack(line.number, line.cells, refused.reason, refused.said))

    def in_order(self) -> Iterator[GivenBack]:
        """Yield the rows given back in the order of the file."""
        yield from sorted(self.given_back, key=lambda row: row.number)


@lru_cache(maxsize=16_384)
def bare(text: str) -> str:
    """Return a text without accents, capitals and doubled spaces, as people search and type it."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d").replace("_", " "))
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())
