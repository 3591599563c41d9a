"""What of an index table may an office see that answers for some units only? Their rows, as they stand."""

from collections.abc import Collection
from dataclasses import replace

from analysis.refusal import Refusal
from analysis.table import IndexTable


class NothingInPart(Refusal):
    """None of the units has a row in the table."""


def part_of(table: IndexTable, units: Collection[str]) -> IndexTable:
    """Return the table with the rows of some units alone, every number as it was computed over all units.

    Parameters
    ----------
    table : IndexTable
        A finished table: thin rows are already withheld.
    units : collection of str
        Codes of the units, and of parents, whose rows stay.

    Returns
    -------
    IndexTable
        Without the whole, without the counts by mode (they are of the whole), without findings about other units.

    Raises
    ------
    NothingInPart
        Where no row is left.

    References
    ----------
    DESIGN, section 3: one table generator for all outputs.

    Limits
    ------
    Thresholds are those of the table it was cut from; nothing is withheld anew.
    """
    rows = tuple(row for row in table.rows if row.unit_code in units)
    if not rows:
        raise NothingInPart(
            "Tùy chọn --unit",
            expected="đơn vị có phiếu trong bảng chỉ số",
            got=", ".join(sorted(units)[:5]),
            remedy="chọn đơn vị hoặc kỳ khác",
        )
    names = {row.unit_name for row in rows}
    return replace(
        table,
        rows=rows,
        units=tuple(unit for unit in table.units if unit.unit_code in units),
        modes=(),
        findings=tuple(finding for finding in table.findings if finding.where in names),
    )
