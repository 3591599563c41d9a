"""What can other systems ask? Units, surveys with the addresses of their forms, and what a key is good for."""

from flask import Blueprint, Flask

from survey_app import errors
from survey_app.api import description, gate, key, problems, surveys, units

ADDRESS = "/api/v1"


def register(app: Flask) -> None:
    """Serve other systems: JSON only, a key in every request, no cookie."""
    api = Blueprint("api", __name__, url_prefix=ADDRESS)
    gate.guard(app, api)
    for part in (description, key, units, surveys):
        part.register(api)
    app.register_blueprint(api)
    errors.dress(app, "/api", problems.problem, any_host=True)
