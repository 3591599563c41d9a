"""Can anything of the staff's be reached without a login, or changed without our form? Every route is asked."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.datastructures import Headers

from survey_app.staff import desk
from survey_app.store.models import StaffAccount
from tests.survey_app.staff.staff_building import client_of, close, make_staff_app, rules_of, token_in

OPEN = {
    ("GET", "staff.static"),
    ("GET", "bootstrap.static"),
    ("GET", "staff.show_login"),
    ("POST", "staff.log_in"),
}
CLOSED = {
    ("POST", "staff.log_out"),
    ("GET", "staff.show_surveys"),
    ("GET", "staff.list_results"),
    ("GET", "staff.show_results"),
    ("GET", "staff.send_result"),
    ("GET", "staff.show_counts"),
    ("POST", "staff.take_counts"),
    ("GET", "staff.send_template"),
    ("GET", "staff.show_reconciliation"),
    ("GET", "staff.send_reconciliation"),
    ("GET", "staff.ask_delete_reconciliation"),
    ("POST", "staff.delete_reconciliation"),
    ("GET", "staff.show_units"),
    ("GET", "staff.show_unit"),
    ("GET", "staff.show_new_unit"),
    ("POST", "staff.create_unit"),
    ("GET", "staff.show_unit_form"),
    ("POST", "staff.change_unit"),
    ("GET", "staff.show_end"),
    ("POST", "staff.end_unit"),
    ("GET", "staff.show_import"),
    ("POST", "staff.take_import"),
    ("POST", "staff.load_country"),
    ("GET", "staff.send_import_template"),
    ("GET", "staff.show_import_report"),
    ("GET", "staff.send_given_back"),
    ("GET", "staff.show_unit_map"),
    ("GET", "staff.show_removal"),
    ("POST", "staff.remove_from_map"),
    ("GET", "staff.show_procedures"),
    ("GET", "staff.show_new_procedure"),
    ("POST", "staff.create_procedure"),
    ("GET", "staff.show_procedure"),
    ("POST", "staff.change_procedure"),
    ("GET", "staff.show_unit_procedures"),
    ("POST", "staff.assign_procedure"),
    ("POST", "staff.withdraw_procedure"),
    ("GET", "staff.show_audit_log"),
    ("GET", "staff.send_audit_log"),
    ("GET", "staff.show_roots"),
    ("POST", "staff.compare_roots"),
    ("GET", "staff.send_roots"),
    ("GET", "staff.show_keys"),
    ("GET", "staff.show_new_key"),
    ("POST", "staff.create_key"),
    ("GET", "staff.show_revoke_key"),
    ("POST", "staff.revoke_key"),
}
UNSAFE = sorted(endpoint for method, endpoint in OPEN | CLOSED if method != "GET")


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"))
    yield made
    close(made)


@pytest.fixture
def app(building: Flask) -> Flask:
    desk.install(building)
    return building


def path_of(app: Flask, endpoint: str) -> str:
    return next(path for _, path, found in rules_of(app) if found == endpoint)


def test_every_route_was_considered(app: Flask) -> None:
    assert {(method, endpoint) for method, _, endpoint in rules_of(app)} == OPEN | CLOSED


def test_without_a_login_every_closed_route_leads_to_the_login(app: Flask) -> None:
    for method, path, endpoint in rules_of(app):
        if (method, endpoint) in CLOSED:
            response = app.test_client().open(path, method=method)
            assert response.status_code == 303, endpoint
            assert response.location.startswith("/staff/login"), endpoint
            assert "hai-long" not in response.text.replace("/staff/results/hai-long", ""), endpoint


def test_a_forged_or_foreign_cookie_opens_nothing(app: Flask) -> None:
    other = make_client_of_another_key(app)
    for value in ("", "x", "eyJ0b2tlbiI6IngifQ.aR_y1A.x", other):
        client = app.test_client()
        client.set_cookie("session", value)
        assert client.get("/staff/").status_code == 303


def make_client_of_another_key(app: Flask) -> str:
    """Return a cookie with a live token, signed by somebody else."""
    stranger = Flask("stranger")
    stranger.secret_key = "another key than that of the application"
    client = stranger.test_client()
    with client.session_transaction() as session:
        session["token"] = app.extensions["staff"].sessions.begin("quan-tri", "x")
    cookie = client.get_cookie("session")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize("endpoint", UNSAFE)
@pytest.mark.parametrize("token", ["none", "wrong", "of another session", "of another kind"])
def test_no_route_that_changes_something_works_without_the_token_of_its_session(
    app: Flask, endpoint: str, token: str
) -> None:
    own, other = client_of(app), client_of(app)
    tokens = {
        "none": None,
        "wrong": "20991231235959##" + "0" * 40,
        "of another session": token_in(other.get("/staff/").text),
        "of another kind": "x",
    }
    own.get("/staff/")
    data: dict[str, object] = {"file": (io.BytesIO(b"x"), "x.csv")}
    if tokens[token] is not None:
        data["csrf_token"] = tokens[token]
    response = own.post(path_of(app, endpoint), data=data)
    assert response.status_code == 400
    assert "mở quá lâu" in response.text
    assert own.get("/staff/").status_code == 200


def test_the_token_of_the_session_is_taken(app: Flask) -> None:
    for endpoint in UNSAFE:
        client = client_of(app)
        token = token_in(client.get("/staff/").text)
        assert client.post(path_of(app, endpoint), data={"csrf_token": token}).status_code != 400, endpoint


def test_a_page_of_another_site_is_refused_even_with_the_token(app: Flask) -> None:
    client = client_of(app)
    token = token_in(client.get("/staff/").text)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert client.post("/staff/logout", data={"csrf_token": token}, headers=headers).status_code == 403


def every_answer(app: Flask, client: FlaskClient) -> Iterator[tuple[str, Headers]]:
    asked = [*rules_of(app), ("PUT", "/staff/counts", "a method that is not taken")]
    asked += [
        ("GET", path, path) for path in ("/staff/khong-co", "/staff/results/khong-co", "/staff/static/khong-co")
    ]
    for method, path, where in asked:
        with client.open(path, method=method) as response:
            yield where, response.headers


@pytest.mark.parametrize("inside", [True, False])
def test_every_route_binds_the_browser_and_allows_no_script(app: Flask, *, inside: bool) -> None:
    for where, headers in every_answer(app, client_of(app) if inside else app.test_client()):
        assert headers["X-Content-Type-Options"] == "nosniff", where
        assert headers["X-Frame-Options"] == "DENY", where
        assert headers["Referrer-Policy"] == "no-referrer", where
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", where
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin", where
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert "script-src" not in policy, where
        assert "unsafe" not in policy, where
        if where not in {"staff.static", "bootstrap.static"}:
            assert headers["Cache-Control"] == "no-store", where


def test_every_view_that_fails_ends_in_a_page_without_a_trace(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("BÍ MẬT")

    client = client_of(app)
    token = token_in(client.get("/staff/").text)
    views = {endpoint: fail for _, endpoint in OPEN | CLOSED}
    for endpoint, view in views.items():
        monkeypatch.setitem(app.view_functions, endpoint, view)
    for method, path, endpoint in rules_of(app):
        response = client.open(path, method=method, data={"csrf_token": token} if method == "POST" else None)
        assert response.status_code == 500, endpoint
        assert "Lỗi thuộc về hệ thống" in response.text
        assert "BÍ MẬT" not in response.text
    assert "BÍ MẬT" not in caplog.text
    assert len(caplog.records) == len(views)


def test_a_login_whose_account_is_gone_opens_nothing(app: Flask) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.add(StaffAccount(username="tam", password_hash="x"))
        session.commit()
    client = client_of(app, "tam")
    assert client.get("/staff/").status_code == 303


def test_a_view_asks_the_database_for_few_rows_of_accounts(app: Flask) -> None:
    asked: list[str] = []
    engine = app.extensions["parts"].store.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    client_of(app).get("/staff/counts")
    assert len([sql for sql in asked if "staff_account" in sql]) == 1


def test_the_style_sheets_come_from_here_and_are_kept_by_version(app: Flask) -> None:
    client = client_of(app)
    page = client.get("/staff/").text
    sheets = [part.split('"')[0] for part in page.split('<link rel="stylesheet" href="')[1:]]
    assert [re.split(r"[/?]", sheet)[-2] for sheet in sheets] == ["bootstrap.min.css", "staff.css", "dark.css"]
    for sheet in sheets:
        assert sheet.startswith("/")
        assert "?v=" in sheet
        with client.get(sheet) as response:
            assert response.mimetype == "text/css"
            assert "max-age=2592000" in response.headers["Cache-Control"]
    assert "<script" not in page
    assert ' style="' not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http://localhost/s/", "")
