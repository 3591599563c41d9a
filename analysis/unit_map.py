"""Which present units continue the units of an earlier time? A table of old and new codes, followed to its end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import fsum
from typing import Final

from analysis.refusal import Refusal
from analysis.wording import date_text

SHARES_OFF: Final = 1e-6
"""Shares of one unit may miss 1 by this much: thirds are written with six digits."""


class UnusableUnitMap(Refusal):
    """A table of old and new units that cannot be followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Succession:
    """One line of the table: a part of an old unit, from 0 to 1, went to a new unit on a day."""

    old_code: str
    new_code: str
    share: float
    effective_on: date
    new_name: str | None = None
    new_parent_code: str | None = None
    new_parent_name: str | None = None


@dataclass(frozen=True, slots=True)
class Heir:
    """A present unit that continues an old one: its last line of the table, the share, the days on the way."""

    last: Succession
    share: float
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class UnitMap:
    """The whole table; ``source`` is the name and the SHA-256 of its file."""

    lines: tuple[Succession, ...]
    source: tuple[str, str] = ("", "")

    def followed(self) -> dict[str, tuple[Heir, ...]]:
        """Return for each old unit, by its code or its label (``told_apart``), the present units and shares."""
        by_old, apart = self._by_old(), self.told_apart()
        born = {(line.new_code, line.effective_on) for line in self.lines}
        found: dict[str, tuple[Heir, ...]] = {}
        for code, days in by_old.items():
            if code in apart:
                found |= {label_of(code, day): _heirs(by_old, code, day) for day in days}
            last = max(days)
            # a code that no new unit took over means the old unit whenever it occurs
            if not any(code == new and day >= last for new, day in born):
                found[code] = _heirs(by_old, code, last)
        return found

    def told_apart(self) -> dict[str, tuple[date, ...]]:
        """Return the codes that mean one unit before a day and another from that day on, with those days.

        Most communes of 2025 took over the code of a commune of before, so that only the time tells them apart.
        """
        born = {(line.new_code, line.effective_on) for line in self.lines}
        return {
            code: tuple(sorted(days))
            for code, days in self._by_old().items()
            if len(days) > 1 or any(code == new and day >= min(days) for new, day in born)
        }

    def _by_old(self) -> dict[str, dict[date, list[Succession]]]:
        found: dict[str, dict[date, list[Succession]]] = {}
        for line in self.lines:
            found.setdefault(line.old_code, {}).setdefault(line.effective_on, []).append(line)
        return found


def label_of(code: str, day: date) -> str:
    """Return what stands for the unit that had a code before a day on which the code went to another unit.

    Parameters
    ----------
    code : str
        The code.
    day : date
        The first day of the new unit.

    Returns
    -------
    str
        The code with the day, as a person would read it.

    Raises
    ------
    AttributeError
        For what is no day.

    References
    ----------
    DOMAIN, section 4: names and types of units change.

    Limits
    ------
    None.
    """
    return f"{code} (trước {date_text(day)})"


def _heirs(by_old: Mapping[str, Mapping[date, Sequence[Succession]]], code: str, day: date) -> tuple[Heir, ...]:
    """Follow an old unit from day to later day until nothing follows; two ways to one unit become one."""
    found: dict[str, Heir] = {}
    for line in by_old[code][day]:
        later = min((d for d in by_old.get(line.new_code, {}) if d > day), default=None)
        further = [Heir(line, 1.0, ())] if later is None else _heirs(by_old, line.new_code, later)
        for heir in further:
            before = found.get(heir.last.new_code, Heir(heir.last, 0.0, ()))
            days = {day, *heir.days, *before.days}
            share = before.share + line.share * heir.share
            found[heir.last.new_code] = Heir(heir.last, share, tuple(sorted(days)))
    # sums of shares such as 0,7 + 0,3 may miss 1 in the last digit; a whole unit must weigh exactly 1
    return tuple(Heir(h.last, 1.0 if abs(h.share - 1) <= SHARES_OFF else h.share, h.days) for h in found.values())


def wrong_shares(lines: Sequence[Succession]) -> Iterator[tuple[str, date, str]]:
    """Yield each old unit and day whose lines do not hold together, with what is wrong.

    Parameters
    ----------
    lines : sequence of Succession
        All lines of a table.

    Yields
    ------
    tuple of (str, date, str)
        Old code, day, and what was found, in Vietnamese.

    Returns
    -------
    iterator
        As above.

    Raises
    ------
    AttributeError
        For what are no lines.

    References
    ----------
    DOMAIN, section 4.

    Limits
    ------
    Does not know which units exist.
    """
    groups: dict[tuple[str, date], list[Succession]] = {}
    for line in lines:
        groups.setdefault((line.old_code, line.effective_on), []).append(line)
    for (code, day), group in groups.items():
        targets = [line.new_code for line in group]
        total = fsum(line.share for line in group)
        if len(set(targets)) < len(targets):
            twice = sorted({target for target in targets if targets.count(target) > 1})
            yield code, day, f"mã mới {', '.join(twice)} đứng hai lần"
        elif abs(total - 1) > SHARES_OFF:
            yield code, day, f"tổng tỷ lệ là {total:.6g}".replace(".", ",")


def share_of(text: str) -> float | None:
    """Return a share written with point or comma, 1 where nothing stands, None where it is none.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    float or None
        Greater than 0 and at most 1.

    Raises
    ------
    AttributeError
        For what is no text.

    References
    ----------
    DOMAIN, section 4.

    Limits
    ------
    Percentages are not read.
    """
    try:
        share = float(text.replace(",", ".")) if text else 1.0
    except ValueError:
        return None
    return share if 0 < share <= 1 else None


def day_of(text: str) -> date | None:
    """Return the day that a cell names, None where it names none.

    Parameters
    ----------
    text : str
        ``01/07/2025`` or ``2025-07-01``; a time of day behind it is left out.

    Returns
    -------
    date or None
        The day.

    Raises
    ------
    AttributeError
        For what is no text.

    References
    ----------
    DOMAIN, section 6: dd/MM/yyyy.

    Limits
    ------
    Never month before day.
    """
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.partition(" ")[0], form).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    return None
