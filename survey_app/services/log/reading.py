"""Which entries of the audit log does somebody ask for, and which may that person see? The latest first."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from analysis.report.cell_text import inert
from survey_app.services.log.roots import moment_of, start_of
from survey_app.store.models import AuditEntry

ENTRIES_A_PAGE = 50
_ROWS_AT_ONCE = 1_000
_HEADING = ("number", "time", "account", "event", "event_text", "unit_code", "details", "seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for; ``units`` are the only ones that entries may be about, None where all may be seen."""

    first: date | None = None
    last: date | None = None
    account: str = ""
    event: str = ""
    units: frozenset[str] | None = None


def page_of(session: Session, wanted: Wanted, below: int | None) -> list[AuditEntry]:
    """Return the entries of a page with numbers below this one, and one more where there are more."""
    query = _query(wanted).limit(ENTRIES_A_PAGE + 1)
    if below is not None:
        query = query.where(AuditEntry.number < below)
    return list(session.scalars(query))


def csv_lines(session: Session, wanted: Wanted, words: dict[str, str]) -> Iterator[bytes]:
    """Yield the entries as a file that spreadsheets read and do not run; ``words`` say what an event is."""
    yield "\ufeff".encode() + _line(_HEADING)
    with session.scalars(_query(wanted).execution_options(yield_per=_ROWS_AT_ONCE)) as entries:
        for entry in entries:
            yield _line(_cells(entry, words))


def _cells(entry: AuditEntry, words: dict[str, str]) -> tuple[str, ...]:
    return (
        str(entry.number),
        f"{moment_of(entry.at):%Y-%m-%d %H:%M:%S}",
        entry.account,
        entry.event,
        words.get(entry.event, ""),
        entry.unit_code or "",
        "; ".join(f"{name}={value}" for name, value in sorted(entry.details.items())),
        entry.seal,
    )


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(map(inert, cells))
    return text.getvalue().encode()


def _query(wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.number.desc())
    if wanted.first:
        query = query.where(AuditEntry.at >= start_of(wanted.first))
    if wanted.last:
        query = query.where(AuditEntry.at < start_of(wanted.last + timedelta(days=1)))
    if wanted.account:
        query = query.where(AuditEntry.account == wanted.account)
    if wanted.event:
        query = query.where(AuditEntry.event == wanted.event)
    if wanted.units is not None:
        query = query.where(AuditEntry.unit_code.in_(wanted.units))
    return query
