"""Who may pass to the staff pages, and with which requests? Checked before every view, so none can forget."""

from flask import Blueprint, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from survey_app.parts import parts
from survey_app.services.accounts import find_account
from survey_app.services.tallies import LARGEST_FILE, delete_old_uploads
from survey_app.staff.desk import desk
from survey_app.staff.forms import refuse_forged
from survey_app.staff.sessions import belongs_to
from survey_app.staff.speech import remember_language

OPEN_TO_ALL = frozenset({"staff.log_in", "staff.show_login", "staff.static"})
"""What may be asked for without a login; every other view of the blueprint may not."""

TAKES_FILES = frozenset({"staff.take_counts"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ROOM_FOR_FIELDS = 16 * 1024
_PARSED_AT_ONCE = 256 * 1024


class UploadTooLarge(RuntimeError):
    """A file that is not even read."""


def guard(blueprint: Blueprint) -> None:
    """Check every request to the blueprint, in this order."""
    blueprint.before_request(_remember_language)
    blueprint.before_request(_require_login)
    blueprint.before_request(_check_body)
    blueprint.before_request(_tidy_up)


def signed_in() -> str | None:
    """Return the account of the present request, None where nobody is logged in."""
    name: str | None = g.get("account")
    return name


def signed_in_account() -> str:
    """Return the account of a request that passed the gate."""
    account: str = g.account
    return account


def _remember_language() -> None:
    if request.endpoint != "staff.static":
        remember_language()


def _require_login() -> Response | None:
    if request.endpoint == "staff.static":
        return None
    g.account = _account()
    if g.account is not None or request.endpoint in OPEN_TO_ALL:
        return None
    if session.pop("token", None) is not None:
        session["ended"] = True
    wanted = request.full_path.rstrip("?") if request.method in _SAFE_METHODS else None
    return redirect(url_for("staff.show_login", next=wanted), 303)


def _account() -> str | None:
    """Return whose login the session's token is, where it lasts and the password is still the same."""
    token = session.get("token")
    there = desk().sessions.find(token) if isinstance(token, str) else None
    if there is None:
        return None
    with parts().store.reading() as store:
        account = find_account(store, there.username)
    if account is None or not belongs_to(there, account.password_hash):
        desk().sessions.end(str(token))
        return None
    return there.username


def _check_body() -> None:
    """Raise the limit of a body where a file may come, and refuse every change without our token."""
    if request.endpoint in TAKES_FILES:
        request.max_content_length = LARGEST_FILE + _ROOM_FOR_FIELDS
        # The parser holds this much of a file at a time against the limit of fields.
        request.max_form_memory_size = _PARSED_AT_ONCE
        if (request.content_length or 0) > request.max_content_length:
            raise UploadTooLarge
    if request.method not in _SAFE_METHODS:
        refuse_forged()


def _tidy_up() -> None:
    if desk().is_untidy():
        delete_old_uploads(parts().settings)
