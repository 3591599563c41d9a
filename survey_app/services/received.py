"""How many forms came in, from which units, in which windows? Counts only, never an answer."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.store.models import Response, Survey


@dataclass(frozen=True, slots=True)
class Received:
    """Forms received by one unit in one window."""

    unit_code: str
    window: str
    forms: int


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods in which forms came in, each kind from the latest back."""

    years: tuple[str, ...]
    halves: tuple[str, ...]
    quarters: tuple[str, ...]
    months: tuple[str, ...]

    def every(self) -> tuple[str, ...]:
        """Return the ids of all of them."""
        return (*self.years, *self.halves, *self.quarters, *self.months)


def every_survey(session: Session) -> list[Survey]:
    """Return the surveys, the latest begun first."""
    return list(session.scalars(select(Survey).order_by(Survey.opens_on.desc(), Survey.id)))


def received(session: Session, survey_id: str) -> tuple[Received, ...]:
    """Return the counts of a survey by unit and window, in that order."""
    query = (
        select(Response.unit_code, Response.window, func.count())
        .where(Response.survey_id == survey_id)
        .group_by(Response.unit_code, Response.window)
        .order_by(Response.unit_code, Response.window)
    )
    return tuple(Received(unit, window, forms) for unit, window, forms in session.execute(query))


def forms_by_unit(counts: Iterable[Received]) -> dict[str, int]:
    """Return the forms of each unit over all windows."""
    totals: dict[str, int] = {}
    for count in counts:
        totals[count.unit_code] = totals.get(count.unit_code, 0) + count.forms
    return totals


def periods_of(windows: Collection[str]) -> Periods:
    """Return the periods that windows such as ``2026-09-1`` belong to."""
    months = {(window[:4], int(window[5:7])) for window in windows}

    def latest_first(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(set(ids), reverse=True))

    return Periods(
        years=latest_first(year for year, _ in months),
        halves=latest_first(f"{year}-H{(month + 5) // 6}" for year, month in months),
        quarters=latest_first(f"{year}-Q{(month + 2) // 3}" for year, month in months),
        months=latest_first(f"{year}-{month:02}" for year, month in months),
    )
