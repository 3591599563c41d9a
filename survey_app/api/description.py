"""What does the interface promise? Its OpenAPI description, the same file for people, tools and the tests."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response

import analysis
from survey_app.api.replies import reply

_FILE = Path(__file__).with_name("openapi.json")


def register(api: Blueprint) -> None:
    """Add the view to the blueprint."""
    api.add_url_rule("/openapi.json", view_func=describe, provide_automatic_options=False)


def describe() -> Response:
    """Send the description; it holds no data and needs no key."""
    return reply(description())


@cache
def description() -> dict[str, Any]:
    """Return the OpenAPI document with the version of this program."""
    document: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    document["info"]["version"] = analysis.__version__
    return document
