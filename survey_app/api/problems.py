"""How does another system learn what failed? Problem details (RFC 9457): a status, a title, what to do."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Response

from survey_app.api.replies import reply
from survey_app.wording import FIRST_LANGUAGE, PHRASES


def problem(status: HTTPStatus, _page: str) -> Response:
    """Return what failed, in the first language and in English; nothing of the request is repeated."""
    first, english = (_words(language, status) for language in (FIRST_LANGUAGE, "en"))
    content = {
        "type": "about:blank",
        "title": first["title"],
        "status": int(status),
        "detail": first["text"],
        "title_en": english["title"],
        "detail_en": english["text"],
    }
    return reply(content, status, kind="application/problem+json")


def _words(language: str, status: HTTPStatus) -> Mapping[str, str]:
    """Return the sentences about a status; those that have none of their own are refused requests or failures."""
    said: Mapping[str, Mapping[str, str]] = PHRASES[language]["api"]["status"]
    return said.get(str(int(status))) or said["400" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "500"]
