"""In which order do the units stand, and what number does each carry? Parents stand before their units."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from analysis.table import WHOLE, IndexTable

_ROMAN: Final = (
    (100, "C"),
    (90, "XC"),
    (50, "L"),
    (40, "XL"),
    (10, "X"),
    (9, "IX"),
    (5, "V"),
    (4, "IV"),
    (1, "I"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a unit stands: its number in the table, its depth below the top and whether units follow below it."""

    unit_code: str
    ordinal: str
    depth: int
    is_parent: bool


def places(table: IndexTable) -> tuple[Place, ...]:
    """Return the units in the order in which a table lists them.

    Parameters
    ----------
    table
        Any index table; units keep the order of its rows among their siblings.

    Returns
    -------
    tuple of Place
        The whole first (without a number), then every unit once, a parent before its units. Parents at the top are
        numbered I, II, …, units below them 1, 2, … A parent without a row of its own gives no place.
    """
    parents = {row.unit_code: row.parent_code for row in reversed(table.rows)}
    order = dict.fromkeys(row.unit_code for row in table.rows)
    has_whole = order.pop(WHOLE, order) is None
    children: dict[str | None, list[str]] = {}
    for code in order:
        children.setdefault(_parent_of(code, parents), []).append(code)
    whole = (Place(WHOLE, "", 0, is_parent=False),) if has_whole else ()
    return (*whole, *_below(None, children, depth=0, prefix=""))


def roman(value: int) -> str:
    """Return a whole number above 0 in Roman numerals.

    Parameters
    ----------
    value
        From 1 upwards.

    Returns
    -------
    str
        "IV" for 4.
    """
    numeral = ""
    for size, sign in _ROMAN:
        numeral += sign * (value // size)
        value %= size
    return numeral


def _parent_of(code: str, parents: Mapping[str, str | None]) -> str | None:
    """Return the parent that stands in the table, None at the top and for units that are their own ancestor."""
    parent = parents[code]
    if parent is None or parent == WHOLE or parent not in parents:
        return None
    above: str | None = parent
    seen: set[str | None] = {code}
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return None if above in seen else parent


def _below(
    parent: str | None, children: Mapping[str | None, list[str]], *, depth: int, prefix: str
) -> Iterator[Place]:
    siblings = children.get(parent, [])
    in_roman = depth == 0 and any(code in children for code in siblings)
    for position, code in enumerate(siblings, start=1):
        ordinal = roman(position) if in_roman else f"{prefix}{position}"
        yield Place(code, ordinal, depth, is_parent=code in children)
        deeper = f"{ordinal}." if depth > 0 else ""
        yield from _below(code, children, depth=depth + 1, prefix=deeper)
