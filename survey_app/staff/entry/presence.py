"""How does a login come to be, once all that was asked for has fitted? A new token, the old one dead."""

from flask import request, session
from sqlalchemy.orm import Session

from survey_app.parts import parts
from survey_app.services.access import login_tries, sessions
from survey_app.services.access.accounts import find_account
from survey_app.services.log import audit
from survey_app.staff.desk import desk
from survey_app.store.models import StaffAccount

CODE_SECONDS = 5 * 60
"""How long a password that fitted waits for the second factor."""


def enter(username: str, how: str) -> None:
    """Begin a session under a new id and forget the failures before it; everything of the old session goes."""
    old = str(session.get("token"))
    with parts().store.writing() as store:
        account = store.get_one(StaffAccount, username)
        sessions.end(store, username, sessions.key_of(old))
        login_tries.forgive(store, parts().settings.secret_key, username)
        token = begin(store, account)
        audit.record(store, "login.succeeded", account=username, unit_code=account.unit_code, how=how)
        store.commit()
    carry(token)


def begin(store: Session, account: StaffAccount) -> str:
    """Return the token of a new session in this browser; the caller commits, then lets the browser carry it."""
    device = sessions.device_of(request.user_agent.string)
    return sessions.begin(store, account, device=device, now=desk().clock())


def begin_anew(store: Session, account: StaffAccount) -> str:
    """End every session of an account and return the token of a new one; the caller commits and carries it."""
    sessions.end_all(store, account.username)
    return begin(store, account)


def carry(token: str) -> None:
    """Let the browser carry the token of a session that was begun, and nothing of the session before."""
    forget_all_but_language()
    session["token"] = token


def carry_on(token: str) -> None:
    """Let the browser carry a new token of the login that it has, and with it how that login came to be."""
    outside = session.get("outside_login")
    carry(token)
    if outside:
        session["outside_login"] = True


def expect_code(account: StaffAccount) -> None:
    """Remember in the signed cookie whose password fitted, and which password it was."""
    session["half"] = {
        "name": account.username,
        "mark": sessions.key_of(account.password_hash),
        "at": int(desk().clock()),
    }


def half_entered() -> StaffAccount | None:
    """Return whose password fitted a moment ago, None where that was too long ago or is no longer the password."""
    half = session.get("half")
    if not isinstance(half, dict) or not 0 <= desk().clock() - half["at"] <= CODE_SECONDS:
        return None
    with parts().store.reading() as store:
        account = find_account(store, half["name"])
    still = account is not None and account.active and account.totp_enabled
    return account if account and still and sessions.key_of(account.password_hash) == half["mark"] else None


def forget_all_but_language() -> None:
    """Empty the session but for the language."""
    chosen = session.get("lang")
    session.clear()
    if chosen:
        session["lang"] = chosen
