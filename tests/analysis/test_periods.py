"""Do windows and periods cut the calendar where the reporting regime cuts it?"""

from datetime import date, timedelta

import pytest

from analysis.periods import UnknownPeriod, window_of, windows_of


def _days(period: str) -> list[date]:
    """Return every day from 2024 to 2028 that falls in the period."""
    windows = set(windows_of(period))
    first = date(2024, 1, 1)
    return [d for d in (first + timedelta(days=n) for n in range(1827)) if window_of(d) in windows]


def test_a_window_is_cut_at_days_1_and_15() -> None:
    assert window_of(date(2026, 9, 1)) == window_of(date(2026, 9, 14)) == "2026-09-1"
    assert window_of(date(2026, 9, 15)) == window_of(date(2026, 9, 30)) == "2026-09-2"
    assert window_of(date(2026, 2, 28)) == "2026-02-2"


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("2026-09", date(2026, 9, 1), date(2026, 9, 30)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2026-H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-09r", date(2026, 8, 15), date(2026, 9, 14)),
        ("2026-Q3r", date(2026, 6, 15), date(2026, 9, 14)),
        ("2026-Q1r", date(2025, 12, 15), date(2026, 3, 14)),
        ("2026-H1r", date(2025, 12, 15), date(2026, 6, 14)),
        ("2026r", date(2025, 12, 15), date(2026, 12, 14)),
        ("2026-09-2", date(2026, 9, 15), date(2026, 9, 30)),
        ("2026-08-2,2026-09-1", date(2026, 8, 15), date(2026, 9, 14)),
    ],
)
def test_a_period_runs_from_its_first_to_its_last_day_without_a_gap(period: str, first: date, last: date) -> None:
    days = _days(period)
    assert (days[0], days[-1]) == (first, last)
    assert len(days) == (last - first).days + 1


def test_four_quarters_are_a_year_in_both_calendars() -> None:
    for regime in ("", "r"):
        quarters = [w for q in (1, 2, 3, 4) for w in windows_of(f"2026-Q{q}{regime}")]
        assert tuple(quarters) == windows_of(f"2026{regime}")
        assert len(set(quarters)) == 24


def test_listed_windows_come_back_in_the_order_of_time_and_once() -> None:
    assert windows_of("2026-09-2,2026-09-1,2026-09-2") == ("2026-09-1", "2026-09-2")


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-Q5", "2026-H3", "2026-9", "2026-09-3", "2026-09-1,", "Q3", "2026-Q3R", "٢٠٢٦", " 2026"],
)
def test_a_text_that_is_no_period_is_refused_with_what_is_accepted(text: str) -> None:
    with pytest.raises(UnknownPeriod) as refused:
        windows_of(text)
    assert f"“{text}”" in str(refused.value)
    assert "2026-Q3r" in str(refused.value)
