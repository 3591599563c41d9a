"""Which units continue which? The whole map, searched, and old units taken out of it again."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from analysis.unit_map import day_of
from analysis.wording import date_text
from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.organisation import succession
from survey_app.services.organisation.succession import MapLine
from survey_app.services.organisation.tree import path_of
from survey_app.staff import gate, reach
from survey_app.staff.organisation.units import share_text
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases

PAGE_LINES = 60


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/units/map", show_unit_map, Right.SEE_UNITS)
    gate.serve(staff, "/units/map/remove", show_removal, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/map/remove", remove_from_map, Right.CHANGE_UNITS, method="POST")


def show_unit_map() -> Response:
    """Show the map, a page at a time."""
    words = request.args.get("q", "").strip()[:100]
    number = max(request.args.get("page", 1, type=int), 1)
    with parts().store.reading() as session:
        among = reach.codes_within(session, Right.SEE_UNITS)
        first = (number - 1) * PAGE_LINES
        lines, total = succession.map_lines(session, words, first=first, most=PAGE_LINES, among=among)
    return page(
        "units/map.html",
        words=words,
        lines=[_worded(line) for line in lines],
        total=total,
        number=number,
        pages=-(-total // PAGE_LINES),
        may_change=bool(gate.signed_in_access().reach(Right.CHANGE_UNITS)),
        trail=[(phrases()["units"]["title"], url_for("staff.show_units"))],
    )


def show_removal() -> Response:
    """Say what it means to take an old unit out of the map."""
    with parts().store.reading() as session:
        lines = _chosen(session, request.args.get("old", ""), day_of(request.args.get("day", "")))
    trail = [
        (phrases()["units"]["title"], url_for("staff.show_units")),
        (phrases()["unit_map"]["title"], url_for("staff.show_unit_map")),
    ]
    return page("units/map_removal.html", lines=[_worded(line) for line in lines], trail=trail)


def remove_from_map() -> AnyResponse:
    """Take an old unit's lines of one day out of the map."""
    old, day = request.form.get("old", ""), day_of(request.form.get("day", ""))
    with parts().store.writing() as session:
        line = _chosen(session, old, day)[0]
        account = gate.signed_in_access().username
        succession.remove(session, line.old_code, line.effective_on, account=account)
        session.commit()
    return redirect(url_for("staff.show_unit_map"), HTTPStatus.SEE_OTHER)


def _chosen(session: Session, old_code: str, day: date | None) -> list[MapLine]:
    """Return the lines of an old unit on a day, where the person may change every new unit."""
    lines = [line for line in succession.successors(session, old_code) if line.effective_on == day]
    if not lines:
        raise NotFound
    for line in lines:
        gate.require(Right.CHANGE_UNITS, path_of(session, line.new_code))
    return lines


def _worded(line: MapLine) -> tuple[MapLine, str, str]:
    return line, share_text(line.share), date_text(line.effective_on)
