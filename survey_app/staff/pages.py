"""How is a staff page drawn? With who is logged in, the language, and the token of its forms."""

from http import HTTPStatus
from typing import Any

from flask import Response, make_response, render_template

from survey_app.staff.forms import staff_form
from survey_app.staff.gate import rights_held, signed_in
from survey_app.staff.speech import page_context


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **context: Any) -> Response:  # noqa: ANN401 — a template takes anything
    """Return a page of the staff's."""
    token = staff_form()["csrf_token"]
    drawn = {"account": signed_in(), "rights": rights_held(), "token": token, **page_context(), **context}
    html = render_template(f"staff/{template}", **drawn)
    return make_response(html, status)
