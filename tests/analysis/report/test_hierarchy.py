"""Do the units of a table stand in an order that a reader expects, each exactly once?"""

import pytest

from analysis.report.hierarchy import places, roman
from analysis.table import WHOLE
from tests.analysis.report.example_tables import Unit, province_table, row, table


def ordered(*units: Unit) -> list[tuple[str, str, int]]:
    placed = places(table([row(unit, "overall", estimate=80, n=50) for unit in units]))
    return [(place.unit_code, place.ordinal, place.depth) for place in placed]


def test_the_whole_stands_first_and_a_parent_before_its_units() -> None:
    placed = places(province_table())
    assert [place.unit_code for place in placed[:3]] == [WHOLE, "42", "18001"]
    assert [place.ordinal for place in placed] == ["", "I", *"12345", "II", *"12345"]
    assert [place.is_parent for place in placed[:3]] == [False, True, False]


def test_units_without_parents_are_numbered_through_in_the_order_of_the_rows() -> None:
    assert ordered(("b", "B", None), ("a", "A", None)) == [("b", "1", 0), ("a", "2", 0)]


def test_units_stand_under_their_parent_wherever_their_rows_are() -> None:
    assert ordered(("u1", "", "p"), ("q", "", WHOLE), ("p", "", WHOLE), ("u2", "", "p")) == [
        ("q", "I", 0),
        ("p", "II", 0),
        ("u1", "1", 1),
        ("u2", "2", 1),
    ]


def test_a_third_level_carries_the_number_of_the_second() -> None:
    assert ordered(("p", "", None), ("u", "", "p"), ("w", "", "u"))[2] == ("w", "1.1", 2)


def test_a_parent_without_rows_leaves_its_units_at_the_top() -> None:
    assert ordered(("u", "", "nowhere")) == [("u", "1", 0)]


def test_units_that_are_their_own_ancestors_are_not_lost() -> None:
    codes = [code for code, _, _ in ordered(("a", "", "b"), ("b", "", "a"), ("c", "", "c"), ("d", "", "a"))]
    assert sorted(codes) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("value", "numeral"), [(1, "I"), (4, "IV"), (9, "IX"), (34, "XXXIV"), (63, "LXIII"), (99, "XCIX")]
)
def test_parents_carry_roman_numerals(value: int, numeral: str) -> None:
    assert roman(value) == numeral
