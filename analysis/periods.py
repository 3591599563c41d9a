"""When was an answer received, as far as anybody may know? Windows between fixed days, and periods of them."""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from analysis.refusal import Refusal

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""The only time zone of the country, without summer time."""

SECOND_CUT = 15
"""Windows are cut at day 1 and at this day of every month."""

_WINDOW = re.compile(r"([12][0-9]{3})-(0[1-9]|1[0-2])-([12])")
_PERIOD = re.compile(r"([12][0-9]{3})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?(r?)")


class UnknownPeriod(Refusal):
    """The text names no period (kỳ báo cáo)."""

    def __init__(self, text: str) -> None:
        super().__init__(
            "Kỳ báo cáo",
            expected="tháng “2026-09”, quý “2026-Q3”, nửa năm “2026-H2”, năm “2026”; thêm “r” cho kỳ từ ngày 15 "
            "đến ngày 14 (“2026-Q3r” là 15/06 đến 14/09/2026); hoặc các đợt ghi nhận, cách nhau bằng dấu phẩy "
            "(“2026-09-1,2026-09-2”)",
            got=f"“{text}”",
            remedy="viết lại kỳ báo cáo theo một trong các cách trên",
        )


def today() -> date:
    """Return the present day in Việt Nam.

    Returns
    -------
    date
        The day at UTC+7, whatever the machine's own time zone.

    Limits
    ------
    As right as the machine's clock.
    """
    return datetime.now(UTC).astimezone(VIETNAM).date()


def window_of(day: date) -> str:
    """Return the window (đợt ghi nhận) that a day falls in.

    Parameters
    ----------
    day
        A day in Việt Nam (UTC+7).

    Returns
    -------
    str
        ``2026-09-1`` for days 1 to 14, ``2026-09-2`` for day 15 to the end of the month.

    Limits
    ------
    A day of another time zone falls in the wrong window around midnight: convert first.
    """
    return f"{day.year:04}-{day.month:02}-{1 if day.day < SECOND_CUT else 2}"


def first_day_of(window: str) -> date | None:
    """Return the day on which a window begins, None for what is no window.

    Parameters
    ----------
    window
        ``2026-09-1`` or any other text.

    Returns
    -------
    date or None
        Day 1 or 15 of its month.
    """
    found = _WINDOW.fullmatch(window)
    return date(int(found[1]), int(found[2]), 1 if found[3] == "1" else SECOND_CUT) if found else None


def windows_of(period: str) -> tuple[str, ...]:
    """Return the windows that a period (kỳ báo cáo) is made of.

    Parameters
    ----------
    period
        ``2026-09``, ``2026-Q3``, ``2026-H2`` or ``2026``; with ``r`` behind it the reporting regime, half a month
        earlier: ``2026-Q3r`` runs from 15/06 to 14/09/2026; or windows, separated by commas.

    Returns
    -------
    tuple of str
        Window ids in the order of time, each once.

    Raises
    ------
    UnknownPeriod
        The text is none of these; its message says what is accepted.

    References
    ----------
    Nghị định 09/2019/NĐ-CP, Điều 12: periodic reports close their data on day 14.

    Limits
    ------
    The regime's dates are the decree's; an office with other cut days lists its windows.
    """
    if all(_WINDOW.fullmatch(part) for part in period.split(",")):
        return tuple(sorted(set(period.split(","))))
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise UnknownPeriod(period)
    year, month, quarter, half, regime = found.groups()
    first, months = _months(month, quarter, half)
    start = (int(year) * 12 + first) * 2 - (1 if regime else 0)
    return tuple(_window(number) for number in range(start, start + 2 * months))


def _months(month: str | None, quarter: str | None, half: str | None) -> tuple[int, int]:
    """Return the first month of the period, counted from 0 in its year, and the number of months."""
    if month:
        return int(month) - 1, 1
    if quarter:
        return (int(quarter) - 1) * 3, 3
    if half:
        return (int(half) - 1) * 6, 6
    return 0, 12


def _window(number: int) -> str:
    """Return the id of a window by its number, two a month, counted from the year 0."""
    month, part = divmod(number, 2)
    return f"{month // 12:04}-{month % 12 + 1:02}-{part + 1}"
