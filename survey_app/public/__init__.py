"""What does a respondent see? The list of offices, the form on a phone, and the thanks; no cookie, no script."""

from flask import Flask

from survey_app.public.answer import answer
from survey_app.public.start import start


def register(app: Flask) -> None:
    """Serve respondents."""
    app.register_blueprint(start)
    app.register_blueprint(answer)
