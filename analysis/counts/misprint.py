"""Which single misprinted number would explain a sum that is off? Counts that differ by one slip of the finger."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from analysis.counts.printed import verdict
from analysis.counts.tally import ItemCounts, LevelCount

Evidence = Literal["for", "none", "against"]

SUGGESTED: Final = 3
"""How many explanations are listed at most."""

_ORDER: Final = ("for", "none", "against")


@dataclass(frozen=True, slots=True)
class Misprint:
    """A count that may be misprinted for ``meant``, and what the percentage printed beside it says to that."""

    level: LevelCount
    meant: int
    evidence: Evidence


def misprints(item: ItemCounts, returned: int) -> tuple[Misprint, ...]:
    """Return the counts that, misprinted by one digit, would explain why the counts do not add up.

    Parameters
    ----------
    item : ItemCounts
        Counts whose sum differs from ``returned``.
    returned : int
        What the counts should add up to.

    Returns
    -------
    tuple of Misprint
        At most three; those that the printed percentage supports first, those that it contradicts last.

    References
    ----------
    Damerau (1964), Communications of the ACM 7, 171–176: one digit added, dropped, changed, or two swapped.

    Limits
    ------
    Arithmetic only: that a number fits does not prove that it was meant.
    """
    found = sorted(_candidates(item, returned), key=lambda misprint: _ORDER.index(misprint.evidence))
    return tuple(found[:SUGGESTED])


def _candidates(item: ItemCounts, returned: int) -> Iterator[Misprint]:
    # If only this count is wrong, it has to take up the whole difference.
    for level in item.levels:
        meant = level.count + returned - item.total
        if meant >= 0 and is_one_slip(str(level.count), str(meant)):
            yield Misprint(level, meant, _evidence(level, meant, returned, item.total))


def _evidence(level: LevelCount, meant: int, returned: int, total: int) -> Evidence:
    if level.printed is None or returned == 0:
        return "none"
    fits_meant = verdict(level.printed, meant, (returned,)) != "wrong"
    fits_printed = verdict(level.printed, level.count, tuple(n for n in (returned, total) if n)) != "wrong"
    # A percentage with few decimals can fit both and then says nothing.
    if fits_meant == fits_printed:
        return "none"
    return "for" if fits_meant else "against"


def is_one_slip(printed: str, meant: str) -> bool:
    """Tell whether one digit added, dropped or changed, or two neighbours swapped, turn one text into the other.

    Parameters
    ----------
    printed, meant : str
        Digits.

    Returns
    -------
    bool
        False for equal texts.
    """
    if len(printed) > len(meant):
        printed, meant = meant, printed
    if len(printed) < len(meant):
        return any(meant[:i] + meant[i + 1 :] == printed for i in range(len(meant)))
    different = [i for i, (a, b) in enumerate(zip(printed, meant, strict=True)) if a != b]
    if len(different) != 2:
        return len(different) == 1
    first, second = different
    return second == first + 1 and printed[first] == meant[second] and printed[second] == meant[first]
