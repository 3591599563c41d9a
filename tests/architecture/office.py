"""Which office do the tests of rights walk through? Two provinces, one person for every role, one survey each."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app.services.rights import Grant, Role
from survey_app.services.scopes import Scope
from survey_app.services.unit_tree import below
from survey_app.services.vietnam import load_vietnam
from survey_app.store.models import ApiKey, SurveyUnit, Unit
from tests.survey_app.building import TODAY, make_survey
from tests.survey_app.staff.staff_building import add_person, client_of, make_staff_app, token_in

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

FILLS = {
    "own": {"survey_id": "hai-long", "unit_code": "26734", "prefix": "k" + "a" * 9},
    "other": {"survey_id": "khac", "unit_code": "00004", "prefix": "k" + "b" * 9},
}
"""What stands in the placeholders of addresses for something of the own and of the other province."""

EITHER = {"name": "index.csv", "upload_id": KEY, "filename": "staff.css", "report_id": KEY}
EITHER |= {"what": "units", "code": "1.1"}


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


def make_office(folder: Path) -> Flask:
    """Return an application of every surface with two provinces, a survey in each, a person of every role."""
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
        for side in FILLS.values():
            session.add(_key(side["prefix"], side["unit_code"]))
        session.commit()
        part = Scope(("79",), below(session, "79")).mark()
    for survey_id, key in (("hai-long", KEY), ("hai-long", f"{part}-{KEY}"), ("khac", KEY)):
        made = folder / "results" / survey_id / key
        made.mkdir(parents=True)
        (made / "index.csv").write_text("x", encoding="utf-8")
    app.extensions["part"] = part
    return app


def _key(prefix: str, unit_code: str) -> ApiKey:
    return ApiKey(
        prefix=prefix,
        system="Một cửa",
        scopes=["units:read"],
        unit_code=unit_code,
        secret_hash="0" * 64,
        created_on=TODAY,
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


def path_of(app: Flask, route: Route, side: str, role: str) -> str:
    """Return the route's address with something of the own or the other province in its placeholders."""
    limited = role in ROLES and ROLES[role][0].unit_code is not None
    keys = {"key": f"{app.extensions['part']}-{KEY}" if limited and side == "own" else KEY}
    fills = EITHER | keys | FILLS.get(side, {})
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: fills[found[1]], route.address)


def client_as(app: Flask, role: str) -> FlaskClient:
    """Return a client of a person with this role, or of nobody."""
    return app.test_client() if role == ANONYMOUS else client_of(app, role)


def ask(app: Flask, route: Route, side: str, role: str) -> TestResponse:
    """Send a request as this role, with the token of its session where something is changed."""
    client = client_as(app, role)
    path = path_of(app, route, side, role)
    if route.method == "GET":
        return client.get(path)
    data: dict[str, Any] = {"file": (io.BytesIO(b"x"), "x.csv")} if route.endpoint == "staff.take_counts" else {}
    if route.endpoint.startswith("staff."):
        data["csrf_token"] = token_in(client.get("/staff/login" if role == ANONYMOUS else "/staff/").text)
    return client.open(path, method=route.method, data=data)


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
