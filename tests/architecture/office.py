"""Which office do the tests of rights walk through? Two provinces, one person for every role, one survey each."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from analysis.periods import window_of
from survey_app.services.access import sessions
from survey_app.services.access.rights import Grant, Role
from survey_app.services.access.scopes import Scope
from survey_app.services.organisation.tree import below
from survey_app.services.organisation.vietnam import load_vietnam
from survey_app.store.models import ApiKey, StaffGrant, StaffSession, SurveyUnit, Unit
from tests.survey_app.building import TODAY, make_survey
from tests.survey_app.staff.staff_building import PASSWORD, add_person, client_of, make_staff_app, token_in

ROLES = {
    "admin": (Grant(Role.ADMIN), None),
    "unit-admin": (Grant(Role.ADMIN, "79"), "79"),
    "analyst": (Grant(Role.ANALYST), None),
    "office": (Grant(Role.OFFICE, "79"), "79"),
    "clerk": (Grant(Role.CLERK, "26734"), "26734"),
    "inspector": (Grant(Role.INSPECTOR), None),
    "auditor": (Grant(Role.AUDITOR), None),
}
"""A person of each role, named like it: the grant and the home unit. Province 79 is the own unit, 01 the other."""

ANONYMOUS = "anonymous"
KEY = "0" * 32
API_SECRET = "x" * 43
API_KEY = {"Authorization": f"Bearer {'k' + 'a' * 9}.{API_SECRET}"}
"""What a system of the own province sends."""

FILLS = {
    "own": {
        "survey_id": "hai-long",
        "unit_code": "26734",
        "username": "nguoi-79",
        "grant_id": "1" * 32,
        "session_key": "1" * 64,
        "prefix": "k" + "a" * 9,
    },
    "other": {
        "survey_id": "khac",
        "unit_code": "00004",
        "username": "nguoi-01",
        "grant_id": "2" * 32,
        "session_key": "2" * 64,
        "prefix": "k" + "b" * 9,
    },
}
"""What stands in the placeholders of addresses for something of the own and of the other province."""

EITHER = {"name": "index.csv", "upload_id": KEY, "filename": "staff.css", "report_id": KEY}
EITHER |= {"what": "units", "code": "1.1"}

FORMS: dict[str, dict[str, str]] = {
    "staff.change_password": {"old": PASSWORD, "new": "bốn con mèo đen ngủ", "again": "bốn con mèo đen ngủ"},
    "staff.start_second_factor": {"password": PASSWORD},
    "staff.drop_second_factor": {"password": PASSWORD},
    "staff.create_account": {"username": "nguoi-moi", "full_name": "Người Mới", "unit": "26734", "role": "clerk"},
    "staff.change_account": {"full_name": "Tên Mới", "unit": "26734"},
    "staff.give_grant": {"role": "office", "unit": "26737"},
    "answer.take_form": {"A1": "4", "form_id": KEY},
}
"""What is sent to an address that changes something, where that needs more than the token."""


@dataclass(frozen=True)
class Route:
    """An address of the URL map with one method."""

    endpoint: str
    method: str
    address: str

    @property
    def places(self) -> set[str]:
        """Return the names of the placeholders."""
        return set(re.findall(r"<(?:\w+:)?(\w+)>", self.address))

    @property
    def sides(self) -> tuple[str, ...]:
        """Return the cases that the address can ask about: own and other unit, or neither."""
        return ("own", "other") if self.places & set(FILLS["own"]) else ("-",)


@dataclass
class Office:
    """The application, and its database as it was, to which every request that changes something goes back."""

    app: Flask
    part: str
    _kept: sqlite3.Connection = field(default_factory=lambda: sqlite3.connect(":memory:"))

    def keep(self) -> None:
        """Remember the database as it is now."""
        with closing(sqlite3.connect(self._path)) as live:
            live.backup(self._kept)

    def restore(self) -> None:
        """Bring the database back to what was remembered."""
        with closing(sqlite3.connect(self._path)) as live:
            self._kept.backup(live)

    def contents(self) -> str:
        """Return everything that the database holds."""
        with closing(sqlite3.connect(self._path)) as live:
            return "\n".join(live.iterdump())

    def close(self) -> None:
        """Let go of the database."""
        self._kept.close()
        self.app.extensions["parts"].store.engine.dispose()

    @property
    def _path(self) -> str:
        return str(self.app.extensions["parts"].store.engine.url.database)


def make_office(folder: Path) -> Office:
    """Return an application with two provinces, a survey in each, and a person of every role."""
    app = make_staff_app(folder, ("public", "staff", "api"))
    with app.extensions["parts"].store.writing() as session:
        session.add(Unit(code="01", name="Thành phố Núi Cao"))
        session.flush()
        session.add(Unit(code="00004", name="Phường Đỉnh Mây", parent_code="01"))
        survey = make_survey()
        survey.id = "khac"
        session.add(survey)
        session.flush()
        session.add_all(SurveyUnit(survey_id=name, unit_code="00004") for name in ("hai-long", "khac"))
        # All there are, so that no request below changes what stands under a province.
        load_vietnam(session, account="a")
        for name, (grant, home) in ROLES.items():
            add_person(session, name, grant, home=home)
        for side, home in (("own", "26734"), ("other", "00004")):
            _add_somebody(session, side, home)
            session.add(_key(FILLS[side]["prefix"], home))
        session.commit()
        part = Scope(("79",), below(session, "79")).mark()
    for survey_id, key in (("hai-long", KEY), ("hai-long", f"{part}-{KEY}"), ("khac", KEY)):
        made = folder / "results" / survey_id / key
        made.mkdir(parents=True)
        (made / "index.csv").write_text("x", encoding="utf-8")
    office = Office(app, part)
    office.keep()
    return office


def _add_somebody(session: Session, side: str, home: str) -> None:
    """Add a person of a commune, with a grant and a session whose ids the addresses name."""
    fills = FILLS[side]
    add_person(session, fills["username"], home=home)
    session.add(StaffGrant(id=fills["grant_id"], username=fills["username"], role=Role.CLERK, unit_code=home))
    times = {"began": 2_000_000_000, "seen": 2_000_000_000}
    session.add(
        StaffSession(
            key=fills["session_key"],
            username=fills["username"],
            password_mark="x",
            device="Chrome/Windows",
            **times,
        )
    )


def _key(prefix: str, unit_code: str) -> ApiKey:
    return ApiKey(
        prefix=prefix,
        system="Một cửa",
        scopes=["units:read", "surveys:read"],
        unit_code=unit_code,
        secret_hash=sha256(API_SECRET.encode()).hexdigest(),
        created_on=TODAY,
        last_window=window_of(TODAY),
    )


def routes_of(app: Flask) -> list[Route]:
    """Return every address of the application once for each of its methods."""
    return sorted(
        (
            Route(rule.endpoint, method, rule.rule)
            for rule in app.url_map.iter_rules()
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        ),
        key=lambda route: (route.endpoint, route.method),
    )


def client_as(office: Office, role: str) -> FlaskClient:
    """Return a client of a person with this role, or of nobody."""
    return office.app.test_client() if role == ANONYMOUS else client_of(office.app, role)


def path_of(office: Office, route: Route, side: str, *, role: str, client: FlaskClient) -> str:
    """Return the route's address with something of the own or the other province in its placeholders."""
    limited = role in ROLES and ROLES[role][0].unit_code is not None
    fills = EITHER | {"key": f"{office.part}-{KEY}" if limited and side == "own" else KEY} | FILLS.get(side, {})
    if route.endpoint == "staff.end_own_session" and side == "own":
        with client.session_transaction() as session:
            fills["session_key"] = sessions.key_of(session.get("token", ""))
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: fills[found[1]], route.address)


