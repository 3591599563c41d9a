"""What is a table of counts made of? Items of a unit and period, each with its levels and how many chose them."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Member = TypeVar("Member")

FormsKey = tuple[str, str, str]
ItemKey = tuple[FormsKey, str]


@dataclass(frozen=True, slots=True)
class PrintedPercent:
    """A percentage 0–100 as it was printed, with the number of decimals that stand in the file."""

    value: Decimal
    decimals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelCount:
    """How many forms chose one level; ``score`` is 1 for satisfied, 0 for not, None for neither."""

    row: int
    level: str
    score: int | None
    count: int
    printed: PrintedPercent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """One unit in one period of one survey: forms issued and returned, None where nobody counted them."""

    survey: str
    unit_code: str
    unit_name: str
    period: str
    issued: int | None
    returned: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One row of the file, read; ``stored_percent`` is true where a workbook stores the percentage as a number."""

    forms: Forms
    item: str
    level: LevelCount
    stored_percent: bool

    @property
    def forms_key(self) -> FormsKey:
        """What one survey, unit and period is recognised by, however its capitals are written."""
        return self.forms.survey.casefold(), self.forms.unit_code.casefold(), self.forms.period.casefold()

    @property
    def item_key(self) -> ItemKey:
        """What one item of these forms is recognised by."""
        return self.forms_key, self.item.casefold()

    @property
    def level_key(self) -> tuple[ItemKey, str]:
        """What one level of this item is recognised by."""
        return self.item_key, self.level.level.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCounts:
    """One item of a unit: its levels in the order of the file."""

    forms: Forms
    item: str
    levels: tuple[LevelCount, ...]

    @property
    def total(self) -> int:
        """The sum of the counts."""
        return sum(level.count for level in self.levels)

    @property
    def satisfied(self) -> int:
        """The sum of the counts of the levels that are satisfied."""
        return sum(level.count for level in self.levels if level.score == 1)

    @property
    def is_scored(self) -> bool:
        """Whether the item is about satisfaction: all of its levels have a score."""
        return all(level.score is not None for level in self.levels)

    @property
    def rows(self) -> tuple[int, ...]:
        """The numbers of the item's rows in the file."""
        return tuple(level.row for level in self.levels)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet:
    """A table of counts as it was sent, checked: every cell is what its column says."""

    file: str
    place: str
    sha256: str
    items: tuple[ItemCounts, ...]

    def by_forms(self) -> dict[Forms, list[ItemCounts]]:
        """Return the items by the forms that they were counted from, in the order of the file."""
        return grouped(self.items, lambda item: item.forms)


def grouped(members: Iterable[Member], key: Callable[[Member], Key]) -> dict[Key, list[Member]]:
    """Return the members by their key, both in the order in which they came."""
    groups: dict[Key, list[Member]] = {}
    for member in members:
        groups.setdefault(key(member), []).append(member)
    return groups


def row_ranges(numbers: Iterable[int]) -> str:
    """Return row numbers as a person would write them: "2–4, 9"."""
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number <= ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ", ".join(f"{first}" if first == last else f"{first}–{last}" for first, last in ranges)
