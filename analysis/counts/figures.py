"""Which number stands in a cell? Counts and percentages as they are written in Vietnam, nothing guessed."""

import re
from decimal import Decimal
from typing import Final

from analysis.counts.tally import PrintedPercent

_NO_NUMBER: Final = frozenset({"", "-", "–", "—"})
# Separators only where they part thousands, and one kind throughout: "12.34" or "1.234 567" is a slip.
_WHOLE: Final = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:\.[0-9]{3}){1,2}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,2}")
# Programs that write numbers with a decimal sign even where there is nothing behind it.
_WHOLE_WITH_ZEROS: Final = re.compile(r"([0-9]{1,9})[.,]0{1,2}")
# A workbook that was given "4.215" in an English Excel stores four and a bit, no longer the count that was meant.
_STORED_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_PERCENT: Final = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,20}))? ?%?")


class NotACount(ValueError):
    """A text that is not a whole number of at most nine digits."""


class NotAPercentage(ValueError):
    """A text that is not a percentage."""


def is_blank(text: str) -> bool:
    """Tell whether a cell says that there is no number: empty or a dash.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True for no number; a zero is a number.
    """
    return text in _NO_NUMBER


def count_in(text: str, *, stored: bool = False) -> int:
    """Return the count in a cell.

    Parameters
    ----------
    text : str
        "4215", "4.215" or "4 215"; the dot separates thousands, a comma would be a decimal comma.
    stored : bool
        True where a workbook stores a number: its dot is a decimal point.

    Returns
    -------
    int
        0 or more.

    Raises
    ------
    NotACount
        For anything else: negative, fractional, ambiguous.
    """
    with_zeros = None if stored else _WHOLE_WITH_ZEROS.fullmatch(text)
    if with_zeros:
        return int(with_zeros.group(1))
    if not (_STORED_WHOLE if stored else _WHOLE).fullmatch(text):
        raise NotACount(text)
    return int(re.sub(r"[^0-9]", "", text))


def percent_in(text: str) -> PrintedPercent:
    """Return the percentage in a cell with its number of decimals.

    Parameters
    ----------
    text : str
        "47,04", "47.04", "47,04%", "47,04 %".

    Returns
    -------
    PrintedPercent
        0 or more; printed errors above 100 are kept so that they can be named.

    Raises
    ------
    NotAPercentage
        For anything else.
    """
    match = _PERCENT.fullmatch(text)
    if not match:
        raise NotAPercentage(text)
    whole, decimals = match.group(1), match.group(2) or ""
    return PrintedPercent(Decimal(f"{whole}.{decimals or '0'}"), len(decimals))


def stored_fraction(printed: PrintedPercent) -> PrintedPercent:
    """Return the percentage of a cell with percent format, which stores 0.4704 for 47.04 %.

    Parameters
    ----------
    printed : PrintedPercent
        The stored number.

    Returns
    -------
    PrintedPercent
        A hundred times that.
    """
    return PrintedPercent(printed.value * 100, max(printed.decimals - 2, 0))
