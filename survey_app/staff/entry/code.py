"""How does somebody prove the second factor at login? By a code of the device, or one of those kept on paper."""

import math
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.form import BaseForm

from survey_app.parts import parts
from survey_app.services.access import second_factor
from survey_app.staff.desk import desk
from survey_app.staff.entry import presence
from survey_app.staff.entry.login import admit, note_failure, wanted_page
from survey_app.staff.forms import staff_form
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount

LONGEST_CODE = 40


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    staff.add_url_rule("/login/code", view_func=ask_code, methods=["GET"])
    staff.add_url_rule("/login/code", view_func=take_code, methods=["POST"])


def ask_code() -> AnyResponse:
    """Ask for the code where the password has just fitted."""
    if presence.half_entered() is None:
        return redirect(url_for("staff.show_login"), HTTPStatus.SEE_OTHER)
    return _code_page()


def take_code() -> AnyResponse:
    """Begin a session where the code fits; a wrong one counts as a failed login."""
    account = presence.half_entered()
    if account is None:
        return redirect(url_for("staff.show_login"), HTTPStatus.SEE_OTHER)
    wait, _ = admit(account.username)
    if wait > 0:
        response = _code_page(HTTPStatus.TOO_MANY_REQUESTS, problem="throttled", minutes=math.ceil(wait / 60))
        response.headers["Retry-After"] = str(wait)
        return response
    how = _fitting(account, (_code_form()["code"].data or "")[:LONGEST_CODE])
    if how is None:
        note_failure(account)
        return _code_page(HTTPStatus.UNAUTHORIZED, problem="wrong_code")
    desk().throttle.forgive(request.remote_addr or "")
    presence.enter(account.username, how)
    return redirect(wanted_page(), HTTPStatus.SEE_OTHER)


def _fitting(account: StaffAccount, code: str) -> str | None:
    """Use the code up and return what kind it was, None where it does not fit."""
    pepper = parts().settings.pepper
    with parts().store.writing() as store:
        stored = store.get_one(StaffAccount, account.username, with_for_update=True)
        how = None
        if second_factor.take_code(pepper, stored, code, desk().clock()):
            how = "password+code"
        elif second_factor.take_recovery_code(store, pepper, stored, code):
            how = "password+recovery_code"
        store.commit()
    return how


def _code_form() -> BaseForm:
    words = phrases()["login"]
    drawn = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false", "value": ""}
    return staff_form({"code": StringField(words["code"], render_kw=drawn)})


def _code_page(status: HTTPStatus = HTTPStatus.OK, *, problem: str | None = None, minutes: int = 0) -> Response:
    return page("code.html", status, form=_code_form(), problem=problem, minutes=minutes)
