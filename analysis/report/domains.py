"""Which rows of an index table stand together on one line? Those that differ in nothing but their score."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis import wording
from analysis.table import WHOLE, Basis, IndexRow, IndexTable, Score, UnitCount
from questionnaires.model import Text

_BY_COLUMNS: Final = {
    "mode": Text("Hình thức khảo sát", "Mode of survey"),
    "channel": Text("Hình thức nộp hồ sơ", "Channel"),
    "field": Text("Lĩnh vực", "Field"),
    "window": Text("Đợt ghi nhận", "Window"),
    "language": Text("Ngôn ngữ", "Language"),
}


@dataclass(frozen=True, slots=True)
class Domain:
    """Everything that a row is about but its score."""

    survey: str
    period: str
    by: tuple[tuple[str, str], ...]
    unit_code: str


class Domains:
    """The rows of a table, found by domain and score, and the domains found by unit.

    Parameters
    ----------
    table
        Any index table; the first of two rows with one domain and score counts.
    """

    def __init__(self, table: IndexTable) -> None:
        self.table = table
        self._rows: dict[Domain, dict[str, IndexRow]] = {}
        for row in table.rows:
            domain = Domain(row.survey, row.period, row.by, row.unit_code)
            self._rows.setdefault(domain, {}).setdefault(row.score, row)
        self._counts = {unit.unit_code: unit for unit in table.units}
        self._of_unit: dict[str, list[Domain]] = {}
        for domain in self._rows:
            self._of_unit.setdefault(domain.unit_code, []).append(domain)

    def of_unit(self, unit_code: str) -> tuple[Domain, ...]:
        """Return the domains of a unit in the order of the table's rows."""
        return tuple(self._of_unit.get(unit_code, ()))

    def rows(self, domain: Domain) -> Mapping[str, IndexRow]:
        """Return the rows of a domain by score."""
        return self._rows[domain]

    def forms(self, domain: Domain) -> UnitCount | None:
        """Return the forms that stand behind a domain, None where a unit has several domains or nobody counted."""
        return None if len(self._of_unit[domain.unit_code]) > 1 else self._counts.get(domain.unit_code)

    def whole(self) -> Domain | None:
        """Return the one domain of the whole, or of the only unit at the top; None where there is no such one."""
        parents = {row.unit_code: row.parent_code for row in reversed(self.table.rows)}
        tops = [code for code, parent in parents.items() if parent not in self._of_unit]
        candidates = self._of_unit.get(WHOLE) or (self._of_unit[tops[0]] if len(tops) == 1 else [])
        return candidates[0] if len(candidates) == 1 else None

    def periods(self) -> tuple[str, ...]:
        """Return the periods in the order of the table's rows."""
        return tuple(dict.fromkeys(domain.period for domain in self._rows))


def by_heading(column: str) -> Text:
    """Return the name of a further column of the domain.

    Parameters
    ----------
    column
        A column of ``IndexTable.by_columns``.

    Returns
    -------
    Text
        The column's own name where it is none of the known ones.
    """
    return _BY_COLUMNS.get(column, Text(column, column))


def by_value(column: str, value: str) -> Text:
    """Return a value of a further column of the domain in words.

    Parameters
    ----------
    column, value
        One pair of ``IndexRow.by``.

    Returns
    -------
    Text
        Modes and windows in words, everything else as it stands.
    """
    if column == "mode":
        return wording.MODES.get(value, Text(value, value))
    return wording.period_text(value) if column == "window" else Text(value, value)


def index_score(table: IndexTable) -> Score | None:
    """Return the first score that is an index, None where the table has only items and factors.

    Parameters
    ----------
    table
        Any index table.

    Returns
    -------
    Score or None
        The score whose interval and notes stand for a unit.
    """
    return next((score for score in table.scores if score.kind == "index"), None)


def basis_and_level(table: IndexTable) -> tuple[Basis, float]:
    """Return the basis and level that name the table's intervals.

    Parameters
    ----------
    table
        Any index table.

    Returns
    -------
    tuple
        ``voluntary`` where any row is (the more cautious name), else the first row's basis; the first row's level.
    """
    bases = {row.basis for row in table.rows}
    basis: Basis = "voluntary" if not bases or "voluntary" in bases else table.rows[0].basis
    return basis, table.rows[0].level if table.rows else 0.95
