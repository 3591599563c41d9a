"""Is it still the same person at the keyboard? Asked for the password again before something weighty is done."""

from flask import request

from survey_app.parts import parts
from survey_app.services.access import accounts, login_tries
from survey_app.staff.desk import desk
from survey_app.staff.entry.login import admit, note_failure
from survey_app.staff.gate import signed_in_access
from survey_app.store.models import StaffAccount


def password_fits(password: str) -> str | None:
    """Return None where this is the password of who is logged in, else the name of the problem.

    A wrong one counts as a failed login: a browser that was left open is no place to try passwords at will.
    """
    username = signed_in_access().username
    wait, try_id = admit(username)
    if wait > 0:
        return "throttled"
    if not desk().hashing.acquire(timeout=5):
        return "busy"
    try:
        with parts().store.reading() as store:
            account = store.get_one(StaffAccount, username)
        fits = accounts.password_fits(account, password)
    finally:
        desk().hashing.release()
    if not fits:
        note_failure(account)
        return "wrong_password"
    desk().throttle.forgive(request.remote_addr or "")
    with parts().store.writing() as store:
        login_tries.take_back(store, try_id)
        store.commit()
    return None
