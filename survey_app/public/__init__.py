"""What does a respondent see? The list of offices, the form on a phone, and the thanks; no cookie."""

from http import HTTPStatus

from flask import Flask

from survey_app import errors, security
from survey_app.public.answer import answer
from survey_app.public.other_unit import other_unit
from survey_app.public.start import start
from survey_app.services.surveys import UnitNotValid


def register(app: Flask) -> None:
    """Serve respondents."""
    app.register_blueprint(start)
    app.register_blueprint(answer)
    security.allow_sources(app, answer.name, script_src="'self'", connect_src="'self'")
    errors.add_drawn_page(app, UnitNotValid, HTTPStatus.GONE, other_unit)
