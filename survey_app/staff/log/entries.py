"""What did staff, systems and commands do? The log, page by page, for those who may see it, and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from questionnaires.text import clean
from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.log import audit
from survey_app.services.log import reading as audit_log
from survey_app.services.log.chain import verify
from survey_app.services.log.reading import ENTRIES_A_PAGE, Wanted
from survey_app.services.log.roots import last_root, moment_of
from survey_app.services.organisation.tree import below, path_of, reached
from survey_app.staff import gate
from survey_app.staff.gate import signed_in_access
from survey_app.staff.log.words import account_words, detail_lines
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import AuditEntry, Unit

_ASKED = ("first", "last", "account", "event", "unit")
_LARGEST_NUMBER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in words."""

    number: int
    time: str
    account: str
    event: str
    unit: str
    details: list[tuple[str, str]]


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/audit", show_audit_log, Right.SEE_AUDIT_LOG)
    gate.serve(staff, "/audit/log.csv", send_audit_log, Right.SEE_AUDIT_LOG)


def show_audit_log() -> Response:
    """Show a page of the log, the latest entries first; to who may see all of it also whether it holds."""
    asked = _asked()
    number = request.args.get("below", "")
    oldest = min(int(number), _LARGEST_NUMBER) if number.isdecimal() else None
    with parts().store.reading() as session:
        try:
            wanted = _wanted(session, asked)
        except ValueError:
            return _log_page(asked, status=HTTPStatus.UNPROCESSABLE_ENTITY, problem="day")
        entries = audit_log.page_of(session, wanted, oldest)
        lines = _lines(session, entries[:ENTRIES_A_PAGE])
        whole = sees_everything()
        root = last_root(session) if whole else None
        verdict = verify(session, since=root) if whole else None
    older = {**asked, "below": lines[-1].number} if len(entries) > ENTRIES_A_PAGE else None
    return _log_page(asked, lines=lines, older=older, newest=oldest is None, verdict=verdict, root=root)


def send_audit_log() -> Response:
    """Send what the filter leaves as a file, and keep that it was sent."""
    asked = _asked()
    with parts().store.writing() as session:
        try:
            wanted = _wanted(session, asked)
        except ValueError:
            return _log_page(asked, status=HTTPStatus.UNPROCESSABLE_ENTITY, problem="day")
        audit.record(session, "audit.downloaded", account=signed_in_access().username, **_given(asked))
        session.commit()
    store, words = parts().store, phrases()["audit"]["events"]

    def lines() -> Any:  # noqa: ANN401 — a generator of bytes, which Response takes untyped
        with store.reading() as reading:
            yield from audit_log.csv_lines(reading, wanted, words)

    response = Response(lines(), content_type="text/csv; charset=utf-8")
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"nhat-ky_{parts().today().isoformat()}.csv"
    )
    return response


def sees_everything() -> bool:
    """Say whether the person may see the log of the whole installation."""
    return None in signed_in_access().reach(Right.SEE_AUDIT_LOG)


def _asked() -> dict[str, str]:
    return {name: clean(request.args.get(name, ""))[:80] for name in _ASKED}


def _given(asked: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in, under names that ``audit.record`` does not use itself."""
    return {f"by_{name}": value for name, value in asked.items() if value}


def _wanted(session: Session, asked: Mapping[str, str]) -> Wanted:
    """Return what was asked for, within reach; raise ValueError for a day that is none, OutOfReach for a unit."""
    units = reached(session, signed_in_access().reach(Right.SEE_AUDIT_LOG))
    if asked["unit"]:
        gate.require(Right.SEE_AUDIT_LOG, path_of(session, asked["unit"]))
        units = below(session, asked["unit"]) | {asked["unit"]}
    return Wanted(
        first=_day(asked["first"]),
        last=_day(asked["last"]),
        account=asked["account"],
        event=asked["event"],
        units=units,
    )


def _day(text: str) -> date | None:
    day = date.fromisoformat(text) if text else None
    if day and not 2000 <= day.year <= 2100:
        raise ValueError(text)
    return day


def _lines(session: Session, entries: list[AuditEntry]) -> list[Line]:
    words = phrases()["audit"]
    named = {}
    for code in {entry.unit_code for entry in entries if entry.unit_code}:
        unit = session.get(Unit, code)
        named[code] = f"{unit.name} ({code})" if unit else code
    return [
        Line(
            entry.number,
            _time(entry.at),
            account_words(entry.account),
            words["events"].get(entry.event, entry.event),
            named.get(entry.unit_code or "", ""),
            detail_lines(entry.details),
        )
        for entry in entries
    ]


def _time(at: datetime) -> str:
    return f"{moment_of(at):%H:%M:%S %d/%m/%Y}"


def _log_page(
    asked: dict[str, str],
    *,
    status: HTTPStatus = HTTPStatus.OK,
    problem: str = "",
    **found: Any,  # noqa: ANN401 — what the template shows
) -> Response:
    shown: dict[str, Any] = {"lines": [], "older": None, "newest": True, "verdict": None, "root": None, **found}
    events = sorted(phrases()["audit"]["events"].items(), key=lambda pair: pair[1])
    query = {name: value for name, value in asked.items() if value}
    return page("audit_log.html", status, asked=asked, query=query, events=events, problem=problem, **shown)
