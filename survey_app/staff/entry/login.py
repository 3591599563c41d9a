"""How does a member of staff log in and out? One message for every failure, and a new session for every login."""

import math
import re
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField, StringField
from wtforms.form import BaseForm

from survey_app.parts import parts
from survey_app.services.access import accounts, login_tries, passwords, sessions
from survey_app.services.access.login_tries import NOBODY
from survey_app.services.access.rights import Right
from survey_app.services.log import audit
from survey_app.staff import gate
from survey_app.staff.desk import desk
from survey_app.staff.entry import presence
from survey_app.staff.forms import staff_form
from survey_app.staff.gate import signed_in, signed_in_access
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount

# A path of our own, spelt so that no browser can take it for another site or for a scheme.
_OWN_PATH = re.compile(r"/staff/[A-Za-z0-9._/-]*(?:\?[A-Za-z0-9._=&-]*)?")


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    staff.add_url_rule("/login", view_func=show_login, methods=["GET"])
    staff.add_url_rule("/login", view_func=log_in, methods=["POST"])
    gate.serve(staff, "/logout", log_out, Right.OWN_ACCOUNT, method="POST")


def show_login() -> AnyResponse:
    """Ask for name and password."""
    if signed_in() is not None:
        return redirect(wanted_page(), HTTPStatus.SEE_OTHER)
    note = "ended" if session.pop("ended", None) else None
    return _login_page(note=note)


def log_in() -> AnyResponse:
    """Begin a session or ask for the second factor, or say that it did not fit, without saying what."""
    form = _login_form()
    name, password = accounts.typed_name(form["username"].data or ""), form["password"].data or ""
    wait, try_id = admit(name)
    if wait > 0:
        return _try_later("throttled", HTTPStatus.TOO_MANY_REQUESTS, seconds=wait)
    if not desk().hashing.acquire(timeout=5):
        return _try_later("busy", HTTPStatus.SERVICE_UNAVAILABLE, seconds=5)
    try:
        account, fits = _check(name, password)
    finally:
        desk().hashing.release()
    if account is None or not fits:
        note_failure(account)
        return _login_page(HTTPStatus.UNAUTHORIZED, problem="wrong")
    desk().throttle.forgive(request.remote_addr or "")
    if account.totp_enabled:
        _expect_code(account, try_id)
        return redirect(url_for("staff.ask_code", next=request.args.get("next")), HTTPStatus.SEE_OTHER)
    presence.enter(account.username, "password")
    return redirect(wanted_page(), HTTPStatus.SEE_OTHER)


def log_out() -> AnyResponse:
    """End the session, here and in the browser."""
    username = signed_in_access().username
    with parts().store.writing() as store:
        sessions.end(store, username, sessions.key_of(str(session.get("token"))))
        audit.record(store, "session.ended", account=username)
        store.commit()
    presence.forget_all_but_language()
    return redirect(url_for("staff.show_login"), HTTPStatus.SEE_OTHER)


def admit(name: str) -> tuple[int, str]:
    """Count a try by source and account until it is forgiven; return seconds to wait, or 0 and its id."""
    source = request.remote_addr or ""
    wait = desk().throttle.admit(source)
    if wait > 0:
        return math.ceil(wait), ""
    with parts().store.writing() as store:
        seconds, try_id = login_tries.admit(store, parts().settings.secret_key, name, desk().clock())
        store.commit()
    if seconds > 0:
        desk().throttle.forgive(source)
    return seconds, try_id


def note_failure(account: StaffAccount | None) -> None:
    """Write into the log that a login failed."""
    with parts().store.writing() as store:
        unit = account.unit_code if account else None
        audit.record(store, "login.failed", account=account.username if account else NOBODY, unit_code=unit)
        store.commit()


def wanted_page(wanted: str | None = None) -> str:
    """Return the page of ours that was asked for before the login, else the first page."""
    wanted = request.args.get("next", "") if wanted is None else wanted
    leads_away = "//" in wanted or ".." in wanted
    return wanted if _OWN_PATH.fullmatch(wanted) and not leads_away else url_for("staff.show_surveys")


def _expect_code(account: StaffAccount, try_id: str) -> None:
    """Remember for a few minutes that the password fitted: it was no failure, but no success yet either."""
    with parts().store.writing() as store:
        login_tries.take_back(store, try_id)
        store.commit()
    presence.forget_all_but_language()
    presence.expect_code(account)


def _login_form() -> BaseForm:
    words = phrases()["login"]
    name = StringField(
        words["username"], render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
    )
    password = PasswordField(words["password"], render_kw={"autocomplete": "current-password"})
    return staff_form({"username": name, "password": password})


def _login_page(
    status: HTTPStatus = HTTPStatus.OK, *, note: str | None = None, problem: str | None = None, minutes: int = 0
) -> Response:
    provider = parts().settings.provider
    return page(
        "login.html", status, form=_login_form(), note=note, problem=problem, minutes=minutes, provider=provider
    )


def _try_later(problem: str, status: HTTPStatus, *, seconds: int) -> Response:
    response = _login_page(status, problem=problem, minutes=math.ceil(seconds / 60))
    response.headers["Retry-After"] = str(seconds)
    return response


def _check(name: str, password: str) -> tuple[StaffAccount | None, bool]:
    """Return the account of this name, and whether it may log in with this password."""
    with parts().store.reading() as store:
        account = accounts.find_account(store, name)
    # The database is not held while the password is hashed, and an unknown name costs as much as a known one.
    fits = accounts.password_fits(account, password) and account is not None and account.active
    if account is not None and fits and passwords.is_outdated(account.password_hash):
        with parts().store.writing() as store:
            account = accounts.renew_hash(store, account, password)
            store.commit()
    return account, fits
