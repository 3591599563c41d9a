"""What is this key good for? Its own scopes and unit, for whoever sets up a system with it."""

from flask import Blueprint, Response

from survey_app.api import gate
from survey_app.api.replies import reply


def register(api: Blueprint) -> None:
    """Add the view to the blueprint."""
    gate.serve(api, "/key", show_key, None)


def show_key() -> Response:
    """Tell a system about its own key."""
    key = gate.present_key()
    return reply(
        {"prefix": key.prefix, "system": key.system, "scopes": list(key.scopes), "unit_code": key.unit_code}
    )
