"""What does a visit cost a person on a slow line, and what does it leave behind?"""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from survey_app.commands.preparation import prepare
from survey_app.store import open_store
from survey_app.store.models import Response
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import FORM, make_app

MOST_BYTES = 12_000
MOST_REQUESTS = 2
EXAMPLE = "/s/mau/99001"
SECRET = "BÍ-MẬT-0912345678"


def _weigh(page: Page, address: str) -> tuple[int, int]:
    """Return the bytes over the wire, headers included, and the number of requests of a first view."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_of: list[float] = []
    requested: list[str] = []
    session.on("Network.loadingFinished", lambda event: bytes_of.append(event["encodedDataLength"]))
    page.on("request", lambda request: requested.append(request.url))
    page.goto(address, wait_until="networkidle")
    session.detach()
    return int(sum(bytes_of)), len([url for url in requested if not url.startswith("data:")])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form_weighs_little_and_comes_in_one_piece(
    tmp_path: Path, serve: Serve, open_page: OpenPage, language: str
) -> None:
    weight, requests = _weigh(open_page(), f"{serve(make_app(tmp_path))}{FORM}?lang={language}")
    assert 9_000 < weight <= MOST_BYTES
    assert requests == MOST_REQUESTS


@pytest.mark.parametrize("questionnaire_id", ["sipas-2017", "sipas-2022", "sipas-2024"])
def test_the_longest_forms_stay_within_the_limit_with_their_script(
    tmp_path: Path, serve: Serve, open_page: OpenPage, questionnaire_id: str
) -> None:
    address = serve(make_app(tmp_path, questionnaire_id=questionnaire_id)) + FORM
    page = open_page()
    assert _weigh(page, address)[0] <= MOST_BYTES
    # The browser keeps the script, so another visit costs the page alone.
    again, _ = _weigh(page, address)
    assert 5_000 < again < 9_000


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    list(prepare({"SURVEY_INSTANCE": str(folder)}))
    return folder


@pytest.fixture(scope="module")
def gunicorn(instance: Path) -> Iterator[int]:
    """Serve the prepared installation as it is served in an office: two processes of many threads."""
    with socket.create_server(("127.0.0.1", 0)) as door, (instance / "server.log").open("w") as log:
        # The door is open before the server is: the first visit waits in it.
        bind = ["--bind", f"fd://{door.fileno()}", "--workers", "2", "--threads", "8", "--no-control-socket"]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *bind, "survey_app:create_app(surfaces=('public',))"],
            env={**os.environ, "SURVEY_INSTANCE": str(instance)},
            pass_fds=(door.fileno(),),
            stdout=log,
            stderr=log,
        )
        yield door.getsockname()[1]
        server.terminate()
        server.wait(timeout=20)


def _visit(port: int, method: str, path: str, body: str | None = None) -> int:
    headers = {"User-Agent": "Trinh-duyet-la", "X-Forwarded-For": "203.0.113.7"}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request(method, path, body, headers)
        reply = line.getresponse()
        reply.read()
        return reply.status


def _send(port: int, form_id: str) -> int:
    return _visit(port, "POST", EXAMPLE, urlencode({"A1": "4", "Y1": SECRET, "form_id": form_id}))


def test_two_processes_thank_fifty_times_and_keep_one_row(gunicorn: int, instance: Path) -> None:
    def rows() -> int:
        store = open_store(f"sqlite:///{instance / 'survey.sqlite3'}")
        with store.reading() as session:
            count = session.query(Response).count()
        store.engine.dispose()
        return count

    before = rows()
    ids = [f"{number:032x}" for number in range(4)]
    with ThreadPoolExecutor(20) as pool:
        thanked = list(pool.map(lambda form_id: _send(gunicorn, form_id), ids * 50))
    assert thanked == [303] * 200
    assert rows() == before + 4


def test_the_server_writes_down_nothing_of_the_person(gunicorn: int, instance: Path) -> None:
    assert _send(gunicorn, "beef" * 8) == 303
    assert _visit(gunicorn, "GET", EXAMPLE) == 200
    log = (instance / "server.log").read_text(encoding="utf-8")
    assert "Listening at" in log
    for kept_out in ("BÍ-MẬT", "0912345678", "203.0.113.7", "Trinh-duyet-la", "beef", EXAMPLE):
        assert kept_out not in log
    held = b"".join(path.read_bytes() for path in instance.glob("survey.sqlite3*"))
    assert "BÍ-MẬT".encode() in held
    for kept_out in ("203.0.113.7", "Trinh-duyet-la", "beef" * 8):
        assert kept_out.encode() not in held
    assert not re.search(r"127\.0\.0\.1(?!:)", log)
