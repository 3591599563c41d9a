"""Do the menu, the choice of colours, what is said after a deed and the pages about trouble keep to the person?"""

import re
from collections.abc import Iterator
from pathlib import Path

import flask_bootstrap
import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app import create_app, staff
from survey_app.services.access.rights import RIGHTS, Access, Grant, Role
from survey_app.staff import desk, gate, navigation
from tests.survey_app.building import make_settings, prepare
from tests.survey_app.staff.staff_building import client_of, close, make_staff_app, token_in

AWAITED: set[str] = set()
"""Parts of the menu that are not built yet."""


@pytest.fixture(scope="module")
def building(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"))
    yield made
    close(made)


@pytest.fixture
def app(building: Flask) -> Flask:
    desk.install(building)
    return building


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return client_of(app)


def marked(menu: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the links of a menu that say where the page is."""
    return [(words, mark) for words, mark in menu if mark]


def menu_of(page: str) -> list[tuple[str, str]]:
    """Return words and mark of the links in the menu of a wide screen."""
    menu = page.partition('<nav class="pages"')[2].partition("</nav>")[0]
    return [
        (words, mark) for mark, words in re.findall(r'<a href="[^"]+"(?: aria-current="(\w+)")?>([^<]+)</a>', menu)
    ]


def test_every_entry_of_the_menu_leads_to_a_view_that_asks_for_the_same_right(app: Flask) -> None:
    there = {entry for entry in navigation.ENTRIES if entry.endpoint in app.view_functions}
    assert {entry.endpoint.removeprefix("staff.") for entry in {*navigation.ENTRIES} - there} == AWAITED
    for entry in there:
        assert gate._needed[entry.endpoint] is entry.right


def test_a_page_is_marked_in_the_menu_and_so_is_the_part_that_a_page_below_belongs_to(client: FlaskClient) -> None:
    assert marked(menu_of(client.get("/staff/").text)) == [("Đợt khảo sát", "page")]
    assert ("Kết quả", "page") in menu_of(client.get("/staff/results").text)
    assert marked(menu_of(client.get("/staff/results/hai-long").text)) == [("Kết quả", "true")]


def test_the_menu_shows_what_the_person_was_granted_and_nobody_sees_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    access = Access("can-bo-xa", (Grant(Role.CLERK, "26734"),))
    monkeypatch.setattr(gate, "_access", lambda: access)
    shown = menu_of(client_of(app).get("/staff/").text)
    assert [words for words, _ in shown] == ["Đợt khảo sát", "Đơn vị", "Tài khoản của tôi"]
    assert not {entry.right for entry in navigation.ENTRIES} <= RIGHTS[Role.CLERK]
    monkeypatch.undo()
    assert menu_of(app.test_client().get("/staff/login").text) == []


def test_a_page_below_another_says_where_it_is(client: FlaskClient) -> None:
    trail = client.get("/staff/results/hai-long").text.partition('<nav class="trail"')[2].partition("</nav>")[0]
    assert '<a href="/staff/results">Kết quả</a>' in trail
    assert '<li aria-current="page">Khảo sát sự hài lòng năm 2026</li>' in trail
    assert '<nav class="trail"' not in client.get("/staff/results").text


@pytest.mark.parametrize(
    ("look", "media"), [("light", None), ("dark", "screen"), ("auto", "screen and (prefers-color-scheme: dark)")]
)
def test_a_chosen_look_is_kept_and_leaves_the_address_as_it_was(
    client: FlaskClient, look: str, media: str | None
) -> None:
    chosen = client.get(f"/staff/counts?lang=en&look={look}")
    assert chosen.status_code == 303
    assert chosen.location == "/staff/counts?lang=en"
    kept = chosen.headers["Set-Cookie"]
    assert kept.startswith(f"look={look};")
    assert all(f"; {part}" in kept for part in ("HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=31536000"))
    page = client.get("/staff/").text
    found = re.search(r'dark\.css[^>]* media="([^"]+)"', page)
    assert (found and found[1]) == media
    assert re.search(rf'look={look}" aria-current="true"', page)


def test_a_look_that_there_is_not_is_not_kept_and_none_leads_elsewhere(client: FlaskClient) -> None:
    for asked in ("/staff/?look=%22%3E%3Cscript%3E", "/staff/counts?look=pink", "/staff/?look="):
        response = client.get(asked)
        assert response.location in {"/staff/", "/staff/counts"}
        assert "look" not in response.headers.get("Set-Cookie", "")
    assert client.get("/staff//xau.example?look=dark").headers.get("Location", "/staff/").startswith("/staff/")
    client.set_cookie("look", "</html>")
    assert "prefers-color-scheme: dark" in client.get("/staff/").text


def test_over_https_the_look_is_kept_under_a_name_that_binds_it_to_this_host(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "https://localhost")
    prepare(settings)
    app = create_app(settings, ("staff",))
    kept = app.test_client().get("/staff/login?look=dark").headers["Set-Cookie"]
    assert kept.startswith("__Host-look=dark;")
    assert "; Secure" in kept
    close(app)


def test_dark_colours_say_everything_that_bootstrap_says_of_them() -> None:
    package = Path(flask_bootstrap.__file__).parent / "static/bootstrap5/css/bootstrap.min.css"
    theirs = re.search(r"\[data-bs-theme=dark\]\{color-scheme:dark;(.*?)\}", package.read_text(encoding="utf-8"))
    assert theirs is not None
    wanted = set(re.findall(r"(--bs-[\w-]+):", theirs[1]))
    assert len(wanted) > 40
    ours = Path(staff.__file__).parents[1] / "static/dark.css"
    assert wanted <= set(re.findall(r"(--bs-[\w-]+):", ours.read_text(encoding="utf-8")))


def test_what_destroys_names_its_consequence_first_and_what_is_gone_cannot_be_asked_about(
    client: FlaskClient,
) -> None:
    for method in ("GET", "POST"):
        token = token_in(client.get("/staff/").text)
        asked = client.open(
            "/staff/counts/" + "0" * 32 + "/delete",
            method=method,
            data={"csrf_token": token} if method == "POST" else None,
        )
        assert asked.status_code == 404


TROUBLE = [
    (("GET", "/staff/khong-co"), 404, "Không tìm thấy trang"),
    (("GET", "/staff/results/khong-co"), 404, "Không tìm thấy đợt khảo sát"),
    (("PUT", "/staff/counts"), 405, "Không tìm thấy trang"),
    (("POST", "/staff/logout"), 400, "Trang đã mở quá lâu"),
]


@pytest.mark.parametrize(("asked", "status", "title"), TROUBLE)
def test_trouble_on_the_staff_pages_keeps_their_look_and_offers_the_way_back(
    client: FlaskClient, asked: tuple[str, str], status: int, title: str
) -> None:
    method, path = asked
    response = client.open(path, method=method)
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in response.text
    assert '<a class="btn btn-primary" href="/staff/">Về trang đầu dành cho cán bộ</a>' in response.text
    assert "style-src 'self'" in response.headers["Content-Security-Policy"]
    assert len(menu_of(response.text)) >= 3
    assert "nơi làm thủ tục" not in response.text


def test_who_is_refused_for_want_of_a_right_stays_inside_the_staff_pages(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "_access", lambda: Access("can-bo-xa", (Grant(Role.CLERK, "26734"),)))
    response = client_of(app).get("/staff/results/hai-long")
    assert response.status_code == 403
    assert "Tài khoản không có quyền này" in response.text
    assert [words for words, _ in menu_of(response.text)] == ["Đợt khảo sát", "Đơn vị", "Tài khoản của tôi"]


def test_a_stranger_and_another_host_are_told_nothing_of_the_staff(app: Flask) -> None:
    page = app.test_client().get("/staff/khong-co")
    assert page.status_code == 404
    assert menu_of(page.text) == []
    other = app.test_client().get("/staff/", headers={"Host": "xau.example"})
    assert other.status_code == 400
    assert "xau" not in other.text


def test_trouble_with_the_database_while_a_page_about_trouble_is_drawn_is_survived(app: Flask) -> None:
    client, store = client_of(app), app.extensions["parts"].store
    with store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE staff_account RENAME TO gone")
        session.commit()
    assert client.get("/staff/khong-co").status_code == 404
    busy = client.get("/staff/")
    assert busy.status_code == 503
    assert busy.headers["Retry-After"] == "10"
    assert "Hệ thống đang bận" in busy.text
    with store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE gone RENAME TO staff_account")
        session.commit()
    assert client.get("/staff/").status_code == 200
