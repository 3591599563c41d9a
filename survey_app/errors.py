"""What does a person see when something fails? The only place where exceptions become pages."""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException, SecurityError

from survey_app.security import CrossSitePost
from survey_app.services.submit import FormAlreadyUsed
from survey_app.services.surveys import SurveyNotOpen, UnknownSurvey, UnknownUnit
from survey_app.store import StoreUnavailable
from survey_app.style import page_style
from survey_app.wording import FIRST_LANGUAGE, PHRASES

Failure = TypeVar("Failure", bound=Exception)

log = logging.getLogger("survey_app")

RETRY_SECONDS = "10"
"""When a browser or kiosk may try again after trouble with the database."""

_PAGES: dict[type[Exception], tuple[HTTPStatus, str]] = {
    UnknownSurvey: (HTTPStatus.NOT_FOUND, "unknown_survey"),
    UnknownUnit: (HTTPStatus.NOT_FOUND, "unknown_unit"),
    SurveyNotOpen: (HTTPStatus.GONE, "survey_not_open"),
    FormAlreadyUsed: (HTTPStatus.CONFLICT, "form_already_used"),
    CrossSitePost: (HTTPStatus.FORBIDDEN, "cross_site_post"),
    StoreUnavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    Exception: (HTTPStatus.INTERNAL_SERVER_ERROR, "failure"),
}
_PAGES_BY_STATUS = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "not_found",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
}


Draw = Callable[[HTTPStatus, str], Response]
"""Makes the page of a surface about trouble that has a name under ``errors`` in the catalogues."""


def register(app: Flask) -> None:
    """Let every exception end in a page of ours."""
    app.extensions["error_pages"] = {}
    for kind, (status, page) in _PAGES.items():
        add_page(app, kind, status, page)
    app.register_error_handler(HTTPException, _refused_request)


def add_page(app: Flask, kind: type[Exception], status: HTTPStatus, page: str) -> None:
    """Answer an exception with a status and the sentences that the catalogues keep under ``errors.<page>``."""

    def answer(error: Exception) -> Response:
        note(error, status)
        return error_page(status, page)

    handler: Callable[[Exception], Response] = answer
    app.register_error_handler(kind, handler)


def add_drawn_page(app: Flask, kind: type[Failure], status: HTTPStatus, draw: Callable[[Failure], str]) -> None:
    """Answer an exception with a status and a page that says more than a sentence can: ``draw`` makes it."""

    def answer(error: Failure) -> Response:
        note(error, status)
        return make_response(draw(error), status)

    app.register_error_handler(kind, answer)


def dress(app: Flask, prefix: str, draw: Draw, *, any_host: bool = False) -> None:
    """Let a surface draw the pages about trouble at its own addresses; ``any_host``: its pages hold no address."""
    app.extensions["error_pages"][f"{prefix}/"] = draw, any_host


def error_page(status: HTTPStatus, page: str) -> Response:
    """Return the page of the surface that was asked, else the one of all."""
    response = _draw_of_surface()(status, page)
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = RETRY_SECONDS
    return response


def _draw_of_surface() -> Draw:
    # A request for another host is none of ours: not even an address can be made for its page.
    lost = isinstance(request.routing_exception, SecurityError)
    surfaces: dict[str, tuple[Draw, bool]] = current_app.extensions["error_pages"]
    for prefix, (draw, any_host) in surfaces.items():
        if request.path.startswith(prefix) and (any_host or not lost):
            return draw
    return _draw_for_all


def _draw_for_all(status: HTTPStatus, page: str) -> Response:
    """Return the page, first in Vietnamese, then in English."""
    first = PHRASES[FIRST_LANGUAGE]
    said = {FIRST_LANGUAGE: first, **PHRASES}
    html = render_template(
        "shared/error.html",
        lang=FIRST_LANGUAGE,
        t=first,
        style=page_style(),
        page=page,
        start="/",
        languages=said.items(),
    )
    return make_response(html, status)


def _refused_request(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    note(error, status)
    response = error_page(status, _PAGES_BY_STATUS.get(status, "bad_request" if status < 500 else "failure"))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def note(error: Exception, status: HTTPStatus) -> None:
    """Note in the log what failed and where; an error's text may hold an answer, so it is not kept."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        cause = type(error.__cause__ or error).__name__
        log.error("%s (%s) in %s", type(error).__name__, cause, request.endpoint)
