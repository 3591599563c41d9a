"""How does somebody log in with an account of another system? There and back, only for who was linked before."""

from http import HTTPStatus
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app.parts import parts
from survey_app.services.access.login_tries import NOBODY
from survey_app.services.log import audit
from survey_app.settings import Provider, SettingsRefused
from survey_app.staff.desk import desk
from survey_app.staff.entry import presence
from survey_app.staff.entry.login import wanted_page
from survey_app.staff.pages import page

ATTEMPT_SECONDS = 10 * 60
"""How long somebody may take at the provider."""


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    staff.add_url_rule("/login/outside", view_func=go_outside, methods=["GET"])
    staff.add_url_rule("/login/outside/back", view_func=come_back, methods=["GET"])


def refuse_missing_library(provider: Provider | None) -> None:
    """Raise where another system was named and what speaks to it is not installed."""
    if provider is not None and find_spec("authlib") is None:
        raise SettingsRefused(
            "SURVEY_OIDC_ISSUER cần thêm thư viện. Chạy: pip install '.[oidc]', hoặc bỏ SURVEY_OIDC_ISSUER."
        )


def go_outside() -> AnyResponse:
    """Send the browser to the provider with a question that only this session can have answered."""
    outside, client = _outside()
    attempt = outside.Attempt.new()
    try:
        address = client.address_of(attempt)
    except outside.ProviderUnavailable:
        return _refused("provider_unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
    session["outside"] = {**attempt.kept(), "at": int(desk().clock()), "next": request.args.get("next", "")}
    return redirect(address, HTTPStatus.SEE_OTHER)


def come_back() -> AnyResponse:
    """Begin a session for the linked account, where the answer belongs to this session's question."""
    outside, client = _outside()
    if "outside" not in session and "again" not in request.args:
        # A browser that comes from another site leaves our strict cookie at home; a page of ours brings it along.
        return _bring_cookie()
    asked = session.pop("outside", {})
    if not asked or not 0 <= desk().clock() - asked["at"] <= ATTEMPT_SECONDS:
        return _refused("outside_stale", HTTPStatus.BAD_REQUEST)
    attempt = outside.Attempt(asked["state"], asked["nonce"], asked["verifier"])
    try:
        claims = client.identity(attempt, state=request.args.get("state", ""), code=request.args.get("code", ""))
    except outside.IdentityRefused:
        return _refused("outside_refused", HTTPStatus.UNAUTHORIZED)
    except outside.ProviderUnavailable:
        return _refused("provider_unavailable", HTTPStatus.SERVICE_UNAVAILABLE)
    with parts().store.reading() as store:
        account = outside.linked_account(store, client.provider, claims)
    if account is None:
        return _refused("not_linked", HTTPStatus.FORBIDDEN)
    presence.enter(account.username, "outside")
    # Whoever never uses a password here need not replace the one that an admin made.
    session["outside_login"] = True
    return redirect(wanted_page(asked["next"]), HTTPStatus.SEE_OTHER)


def _outside() -> tuple[Any, Any]:
    """Return the module that speaks to the provider, imported here alone, and this installation's client of it."""
    provider = parts().settings.provider
    if provider is None:
        abort(404)
    module = import_module("survey_app.services.access.outside_login")
    back = f"{parts().settings.base_url}{url_for('staff.come_back')}"
    return module, module.Client(provider, back)


def _bring_cookie() -> AnyResponse:
    address = f"{url_for('staff.come_back')}?{urlencode({**request.args.to_dict(), 'again': '1'})}"
    response = page("coming_back.html", address=address)
    response.headers["Refresh"] = f"0; url={address}"
    return response


def _refused(problem: str, status: HTTPStatus) -> AnyResponse:
    with parts().store.writing() as store:
        audit.record(store, "login.failed", account=NOBODY, how="outside", problem=problem)
        store.commit()
    return page("outside_refused.html", status, problem=problem, provider=parts().settings.provider)