def fields_of(route: Route, token: str | None) -> dict[str, Any]:
    """Return what is sent to an address that changes something."""
    fields: dict[str, Any] = dict(FORMS.get(route.endpoint, {}))
    if route.endpoint == "staff.take_counts":
        fields["file"] = (io.BytesIO(b"x"), "x.csv")
    return fields | ({"csrf_token": token} if token is not None else {})


def ask(office: Office, route: Route, side: str, role: str) -> TestResponse:
    """Send a request as this role, with the token of its session where something is changed."""
    if route.method != "GET":
        office.restore()
        office.app.extensions["staff"].throttle._tries.clear()
    client = client_as(office, role)
    path = path_of(office, route, side, role=role, client=client)
    if route.method == "GET":
        return client.get(path)
    token = token_in(client.get("/staff/login" if role == ANONYMOUS else "/staff/").text)
    return client.open(path, method=route.method, data=fields_of(route, token))


def meaning(response: TestResponse) -> str:
    """Return what an answer means to the person who asked."""
    response.close()
    if response.status_code == 303 and response.location.startswith("/staff/login"):
        return "login"
    names = {401: "login", 403: "refused", 404: "hidden", 500: "failed", 503: "failed"}
    return names.get(response.status_code, "open")


def cells(app: Flask) -> Iterator[tuple[Route, str, str]]:
    """Yield every route with every side and role."""
    for route in routes_of(app):
        for side in route.sides:
            for role in (ANONYMOUS, *ROLES):
                yield route, side, role
