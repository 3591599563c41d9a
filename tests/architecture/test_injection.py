"""Claims about SQL: none is put together from what people send, and no field of any address reaches it as text."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import request
from flask.testing import FlaskClient
from sqlalchemy import text

import survey_app
from survey_app.parts import parts
from tests.architecture.office import API_KEY, Office, Route, client_as, fields_of, make_office, path_of, routes_of
from tests.survey_app.staff.staff_building import token_in

CODE = Path(survey_app.__file__).parent
TAKES_SQL = {"text", "exec_driver_sql", "execute", "scalar", "scalars", "literal_column", "executescript"}

REVIEWED = {
    ("store/postgresql.py", "f'SELECT {names}'"),
    ("store/readiness.py", "write.format(connection.exec_driver_sql(read).scalar_one())"),
    ("store/sqlite.py", "f'PRAGMA {name} = {value}'"),
    ("store/sqlite.py", "f'PRAGMA {name}'"),
    ("store/sqlite.py", "f\"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}\""),
}
"""SQL that is put together: from names in our own code alone, looked at one by one."""

TRUE, FALSE = "' OR '1'='1", "' AND '1'='2"
PAYLOADS = (
    TRUE,
    FALSE,
    "' OR 1=1 --",
    '" OR ""="',
    "1; DROP TABLE response; --",
    "') UNION SELECT username, password_hash FROM staff_account --",
    "' || (SELECT password_hash FROM staff_account) || '",
    "\\'; SELECT pg_sleep(5); --",
    "%' OR name LIKE '%",
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = make_office(tmp_path_factory.mktemp("instance"))
    yield made
    made.close()


def composed(source: str) -> Iterator[str]:
    """Yield every piece of SQL in a source that is put together from parts."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = node.args[0]
        formatted = isinstance(given, ast.JoinedStr | ast.BinOp) or (
            isinstance(given, ast.Call)
            and isinstance(given.func, ast.Attribute)
            and given.func.attr in {"format", "join"}
        )
        if called in TAKES_SQL and formatted:
            yield ast.unparse(given)


def test_no_sql_is_put_together_from_anything_but_names_of_our_own() -> None:
    found = {
        (str(path.relative_to(CODE)), sql)
        for path in CODE.rglob("*.py")
        for sql in composed(path.read_text(encoding="utf-8"))
    }
    assert found == REVIEWED


def test_sql_that_is_put_together_would_be_found() -> None:
    planted = (
        'session.execute(text(f"SELECT * FROM unit WHERE code = \'{code}\'"))\nrun.execute("SELECT " + word)\n'
    )
    assert len(list(composed(planted))) == 2


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in {"input", "select", "textarea"} and name:
            self.found.add(name)


def fields_on_pages(office: Office) -> set[str]:
    """Return the names of all fields that any page offers, and all that any view reads of an address."""
    reader, client = _Names(), client_as(office, "admin")
    for route in routes_of(office.app):
        if route.method == "GET":
            for side in route.sides:
                with client.get(
                    path_of(office, route, side, role="admin", client=client), headers=API_KEY
                ) as page:
                    if page.mimetype == "text/html":
                        reader.feed(page.text)
    asked = {
        name
        for path in CODE.rglob("*.py")
        for name in re.findall(r'request\.args(?:\.get\(|\[)"(\w+)"', path.read_text(encoding="utf-8"))
    }
    return (reader.found | asked) - {"csrf_token"}


def send(office: Office, client: FlaskClient, route: Route, *, payload: str, names: set[str]) -> Any:  # noqa: ANN401 — the answer of a test client
    """Send a payload in every field, or where there is one in the last place of the address."""
    path = path_of(office, route, route.sides[0], role="admin", client=client)
    if route.method == "GET":
        query = "&".join(f"{name}={quote(payload)}" for name in sorted(names))
        return client.get(f"{path}?{query}", headers=API_KEY)
    token = token_in(client.get("/staff/").text)
    spoilt = dict.fromkeys(names, payload) | {"form_id": "f" * 32, "csrf_token": token}
    spoilt |= {name: value for name, value in fields_of(route, token).items() if name == "file"}
    return client.open(path, method=route.method, data=spoilt, headers=API_KEY)


def test_no_field_of_any_address_is_understood_as_sql(office: Office) -> None:
    office.restore()
    names, tried = fields_on_pages(office), 0
    assert {"q", "username", "unit", "A1", "period", "old", "account"} <= names
    for route in routes_of(office.app):
        for payload in PAYLOADS if route.method == "GET" else PAYLOADS[:3]:
            if route.method != "GET":
                office.restore()
                office.app.extensions["staff"].throttle._tries.clear()
            with send(office, client_as(office, "admin"), route, payload=payload, names=names) as answer:
                assert answer.status_code < 500, (route, payload)
                assert "$argon2id$" not in answer.text, (route, payload)
            tried += 1
    assert tried > 500
    assert "CREATE TABLE response" in office.contents()


def test_no_place_in_any_address_is_understood_as_sql(office: Office) -> None:
    office.restore()
    client = client_as(office, "admin")
    for route in (one for one in routes_of(office.app) if one.method == "GET" and one.places):
        for payload in PAYLOADS:
            path = re.sub(r"<(?:path:)?\w+>", quote(payload, safe=""), route.address)
            with client.get(path, headers=API_KEY) as answer:
                assert answer.status_code in {303, 404}, (route, payload)


def leaky() -> str:
    """Look up a unit as nobody should."""
    with parts().store.reading() as session:
        wanted = request.args.get("q", "")
        hole = f"SELECT password_hash FROM staff_account WHERE username = '{wanted}'"  # noqa: S608 — has to be found
        return " ".join(session.scalars(text(hole)))


def test_a_field_that_is_understood_as_sql_would_be_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(office.app.view_functions, "start.every_survey", leaky)
    route = next(route for route in routes_of(office.app) if route.endpoint == "start.every_survey")
    with send(office, client_as(office, "admin"), route, payload=TRUE, names={"q"}) as answer:
        assert "$argon2id$" in answer.text
