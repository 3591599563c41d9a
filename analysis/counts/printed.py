"""Was a printed percentage rounded, cut off, or is it wrong? Judged in whole numbers, without rounding errors."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal

from analysis.counts.tally import PrintedPercent

Verdict = Literal["rounded", "truncated", "wrong"]

COMPARED_DECIMALS: Final = 6
"""Cells with more decimals were computed by a spreadsheet and carry its rounding errors."""


def verdict(printed: PrintedPercent, count: int, denominators: Sequence[int]) -> Verdict:
    """Say how a printed percentage came from a count.

    Parameters
    ----------
    printed : PrintedPercent
        Percent 0–100 with its number of decimals; zeros at the end may have been lost, which changes nothing: a
        number that is right with them is right without them.
    count : int
        Forms that chose the level, 0 or more.
    denominators : sequence of int
        Numbers that the percentage may be of (returned forms, sum of the counts), each greater than 0.

    Returns
    -------
    str
        "rounded" where half-up rounding of any of the shares gives it, else "truncated" where cutting off does,
        else "wrong".

    Limits
    ------
    A percentage printed with few decimals fits many counts.
    """
    decimals = min(printed.decimals, COMPARED_DECIMALS)
    if printed.decimals > COMPARED_DECIMALS:
        near = any(abs(printed.value * n - 100 * count) * 10**COMPARED_DECIMALS <= n for n in denominators)
        return "rounded" if near else "wrong"
    if any(rounded(count, n, decimals) == printed.value for n in denominators):
        return "rounded"
    return "truncated" if any(cut_off(count, n, decimals) == printed.value for n in denominators) else "wrong"


def rounded(count: int, denominator: int, decimals: int) -> Decimal:
    """Return a share in percent, rounded half up.

    Parameters
    ----------
    count, denominator : int
        The share; the denominator is greater than 0.
    decimals : int
        Digits after the decimal sign.

    Returns
    -------
    Decimal
        Percent, exact.
    """
    # ⌊x + ½⌋ in whole numbers: floating point would misplace exact halves.
    scaled = 100 * 10**decimals * count
    return Decimal((2 * scaled + denominator) // (2 * denominator)).scaleb(-decimals)


def cut_off(count: int, denominator: int, decimals: int) -> Decimal:
    """Return a share in percent with the digits after the last one left out.

    Parameters
    ----------
    count, denominator, decimals : int
        As in ``rounded``.

    Returns
    -------
    Decimal
        Percent, exact.
    """
    return Decimal(100 * 10**decimals * count // denominator).scaleb(-decimals)
