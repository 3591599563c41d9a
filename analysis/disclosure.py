"""Which numbers may be shown? The one table of thresholds, applied to every row before it leaves the house."""

from dataclasses import dataclass, replace

from analysis.table import IndexRow, IndexTable


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
    lowest = table.measure.low
    return replace(table, rows=tuple(_disclosed(row, thresholds, lowest) for row in table.rows))


def _disclosed(row: IndexRow, thresholds: Thresholds, lowest: float) -> IndexRow:
    if row.status == "missing":
        return row
    if row.n_responses < thresholds.withheld_below:
        return _withheld(row, "fewer_than_5")
    if row.n_responses < thresholds.unanimous_below and _worst(row, lowest):
        return _withheld(row, "unanimous_unfavourable")
    if row.n_responses < thresholds.reference_only_below:
        return replace(row, status="flagged", reason=_join("small_sample", row.reason))
    return row


def _worst(row: IndexRow, lowest: float) -> bool:
    """Whether everybody gave the worst answer; points of one item start where the item's points start."""
    return row.estimate is not None and row.estimate <= lowest


def _withheld(row: IndexRow, reason: str) -> IndexRow:
    return replace(
        row,
        n_answers=0,
        estimate=None,
        se=None,
        ci_low=None,
        ci_high=None,
        df=None,
        deff=None,
        status="suppressed",
        reason=reason,
    )


def _join(*codes: str) -> str:
    return ";".join(code for code in codes if code)
