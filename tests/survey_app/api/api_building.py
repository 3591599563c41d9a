"""What does a test of the interface start from? An application for systems, keys, and requests that carry them."""

from pathlib import Path

from flask import Flask
from werkzeug.test import TestResponse

from survey_app.services import keys
from tests.survey_app.building import TODAY, make_app


def make_api_app(folder: Path) -> Flask:
    return make_app(folder, ("api",))


def add_key(app: Flask, *scopes: str, unit: str | None = None) -> str:
    """Return the text of a new key."""
    wish = keys.Wish(system="Một cửa điện tử", scopes=scopes, unit_code=unit)
    with app.extensions["parts"].store.writing() as session:
        _, text = keys.create_key(session, wish, account="quan-tri", today=TODAY)
        session.commit()
    return text


def ask(app: Flask, path: str, key: str | None = None, method: str = "GET", **more: str) -> TestResponse:
    headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **more}
    return app.test_client().open(f"/api/v1{path}", method=method, headers=headers)
