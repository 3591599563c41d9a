"""Is the log still the one that was written, and can others see it? Roots to keep elsewhere, and compared."""

import logging
from http import HTTPStatus

from flask import Blueprint, Response, current_app, request

from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.log import roots as audit_roots
from survey_app.services.log.chain import Root, verify
from survey_app.staff import gate
from survey_app.staff.pages import page

log = logging.getLogger("survey_app")

MOST_SHOWN = 400
"""Roots on the page, somewhat more than a year; the file has them all."""


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint, and make the roots of days that have ended before any of them."""
    staff.before_request(_keep_roots)
    gate.serve(staff, "/audit/roots", show_roots, Right.SEE_AUDIT_LOG)
    gate.serve(staff, "/audit/roots", compare_roots, Right.SEE_AUDIT_LOG, method="POST")
    gate.serve(staff, "/audit/roots.json", send_roots, Right.SEE_AUDIT_LOG)


def show_roots() -> Response:
    """Check the whole log, and show the roots for copying and printing."""
    return _roots_page([])


def compare_roots() -> Response:
    """Compare the log with roots that were kept elsewhere."""
    kept = request.form.get("kept", "")
    try:
        return _roots_page(audit_roots.read_roots(kept, ""), kept=kept)
    except audit_roots.NoRoot:
        return _roots_page([], kept=kept, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def send_roots() -> Response:
    """Send every root as a file that ``audit-verify --root`` reads."""
    _require_everything()
    with parts().store.reading() as session:
        roots = audit_roots.every_root(session)
    response = Response(audit_roots.as_json(reversed(roots)), content_type="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"moc-niem-phong_{parts().today()}.json")
    return response


def _roots_page(outside: list[Root], *, kept: str | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    _require_everything()
    with parts().store.reading() as session:
        roots = audit_roots.every_root(session)
        verdict = verify(session, [*outside, *roots])
    return page(
        "audit_roots.html",
        status,
        verdict=verdict,
        roots=roots[:MOST_SHOWN],
        left_off=max(len(roots) - MOST_SHOWN, 0),
        outside=outside,
        kept=kept,
        present=Root(parts().today(), verdict.number, verdict.seal) if not verdict.fault else None,
    )


def _require_everything() -> None:
    """Raise OutOfReach for who may see only the entries of some units: a chain has no parts."""
    gate.require(Right.SEE_AUDIT_LOG, ())


def _keep_roots() -> None:
    """Make the roots that are due, once a day and process; a log that does not hold is said on its own page."""
    today = parts().today()
    if current_app.extensions.get("rooted_until") == today:
        return
    try:
        with parts().store.writing() as session:
            audit_roots.add_due_roots(session, today)
            roots = audit_roots.every_root(session)
            session.commit()
        audit_roots.write_files(roots, parts().settings.audit_roots)
    except (audit_roots.LogBroken, OSError) as trouble:
        log.warning("%s: no root of the audit log was made or written", type(trouble).__name__)
    current_app.extensions["rooted_until"] = today
