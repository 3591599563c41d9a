"""What may everybody do with the own account? Change the password, and end sessions that were forgotten."""

from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, Response, abort, redirect, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import PasswordField

from analysis.periods import VIETNAM
from survey_app.parts import parts
from survey_app.services.access import accounts, directory, passwords, second_factor, sessions
from survey_app.services.access.rights import Right
from survey_app.services.log import audit
from survey_app.staff import gate, messages
from survey_app.staff.accounts.own_password import password_fits
from survey_app.staff.accounts.words import Line, grant_lines, unit_beside
from survey_app.staff.desk import desk
from survey_app.staff.entry import presence
from survey_app.staff.forms import staff_form
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/me", show_own_account, Right.OWN_ACCOUNT)
    gate.serve(staff, "/me/password", ask_password, Right.OWN_ACCOUNT)
    gate.serve(staff, "/me/password", change_password, Right.OWN_ACCOUNT, method="POST")
    gate.serve(staff, "/me/sessions/end", end_other_sessions, Right.OWN_ACCOUNT, method="POST")
    gate.serve(staff, "/me/sessions/<session_key>/end", end_own_session, Right.OWN_ACCOUNT, method="POST")


def show_own_account() -> Response:
    """Show what is known of the own account."""
    with parts().store.reading() as store:
        account = own_account(store)
        person = directory.described(store, account)
        return page(
            "me.html",
            person=person,
            unit=unit_beside(person),
            grants=grant_lines(store, account),
            codes_left=second_factor.codes_left(store, account),
            sessions=session_lines(store, account),
        )


def own_account(store: Session) -> StaffAccount:
    """Return the account of who is logged in."""
    return store.get_one(StaffAccount, signed_in_access().username)


def session_lines(store: Session, account: StaffAccount) -> list[Line]:
    """Return the sessions of an account in words: its key, the device, its times, and whether it is this one."""
    here = sessions.key_of(str(session.get("token")))
    words = phrases()["me"]
    return [
        Line(
            there.key,
            _device(there.device),
            words["session_times"].format(began=_moment(there.began), seen=_moment(there.seen)),
            here=there.key == here,
        )
        for there in sessions.sessions_of(store, account, desk().clock())
    ]


def ask_password() -> Response:
    """Ask for the old password and a new one."""
    return _password_page()


def change_password() -> AnyResponse:
    """Change the password, which ends every other session; or say what is wrong with it."""
    old, new, again = (str(request.form.get(name, "")) for name in ("old", "new", "again"))
    if new != again:
        return _password_page("not_the_same")
    wrong = password_fits(old)
    if wrong is not None:
        return _password_page(wrong)
    if new == old:
        return _password_page("same_as_old")
    try:
        with parts().store.writing() as store:
            account = accounts.set_password(store, own_account(store).username, new)
            token = presence.begin(store, account)
            audit.record(store, "password.changed", account=account.username, unit_code=account.unit_code)
            store.commit()
    except passwords.PasswordLength:
        return _password_page("password_length")
    except passwords.GuessedPassword:
        return _password_page("password_guessed")
    presence.carry_on(token)
    messages.say("password_changed")
    return redirect(url_for("staff.show_own_account"), HTTPStatus.SEE_OTHER)


def end_own_session(session_key: str) -> AnyResponse:
    """End one of the own sessions, this one too if that is asked."""
    username = signed_in_access().username
    with parts().store.writing() as store:
        if not sessions.end(store, username, session_key):
            abort(404)
        audit.record(store, "session.revoked", account=username, about=username)
        store.commit()
    return redirect(url_for("staff.show_own_account"), HTTPStatus.SEE_OTHER)


def end_other_sessions() -> AnyResponse:
    """End every session but this one, which goes on under a new id."""
    with parts().store.writing() as store:
        account = own_account(store)
        token = presence.begin_anew(store, account)
        audit.record(store, "session.revoked", account=account.username, about=account.username)
        store.commit()
    presence.carry_on(token)
    return redirect(url_for("staff.show_own_account"), HTTPStatus.SEE_OTHER)


def _password_page(problem: str | None = None) -> Response:
    words = phrases()["me"]
    with parts().store.reading() as store:
        account = own_account(store)
    fields = {
        "old": PasswordField(words["old_password"], render_kw={"autocomplete": "current-password"}),
        "new": PasswordField(words["new_password"], render_kw={"autocomplete": "new-password"}),
        "again": PasswordField(words["again"], render_kw={"autocomplete": "new-password"}),
    }
    shortest = passwords.shortest_length(with_code=account.totp_enabled)
    said = words["problems"][problem].format(shortest=shortest) if problem else ""
    return page(
        "password.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        form=staff_form(fields),
        said=said,
        shortest=shortest,
        first_password=account.must_change_password,
    )


def _device(device: str) -> str:
    browser, _, system = device.partition("/")
    words = phrases()["me"]
    return str(
        words["device"].format(
            browser=browser or words["unknown_browser"], system=system or words["unknown_system"]
        )
    )


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, VIETNAM):%H:%M %d/%m/%Y}"
