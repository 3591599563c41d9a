"""What do staff see when something fails? The sentences about it inside their own pages, and the way on."""

from contextlib import suppress
from http import HTTPStatus

from flask import Response

from survey_app import security
from survey_app.staff import gate
from survey_app.staff.pages import page
from survey_app.staff.speech import language, phrases
from survey_app.store import StoreUnavailable
from survey_app.wording import PHRASES as PUBLIC_PHRASES


def trouble_page(status: HTTPStatus, name: str) -> Response:
    """Return the page; what is said to respondents counts where the staff's catalogue says nothing of its own."""
    security.use_sources("staff")
    with suppress(StoreUnavailable):
        gate.recognise()
    words = phrases()["errors"].get(name) or PUBLIC_PHRASES[language()]["errors"][name]
    return page("trouble.html", status, words=words)
