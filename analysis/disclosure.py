"""Which numbers may be shown? The one table of thresholds, applied to every row before it leaves the house."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analysis.table import Column, IndexRows, IndexTable, Numbers

Bools = npt.NDArray[np.bool_]

_WITHHELD = ("estimate", "se", "ci_low", "ci_high", "df", "deff")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Numbers of responses below which a unit's score is withheld or only an orientation (DESIGN, section 3)."""

    withheld_below: int = 5
    unanimous_below: int = 10
    reference_only_below: int = 30


UNIT_TOTALS = Thresholds()


def disclose(table: IndexTable, thresholds: Thresholds = UNIT_TOTALS) -> IndexTable:
    """Return the table with the rows withheld or flagged that are too thin to show.

    Parameters
    ----------
    table : IndexTable
        Rows as estimated.
    thresholds : Thresholds
        Counts of persons who answered the score.

    Returns
    -------
    IndexTable
        Withheld rows keep ``n_responses`` and the reason, nothing else.

    Raises
    ------
    ValueError
        Never.

    References
    ----------
    DESIGN, section 3, "One table of thresholds"; OECD glossary, "threshold rule".

    Limits
    ------
    Primary suppression of unit totals only: a single withheld unit can be recovered from the total and all other
    units. Tables by personal attributes need secondary suppression as well.
    """
    if not table.rows:
        return table
    rows = IndexRows.of(table.rows)
    n = _numbers(rows, "n_responses")
    missing = _where(rows.column("status"), "missing")
    # everybody gave the worst answer; points of one item start where the item's points start
    worst = _numbers(rows, "estimate") <= table.measure.low
    few = ~missing & (n < thresholds.withheld_below)
    unanimous = ~missing & ~few & (n < thresholds.unanimous_below) & worst
    small = ~missing & ~few & ~unanimous & (n < thresholds.reference_only_below)
    withheld = few | unanimous
    values = {name: Numbers(np.where(withheld, np.nan, _numbers(rows, name))) for name in _WITHHELD}
    answers = Numbers(np.where(withheld, 0, _numbers(rows, "n_answers")), whole=True)
    status = _changed(rows.column("status"), {"suppressed": withheld, "flagged": small})
    reason = _with_reason(rows.column("reason"), small)
    reason = _changed(reason, {"fewer_than_5": few, "unanimous_unfavourable": unanimous})
    return replace(table, rows=rows.with_columns(**values, n_answers=answers, status=status, reason=reason))


def _numbers(rows: IndexRows, name: str) -> npt.NDArray[np.float64]:
    column = rows.column(name)
    if isinstance(column, Numbers):
        return np.asarray(column.values, dtype=float)
    return np.array([np.nan if value is None else value for value in column], dtype=float)


def _where(column: Column | Numbers, value: str) -> Bools:
    known, codes = _parts(column)
    return np.array([own == value for own in known], dtype=bool)[codes]


def _parts(column: Column | Numbers) -> tuple[list[str], npt.NDArray[np.int64]]:
    if isinstance(column, Numbers):
        message = f"a column of words was expected, numbers came: {column}"
        raise TypeError(message)
    return list(column.values), np.asarray(column.codes, dtype=np.int64)


def _changed(column: Column | Numbers, changes: dict[str, Bools]) -> Column:
    known, codes = _parts(column)
    for value, rows in changes.items():
        known.append(value)
        codes = np.where(rows, len(known) - 1, codes)
    return Column(known, codes)


def _with_reason(column: Column | Numbers, small: Bools) -> Column:
    """Put the small sample before the other reasons."""
    known, codes = _parts(column)
    both = [*known, *(_join("small_sample", reason) for reason in known)]
    return Column(both, np.where(small, codes + len(known), codes))


def _join(*codes: str) -> str:
    return ";".join(code for code in codes if code)
