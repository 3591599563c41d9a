"""What does a test of the staff pages start from? An application with accounts, answers, and a client."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from questionnaires import library
from survey_app.services.access import sessions
from survey_app.services.access.passwords import HASHER
from survey_app.services.access.rights import Grant, Role
from survey_app.services.submit import random_id
from survey_app.settings import create_secrets
from survey_app.store.models import Response, StaffAccount, StaffGrant, SurveyUnit, Unit
from tests.survey_app.building import WINDOW, make_app

NAME = "quan-tri"
OTHER_NAME = "can-bo-xa"
PASSWORD = "mưa rơi trên mái tôn cũ"
ITEMS = [item.id for item in library.load("sipas-2024").index_items()]


@cache
def hash_of_password() -> str:
    return HASHER.hash(PASSWORD.encode())


def make_staff_app(folder: Path, surfaces: tuple[str, ...] = ("staff",)) -> Flask:
    """Return an application for staff over the survey ``hai-long``, with two accounts of one password."""
    app = make_app(folder, surfaces)
    create_secrets(folder / "secrets.toml")
    with app.extensions["parts"].store.writing() as session:
        for name in (NAME, OTHER_NAME):
            add_person(session, name, Grant(Role.ADMIN))
        session.commit()
    return app


def add_person(session: Session, name: str, *grants: Grant, home: str | None = None) -> None:
    """Add an account with the password of all accounts, and what is granted to it."""
    session.add(StaffAccount(username=name, password_hash=hash_of_password(), unit_code=home))
    session.flush()
    session.add_all(
        StaffGrant(id=random_id(), username=name, role=one.role, unit_code=one.unit_code) for one in grants
    )
    session.flush()


def close(app: Flask) -> None:
    app.extensions["parts"].store.engine.dispose()


def client_of(app: Flask, name: str = NAME) -> FlaskClient:
    """Return a client that is logged in, without the cost of a password."""
    client = app.test_client()
    token = session_token(app, name)
    with client.session_transaction() as session:
        session["token"] = token
    return client


def session_token(app: Flask, name: str = NAME) -> str:
    """Return the token of a session that was begun now."""
    with app.extensions["parts"].store.writing() as store:
        account = store.get_one(StaffAccount, name)
        now = app.extensions["staff"].clock()
        token = sessions.begin(store, account, device="Chrome/Windows", now=now)
        store.commit()
    return token


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert found is not None, page[:2000]
    return found[1]


def log_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, path: str = "/staff/login") -> int:
    """Fill the login form as a browser would and return the status of the answer."""
    fields = {"username": name, "password": password, "csrf_token": token_in(client.get(path).text)}
    return client.post(path, data=fields).status_code


def add_unit(app: Flask, code: str, name: str) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.add(Unit(code=code, name=name, parent_code="79"))
        session.flush()
        session.add(SurveyUnit(survey_id="hai-long", unit_code=code))
        session.commit()


def add_answers(app: Flask, unit: str, forms: int, *, window: str = WINDOW) -> None:
    """Add forms of which every third person is not satisfied with every other item."""
    with app.extensions["parts"].store.writing() as session:
        session.add_all(
            Response(
                id=random_id(),
                survey_id="hai-long",
                unit_code=unit,
                mode="kiosk" if number % 4 == 0 else "phone",
                language="vi",
                window=window,
                answers={item: _answer(number, place) for place, item in enumerate(ITEMS)},
            )
            for number in range(forms)
        )
        session.commit()


def _answer(number: int, place: int) -> str:
    return "2" if number % 3 == 0 and place % 2 == 0 else ("5" if (number + place) % 2 else "4")


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self._inside = False
        self._below = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in {"td", "th"}:
            self.tables[-1][-1].append("")
            self._inside = True
        elif tag == "sup" or ("class", "detail") in attrs:
            self._below = tag

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._inside = False
        if tag == self._below:
            self._below = ""

    def handle_data(self, data: str) -> None:
        if self._inside and not self._below:
            self.tables[-1][-1][-1] += data.strip()


def tables_in(page: str) -> list[list[list[str]]]:
    """Return the tables of a page as rows of cells, without note marks and the intervals beneath estimates."""
    reader = _Tables()
    reader.feed(page)
    return reader.tables
