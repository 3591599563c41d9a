"""Which other systems may ask, and who gave them the key? Keys are made, shown once, and taken back."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from analysis.wording import date_text, period_text
from questionnaires.text import clean
from survey_app.parts import parts
from survey_app.services import keys
from survey_app.services.access.rights import Right
from survey_app.services.organisation.tree import path_of, reached
from survey_app.staff import gate, messages
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import confirmation, page
from survey_app.staff.speech import language
from survey_app.store.models import ApiKey, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """A key in words; nothing in it is secret."""

    key: ApiKey
    unit: str
    created: str
    last_used: str
    revoked: str
    may_revoke: bool


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/keys", show_keys, Right.SEE_KEYS)
    gate.serve(staff, "/keys/new", show_new_key, Right.CHANGE_KEYS)
    gate.serve(staff, "/keys/new", create_key, Right.CHANGE_KEYS, method="POST")
    gate.serve(staff, "/keys/<prefix>/revoke", show_revoke_key, Right.CHANGE_KEYS)
    gate.serve(staff, "/keys/<prefix>/revoke", revoke_key, Right.CHANGE_KEYS, method="POST")


def show_keys() -> Response:
    """List the keys within reach."""
    with parts().store.reading() as session:
        found = keys.every_key(session, reached(session, signed_in_access().reach(Right.SEE_KEYS)))
        changeable = reached(session, signed_in_access().reach(Right.CHANGE_KEYS))
        names = {key.unit_code: session.get_one(Unit, key.unit_code).name for key in found if key.unit_code}
    lines = [_line(key, names, may_change=changeable is None or key.unit_code in changeable) for key in found]
    return page("keys.html", lines=lines, may_create=signed_in_access().has(Right.CHANGE_KEYS))


def show_new_key() -> Response:
    """Ask for whom, for what and for which unit."""
    return _new_key_page()


def create_key() -> Response:
    """Make a key and show it, this once: the page is not kept by the browser, and the key not by us."""
    unit_code = clean(request.form.get("unit", "")) or None
    wish = keys.Wish(
        system=request.form.get("system", ""), scopes=request.form.getlist("scope"), unit_code=unit_code
    )
    with parts().store.writing() as session:
        if not signed_in_access().covers(Right.CHANGE_KEYS, path_of(session, unit_code) if unit_code else ()):
            # To this person a unit out of reach and one that does not exist are the same.
            return _new_key_page("unit")
        try:
            made, text = keys.create_key(session, wish, account=signed_in_access().username, today=parts().today())
        except keys.KeyNotMade as refused:
            return _new_key_page(refused.problem)
        session.commit()
    return page("key_created.html", key=made, text=text, address=parts().settings.staff_url)


def show_revoke_key(prefix: str) -> Response:
    """Say what becomes of the system, and ask."""
    with parts().store.reading() as session:
        key = _key_in_reach(session, prefix)
    return confirmation("revoke_key", back=url_for("staff.show_keys"), system=key.system, prefix=key.prefix)


def revoke_key(prefix: str) -> AnyResponse:
    """Take a key back."""
    with parts().store.writing() as session:
        _key_in_reach(session, prefix)
        key = keys.revoke_key(session, prefix, account=signed_in_access().username, today=parts().today())
        session.commit()
    messages.say("key_revoked", system=key.system, prefix=key.prefix)
    return redirect(url_for("staff.show_keys"), HTTPStatus.SEE_OTHER)


def _key_in_reach(session: Session, prefix: str) -> ApiKey:
    """Return a key that this person may change; raise OutOfReach or NotFound, which are the same page."""
    try:
        key = keys.find_key(session, prefix)
    except keys.UnknownKey:
        raise NotFound from None
    gate.require(Right.CHANGE_KEYS, path_of(session, key.unit_code) if key.unit_code else ())
    return key


def _new_key_page(problem: str = "") -> Response:
    reach = signed_in_access().reach(Right.CHANGE_KEYS)
    only_unit = next(iter(reach)) if len(reach) == 1 else None
    return page(
        "key_new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        problem=problem,
        scopes=[scope.value for scope in keys.Scope],
        everywhere=None in reach,
        asked={
            "system": request.form.get("system", ""),
            "scopes": request.form.getlist("scope"),
            "unit": request.form.get("unit", only_unit or ""),
        },
        longest=keys.LONGEST_SYSTEM,
    )


def _line(key: ApiKey, names: dict[str, str], *, may_change: bool) -> Line:
    return Line(
        key=key,
        unit=f"{names[key.unit_code]} ({key.unit_code})" if key.unit_code else "",
        created=date_text(key.created_on),
        last_used=_window(key),
        revoked=date_text(key.revoked_on) if key.revoked_on else "",
        may_revoke=may_change and key.revoked_on is None,
    )


def _window(key: ApiKey) -> str:
    return period_text(key.last_window).in_language(language()) if key.last_window else ""
