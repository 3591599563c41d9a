"""Claims about numbers in cells: Vietnamese and plain ways are read, what is ambiguous is not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.counts.figures import NotACount, NotAPercentage, count_in, percent_in
from analysis.counts.tally import PrintedPercent


@given(st.integers(0, 999_999_999), st.sampled_from(["", ".", " ", "\u00a0", "\u202f"]))
def test_every_count_is_read_back_however_its_thousands_are_separated(number: int, separator: str) -> None:
    assert count_in(f"{number:,}".replace(",", separator)) == number


@pytest.mark.parametrize(("text", "number"), [("31.0", 31), ("31,0", 31), ("0", 0), ("007", 7)])
def test_zeros_behind_the_decimal_sign_are_no_fraction(text: str, number: int) -> None:
    assert count_in(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "-5",
        "−5",
        "1.5",
        "4,215",
        "1,000",
        "12.34.567",
        "4.2151",
        "1 2",
        "4215.5",
        "1e3",
        "²",
        "٣",
        "1234567890",
        "x",
        "",
    ],
)
def test_what_is_no_count_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(NotACount):
        count_in(text)


def test_a_number_that_a_workbook_stores_has_no_thousands_dot() -> None:
    assert count_in("4215", stored=True) == 4215
    assert count_in("4.215") == 4215
    with pytest.raises(NotACount):
        count_in("4.215", stored=True)


@pytest.mark.parametrize(
    ("text", "value", "decimals"),
    [
        ("47,04", "47.04", 2),
        ("47.04", "47.04", 2),
        ("47,0400", "47.04", 4),
        ("50.4%", "50.4", 1),
        ("50 %", "50", 0),
        ("0", "0", 0),
        ("103,09", "103.09", 2),
    ],
)
def test_percentages_keep_the_decimals_that_were_printed(text: str, value: str, decimals: int) -> None:
    assert percent_in(text) == PrintedPercent(Decimal(value), decimals)


@pytest.mark.parametrize("text", ["-1", "1.234,5", "47,", ",5", "50%%", "khoảng 50", "1e2", "NaN"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(NotAPercentage):
        percent_in(text)
