"""Which counts stand in a file? Every cell checked, every fault named at once, nothing guessed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Final

from analysis.counts.cells import CellReader
from analysis.counts.consistency import contradictions
from analysis.counts.figures import stored_fraction
from analysis.counts.headings import columns_of, is_heading
from analysis.counts.tally import CountRow, CountSheet, ItemCounts, LevelCount, grouped
from analysis.refusal import Refusal
from analysis.spreadsheet import read_table

_SHOWN: Final = 20
_FRACTION_TOLERANCE: Final = Decimal("0.1")


class BadCells(Refusal):
    """Cells of a table of counts that cannot be right; ``faults`` has one refusal for each."""

    def __init__(self, faults: Sequence[Refusal]) -> None:
        first = faults[0]
        super().__init__(first.where, expected=first.expected, got=first.got, remedy=first.remedy)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        rest = len(self.faults) - _SHOWN
        shown = [str(fault) for fault in self.faults[:_SHOWN]]
        return "\n".join([*shown, f"… và {rest} chỗ sai khác."] if rest > 0 else shown)


def read_counts(path: Path) -> CountSheet:
    """Read a table of counts: one row a level of an item of a unit.

    Parameters
    ----------
    path : Path
        CSV or XLSX with the columns of ``analysis.counts.headings``: unit, item, level and count are needed;
        source, unit_code, period, issued, returned, score and printed_percent may be missing or blank. ``score``
        is 1 for a level that is satisfied, 0 for one that is not, blank for all levels of an item that is not
        about satisfaction. Counts may be written 4.215, 4215 or 4 215, percentages with comma or point.

    Returns
    -------
    CountSheet
        The items in the order of the file; without a column of codes the unit's name is its code, without a
        source the file's name is the survey.

    Raises
    ------
    UnreadableFile
        If the file is not one readable table (``analysis.spreadsheet``).
    UnknownHeadings
        If a column is missing, unknown or ambiguous.
    BadCells
        If a cell is not what its column says, a level occurs twice, an item is scored only in part, a row is a
        total, or rows of one unit contradict one another; it names all of them.

    References
    ----------
    DOMAIN, section 7: published tables of counts.

    Limits
    ------
    Reads tables with one level a row; sheets with a column for each level have to be turned first.
    """
    table = read_table(path, is_header=is_heading)
    reader = CellReader(table, columns_of(table))
    rows = [reader.row(row) for row in table.rows]
    # A bad cell stands as 0 or blank among the rows, so contradictions are looked for only where all are good.
    faults = reader.faults or list(contradictions(table.place, rows))
    if faults:
        raise BadCells(faults)
    return CountSheet(file=table.file, place=table.place, sha256=table.sha256, items=tuple(_items(rows)))


def _items(rows: Sequence[CountRow]) -> Iterator[ItemCounts]:
    forms = {
        key: replace(
            group[0].forms,
            issued=_stated(row.forms.issued for row in group),
            returned=_stated(row.forms.returned for row in group),
        )
        for key, group in grouped(rows, lambda row: row.forms_key).items()
    }
    for group in grouped(rows, lambda row: row.item_key).values():
        yield ItemCounts(forms=forms[group[0].forms_key], item=group[0].item, levels=tuple(_levels(group)))


def _stated(numbers: Iterable[int | None]) -> int | None:
    """Return the number that some rows of a unit state, the others having left it out."""
    return next((number for number in numbers if number is not None), None)


def _levels(group: Sequence[CountRow]) -> Iterator[LevelCount]:
    """Yield the levels; cells with percent format store 0.4704 for 47.04 %, which the sum of an item shows."""
    printed = [row.level.printed for row in group]
    values = [percent.value for percent in printed if percent is not None]
    are_fractions = all(row.stored_percent or row.level.printed is None for row in group) and (
        abs(sum(values, Decimal(-1))) <= _FRACTION_TOLERANCE
    )
    for row in group:
        percent = row.level.printed
        yield replace(row.level, printed=stored_fraction(percent) if are_fractions and percent else percent)
