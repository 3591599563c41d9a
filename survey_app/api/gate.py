"""Which system asks, and may it? A key with the scope of the route, checked before every view."""

import math
from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, TooManyRequests, Unauthorized

from survey_app.api.failures import Failures
from survey_app.parts import parts
from survey_app.services import keys
from survey_app.services.keys import Scope
from survey_app.services.organisation.tree import below
from survey_app.store.models import ApiKey

OPEN_TO_ALL = frozenset({"api.describe"})
"""What may be asked for without a key; every other view of the blueprint may not."""

_MANY_CHARACTERS = 200

_needed: dict[str, Scope | None] = {}


def serve(
    api: Blueprint, address: str, view: Callable[..., Response], scope: Scope | None, *, method: str = "GET"
) -> None:
    """Add a view for systems whose key has a scope, None for any valid key; a view added otherwise is refused."""
    api.add_url_rule(address, view_func=view, methods=[method], provide_automatic_options=False)
    _needed[f"{api.name}.{view.__name__}"] = scope


def guard(app: Flask, api: Blueprint) -> None:
    """Ask every request to the blueprint for its key."""
    app.extensions["api_failures"] = Failures()
    api.before_request(_require_key)


def present_key() -> ApiKey:
    """Return the key of a request that passed the gate."""
    found: ApiKey = g.api_key
    return found


def units_in_reach(session: Session) -> frozenset[str] | None:
    """Return the units that the present key is for, None where it is for all of them."""
    code = present_key().unit_code
    return None if code is None else below(session, code)


def _require_key() -> None:
    endpoint = request.endpoint or ""
    if endpoint in OPEN_TO_ALL:
        return
    g.api_key = _known_key()
    scope = _needed.get(endpoint)
    if endpoint not in _needed or (scope is not None and scope not in present_key().scopes):
        raise Forbidden


def _known_key() -> ApiKey:
    """Return the key that the request carries and note its use; raise Unauthorized or TooManyRequests."""
    text, today = _sent_key(), parts().today()
    with parts().store.reading() as session:
        prefix = keys.known_prefix(session, text)
        _refuse_repeated(prefix)
        key = keys.key_of(session, text)
    if key is None:
        _failures().add(prefix, request.remote_addr or "")
        raise _unauthorized()
    if keys.needs_note(key, today):
        with parts().store.writing() as session:
            keys.note_use(session, key.prefix, today)
            session.commit()
    return key


def _sent_key() -> str:
    sent = request.authorization
    if sent is None or sent.type != "bearer" or not sent.token or len(sent.token) > _MANY_CHARACTERS:
        raise _unauthorized()
    return sent.token


def _refuse_repeated(prefix: str) -> None:
    wait = _failures().wait(prefix, request.remote_addr or "")
    if wait > 0:
        raise TooManyRequests(retry_after=math.ceil(wait))


def _failures() -> Failures:
    found: Failures = current_app.extensions["api_failures"]
    return found


def _unauthorized() -> Unauthorized:
    return Unauthorized(www_authenticate=WWWAuthenticate("bearer", {"realm": "api"}))
