"""How is a staff page drawn? With who is logged in, the menu, the language, and the token of its forms."""

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template

from analysis.wording import date_text
from survey_app.parts import parts
from survey_app.staff import look, navigation
from survey_app.staff.forms import new_token
from survey_app.staff.gate import rights_held, signed_in
from survey_app.staff.speech import page_context, phrases


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:  # noqa: ANN401 — a template takes anything
    """Return a page of the staff's."""
    html = render_template(
        f"staff/{template}",
        account=signed_in(),
        rights=rights_held(),
        menu=navigation.menu(),
        token=new_token(),
        look=look.chosen(),
        looks=look.choices(),
        dark_media=look.LOOKS[look.chosen()],
        printed_on=date_text(parts().today()),
        **page_context(),
        **context,
    )
    return make_response(html, status)


def confirmation(deed: str, *, back: str, **details: str) -> Response:
    """Ask before something is destroyed: a form that posts to the address of the question itself.

    The catalogues keep ``title``, ``consequence`` and ``do`` (the words on the button) under ``confirm.<deed>``;
    ``back`` is where a person goes who would rather not.
    """
    words = {name: sentence.format(**details) for name, sentence in phrases()["confirm"][deed].items()}
    return page("confirm.html", words=words, back=back)
