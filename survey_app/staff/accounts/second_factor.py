"""How does somebody add a device to the own account? And take it away again, and replace its codes."""

from http import HTTPStatus

import segno
from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app.parts import parts
from survey_app.services.access import passwords, second_factor
from survey_app.services.access.rights import Right
from survey_app.services.log import audit
from survey_app.staff import gate
from survey_app.staff.accounts.own import own_account
from survey_app.staff.accounts.own_password import password_fits
from survey_app.staff.desk import desk
from survey_app.staff.entry import presence
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount

LONGEST_CODE = 20


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/me/second-factor", show_second_factor, Right.OWN_ACCOUNT)
    gate.serve(staff, "/me/second-factor", confirm_second_factor, Right.OWN_ACCOUNT, method="POST")
    gate.serve(staff, "/me/second-factor/start", start_second_factor, Right.OWN_ACCOUNT, method="POST")
    gate.serve(staff, "/me/second-factor/off", drop_second_factor, Right.OWN_ACCOUNT, method="POST")
    gate.serve(staff, "/me/second-factor/codes", renew_codes, Right.OWN_ACCOUNT, method="POST")


def show_second_factor() -> Response:
    """Show whether a second factor is asked for, and what can be done about it."""
    return _page()


def start_second_factor() -> AnyResponse:
    """Draw a secret for a new device; it counts from when its first code was entered."""
    wrong = password_fits(str(request.form.get("password", "")))
    if wrong is not None:
        return _page(wrong)
    with parts().store.writing() as store:
        account = own_account(store)
        if not account.totp_enabled:
            second_factor.start(account)
        store.commit()
    return redirect(url_for("staff.show_second_factor"), HTTPStatus.SEE_OTHER)


def confirm_second_factor() -> AnyResponse:
    """Ask for the second factor from now on where the device's first code fits; show recovery codes once."""
    pepper, code = parts().settings.pepper, str(request.form.get("code", ""))[:LONGEST_CODE]
    with parts().store.writing() as store:
        account = own_account(store)
        if account.totp_enabled or not second_factor.take_code(pepper, account, code, desk().clock()):
            return _page("wrong_code")
        codes = second_factor.confirm(store, pepper, account)
        token = presence.begin_anew(store, account)
        audit.record(store, "second_factor.on", account=account.username, unit_code=account.unit_code)
        store.commit()
    presence.carry_on(token)
    return page("recovery_codes.html", codes=codes)


def drop_second_factor() -> AnyResponse:
    """Ask for the password alone from now on; a password that is too short for that has to be replaced."""
    password = str(request.form.get("password", ""))
    wrong = password_fits(password)
    if wrong is not None:
        return _page(wrong)
    with parts().store.writing() as store:
        account = own_account(store)
        second_factor.turn_off(store, account)
        account.must_change_password = _is_weak_alone(account, password)
        token = presence.begin_anew(store, account)
        audit.record(store, "second_factor.off", account=account.username, unit_code=account.unit_code)
        store.commit()
    presence.carry_on(token)
    return redirect(url_for("staff.show_second_factor"), HTTPStatus.SEE_OTHER)


def renew_codes() -> AnyResponse:
    """Replace the recovery codes and show the new ones once."""
    wrong = password_fits(str(request.form.get("password", "")))
    if wrong is not None:
        return _page(wrong)
    with parts().store.writing() as store:
        account = own_account(store)
        if not account.totp_enabled:
            return _page()
        codes = second_factor.confirm(store, parts().settings.pepper, account)
        audit.record(store, "second_factor.codes", account=account.username, unit_code=account.unit_code)
        store.commit()
    return page("recovery_codes.html", codes=codes)


def _page(problem: str | None = None) -> Response:
    with parts().store.reading() as store:
        account = own_account(store)
        left = second_factor.codes_left(store, account)
    waiting = account.totp_nonce is not None and not account.totp_enabled
    product = phrases()["nav"]["product"]
    device = second_factor.device_of(parts().settings.pepper, account, product) if waiting else None
    return page(
        "second_factor.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        enabled=account.totp_enabled,
        left=left,
        secret=" ".join(device.secret[at : at + 4] for at in range(0, len(device.secret), 4)) if device else "",
        picture=segno.make(device.address, micro=False).svg_data_uri(scale=6, border=4) if device else "",
        said=phrases()["me"]["problems"][problem] if problem else "",
    )


def _is_weak_alone(account: StaffAccount, password: str) -> bool:
    try:
        passwords.refuse_weak_password(password, about=(account.username, account.full_name))
    except passwords.WeakPassword:
        return True
    return False
