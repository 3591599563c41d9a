"""How does a member of staff log in and out? One message for every failure, and a new session for every login."""

import math
import re
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField, StringField
from wtforms.form import BaseForm

from questionnaires.text import clean
from survey_app.parts import parts
from survey_app.services import accounts
from survey_app.services.rights import Right
from survey_app.staff import gate
from survey_app.staff.desk import desk
from survey_app.staff.forms import staff_form
from survey_app.staff.gate import signed_in
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases

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
        return redirect(_wanted_page(), HTTPStatus.SEE_OTHER)
    note = "ended" if session.pop("ended", None) else None
    return _login_page(note=note)


def log_in() -> AnyResponse:
    """Begin a session, or say that it did not fit, without saying what."""
    form = _login_form()
    name = clean(form["username"].data or "").casefold()[: accounts.LONGEST_NAME]
    password = form["password"].data or ""
    source = request.remote_addr or ""
    wait = desk().throttle.admit(name, source)
    if wait > 0:
        return _try_later("throttled", HTTPStatus.TOO_MANY_REQUESTS, seconds=math.ceil(wait))
    if not desk().hashing.acquire(timeout=5):
        return _try_later("busy", HTTPStatus.SERVICE_UNAVAILABLE, seconds=5)
    try:
        found = _check(name, password)
    finally:
        desk().hashing.release()
    if found is None:
        return _login_page(HTTPStatus.UNAUTHORIZED, problem="wrong")
    desk().throttle.forgive(name, source)
    _begin_session(*found)
    return redirect(_wanted_page(), HTTPStatus.SEE_OTHER)


def log_out() -> AnyResponse:
    """End the session, here and in the browser."""
    desk().sessions.end(str(session.get("token")))
    _forget_all_but_language()
    return redirect(url_for("staff.show_login"), HTTPStatus.SEE_OTHER)


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
    return page("login.html", status, form=_login_form(), note=note, problem=problem, minutes=minutes)


def _try_later(problem: str, status: HTTPStatus, *, seconds: int) -> Response:
    response = _login_page(status, problem=problem, minutes=math.ceil(seconds / 60))
    response.headers["Retry-After"] = str(seconds)
    return response


def _check(name: str, password: str) -> tuple[str, str] | None:
    """Return the account's name and the hash of its password, None where they do not fit."""
    with parts().store.reading() as store:
        account = accounts.find_account(store, name)
    # The database is not held while the password is hashed, and an unknown name costs as much as a known one.
    fits = len(password) <= accounts.LONGEST_PASSWORD and accounts.password_fits(account, password)
    if account is None or not fits:
        return None
    if accounts.is_outdated(account):
        with parts().store.writing() as store:
            account = accounts.renew_hash(store, account, password)
            store.commit()
    return account.username, account.password_hash


def _begin_session(username: str, password_hash: str) -> None:
    desk().sessions.end(str(session.get("token")))
    _forget_all_but_language()
    session["token"] = desk().sessions.begin(username, password_hash)


def _forget_all_but_language() -> None:
    chosen = session.get("lang")
    session.clear()
    if chosen:
        session["lang"] = chosen


def _wanted_page() -> str:
    wanted = request.args.get("next", "")
    return wanted if _OWN_PATH.fullmatch(wanted) and "//" not in wanted else url_for("staff.show_surveys")
