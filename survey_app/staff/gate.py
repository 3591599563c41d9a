"""Who may pass to the staff pages, and with which requests? Checked before every view, so none can forget."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from flask import Blueprint, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from survey_app.parts import parts
from survey_app.services.access import sessions
from survey_app.services.access.accounts import access_of
from survey_app.services.access.rights import Access, Right
from survey_app.services.tallies import LARGEST_FILE, delete_old_uploads
from survey_app.staff.desk import desk
from survey_app.staff.forms import refuse_forged
from survey_app.staff.speech import remember_language
from survey_app.store import StoreUnavailable

OPEN_TO_ALL = frozenset(
    {
        "staff.log_in",
        "staff.show_login",
        "staff.take_code",
        "staff.ask_code",
        "staff.go_outside",
        "staff.come_back",
        "staff.static",
    }
)
"""What may be asked for without a login; every other view of the blueprint may not."""

WITH_A_FIRST_PASSWORD = frozenset({"staff.ask_password", "staff.change_password", "staff.log_out"})
"""What may be asked for until a password that somebody else made was replaced."""

TAKES_FILES = frozenset({"staff.take_counts", "staff.take_import"})

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ROOM_FOR_FIELDS = 16 * 1024
_PARSED_AT_ONCE = 256 * 1024


_needed: dict[str, Right] = {}


class UploadTooLarge(RuntimeError):
    """A file that is not even read."""


class NotAllowed(PermissionError):
    """The person who is logged in was never granted what the view asks for."""


class OutOfReach(LookupError):
    """The right was granted, but not for this unit; to that person the page does not exist."""


def serve(
    staff: Blueprint, address: str, view: Callable[..., Response], right: Right, *, method: str = "GET"
) -> None:
    """Add a view to the blueprint for those who have a right; a view that names none is never shown."""
    staff.add_url_rule(address, view_func=view, methods=[method])
    _needed[f"{staff.name}.{view.__name__}"] = right


def guard(blueprint: Blueprint) -> None:
    """Check every request to the blueprint, in this order."""
    blueprint.before_request(_remember_language)
    blueprint.before_request(_require_login)
    blueprint.before_request(_require_right)
    blueprint.before_request(_check_body)
    blueprint.before_request(_require_own_password)
    blueprint.before_request(_tidy_up)


def signed_in() -> str | None:
    """Return the account of the present request, None where nobody is logged in."""
    found: Access | None = g.get("access")
    return found.username if found else None


def granted(right: Right) -> bool:
    """Say whether somebody is logged in who has a right for any unit at all."""
    found: Access | None = g.get("access")
    return found is not None and found.has(right)


def recognise() -> None:
    """Find out who is logged in where a request never came to the gate: there is no page at its address."""
    if "access" not in g:
        g.access = None
        g.access = _access()


def signed_in_access() -> Access:
    """Return who is logged in, with all grants, in a request that passed the gate."""
    found: Access = g.access
    return found


def rights_held() -> frozenset[Right]:
    """Return what the person who is logged in may do for any unit; a page offers nothing else."""
    found: Access | None = g.get("access")
    return frozenset(right for right in Right if found and found.has(right))


def require(right: Right, path: Sequence[str]) -> None:
    """Raise OutOfReach where the right does not reach a unit; ``path`` is its code and those of all above."""
    if not signed_in_access().covers(right, path):
        raise OutOfReach


def _remember_language() -> None:
    if request.endpoint != "staff.static":
        remember_language()


def _require_login() -> Response | None:
    if request.endpoint == "staff.static":
        return None
    g.access = _access()
    if g.access is not None or request.endpoint in OPEN_TO_ALL:
        return None
    if session.pop("token", None) is not None:
        session["ended"] = True
    wanted = request.full_path.rstrip("?") if request.method in _SAFE_METHODS else None
    return redirect(url_for("staff.show_login", next=wanted), 303)


def _access() -> Access | None:
    """Return whose login the session's token is, where it lasts and the account may still log in."""
    token = session.get("token")
    if not isinstance(token, str):
        return None
    now = desk().clock()
    with parts().store.reading() as store:
        found = sessions.find(store, token, now)
        if found is None:
            return None
        there, account = found
        access = access_of(store, account)
    g.must_change_password = account.must_change_password and "outside_login" not in session
    if sessions.is_due(there, now):
        _write_down_use(there.key, now)
    return access


def _write_down_use(key: str, now: float) -> None:
    # A database that is busy costs nobody the page: the login then ends a minute earlier, which is the safe side.
    with suppress(StoreUnavailable), parts().store.writing() as store:
        sessions.use(store, key, now)
        store.commit()


def _require_own_password() -> Response | None:
    """Lead to the page for a new password whoever still has one that somebody else made."""
    exempt = OPEN_TO_ALL | WITH_A_FIRST_PASSWORD
    if request.endpoint in exempt or not g.get("must_change_password"):
        return None
    return redirect(url_for("staff.ask_password"), 303)


def _require_right() -> Response | None:
    """Raise NotAllowed where the view's right was not granted at all; the view itself asks about units.

    Whoever has no role yet is led from the first page to the own account, where that is said.
    """
    if request.endpoint in OPEN_TO_ALL:
        return None
    right = _needed.get(request.endpoint or "")
    if right is not None and signed_in_access().has(right):
        return None
    if request.endpoint == "staff.show_surveys":
        return redirect(url_for("staff.show_own_account"), 303)
    raise NotAllowed


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
