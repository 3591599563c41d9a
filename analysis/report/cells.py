"""What stands in one cell of a printed index table? A number in words and as such, its interval, its marks."""

from dataclasses import dataclass
from typing import Literal

from analysis import wording
from analysis.report.cell_text import one_line
from analysis.report.note_marks import NoteMarks
from analysis.table import IndexRow, IndexTable
from questionnaires.model import Language, Text

ColumnKind = Literal["ordinal", "name", "count", "estimate", "interval", "note"]
LineKind = Literal["whole", "parent", "unit", "factor", "item"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``id`` is a score's id where ``kind`` is estimate, ``heading`` is in the layout's language."""

    id: str
    kind: ColumnKind
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What stands in a cell, in words and as a real number.

    ``text`` is what a person reads, ``detail`` the interval that belongs beneath an estimate, ``marks`` the note
    marks behind it ("(1)"). ``value``, ``low`` and ``high`` are the numbers on the table's measure, None where the
    cell has none. ``flagged`` marks numbers that carry a caution, ``repeated`` what already stands in the line
    above and may be merged with it.
    """

    text: str = ""
    detail: str = ""
    marks: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    flagged: bool = False
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table, its cells in the order of the columns.

    ``depth`` indents a unit below its parents and an item below its factor.
    """

    kind: LineKind
    unit_code: str
    cells: tuple[Cell, ...]
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A table as it is printed, in one language.

    ``measure_unit`` is "%" or "điểm"; ``legend`` explains column headings that are only a letter as (heading,
    name); ``notes`` explains the note marks and the signs of withheld cells as (mark, sentence), without a mark
    where it holds for every line.
    """

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    measure_unit: str
    legend: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CellMaker:
    """Makes the cells of one table in one language."""

    table: IndexTable
    language: Language
    marks: NoteMarks

    def words(self, text: Text) -> str:
        """Return the text in the table's language, on one line."""
        return one_line(text.in_language(self.language))

    def text(self, text: str) -> Cell:
        """Return a cell of text from the input."""
        return Cell(text=one_line(text))

    def count(self, value: int | None) -> Cell:
        """Return a cell of forms or responses, "–" where nobody counted them."""
        if value is None:
            return Cell(text=wording.WITHHELD["missing"])
        return Cell(text=wording.count(value, self.language), value=value)

    def estimate(self, row: IndexRow | None, *, main: IndexRow | None = None, detail: bool = False) -> Cell:
        """Return the cell of an estimate, with ``detail`` its interval beneath.

        The marks of ``main``, the row that the line's note speaks of, are not repeated.
        """
        if row is None:
            return Cell(text=wording.WITHHELD["missing"])
        return Cell(
            text=wording.estimate_text(row, self.table.measure, self.language, unit=False),
            detail=wording.interval_text(row, self.table.measure, self.language) if detail else "",
            marks=self.marks.behind(row.reason, beside=main.reason if main else ""),
            value=row.estimate,
            low=row.ci_low,
            high=row.ci_high,
            flagged=row.status == "flagged",
        )

    def interval(self, row: IndexRow | None) -> Cell:
        """Return the cell of an interval, "–" where there is none."""
        if row is None:
            return Cell(text=wording.WITHHELD["missing"])
        text = wording.interval_text(row, self.table.measure, self.language)
        withheld = wording.WITHHELD.get(row.status, wording.WITHHELD["missing"])
        return Cell(text=text or withheld, low=row.ci_low, high=row.ci_high)

    def note(self, row: IndexRow | None) -> Cell:
        """Return the cell of a line's note: the reason in words and its marks."""
        if row is None:
            return Cell()
        return Cell(text=self.marks.words(row.reason), marks=self.marks.behind(row.reason))
