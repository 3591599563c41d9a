"""What does a process hold and answer that serves only one kind of people?"""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response, request

from survey_app import create_app
from survey_app.settings import create_secrets
from tests.survey_app.building import make_settings, prepare

LOOK = """
import sys
from dataclasses import replace
from datetime import date
from survey_app import create_app
app = create_app(surfaces=("public", "api"))
app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: date(2026, 11, 21))
assert app.test_client().get("/s/hai-long/26734").status_code == 200
assert app.test_client().post("/s/hai-long/26734", data={"A1": "4", "form_id": "0" * 32}).status_code == 303
assert app.test_client().get("/api/v1/openapi.json").status_code == 200
assert app.test_client().get("/api/v1/units").status_code == 401
exec(sys.argv[1])
heavy = {"pandas", "numpy", "scipy", "matplotlib", "pyarrow", "alembic", "docx", "xlsxwriter", "psycopg"}
print(*sorted((heavy | {"survey_app.staff"}) & set(sys.modules)))
"""


def _modules_held(folder: Path, extra: str, database_url: str | None = None) -> list[str]:
    settings = make_settings(folder, database_url=database_url)
    prepare(settings)
    create_secrets(folder / "secrets.toml")
    environ = {**os.environ, "SURVEY_INSTANCE": str(folder), "SURVEY_DATABASE_URL": settings.database_url}
    command = [sys.executable, "-c", LOOK, extra]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.both_databases
def test_a_process_for_respondents_and_systems_holds_nothing_of_staff_or_analysis_and_only_its_driver(
    tmp_path: Path, database_url: str
) -> None:
    held = ["psycopg"] if database_url.startswith("postgresql") else []
    assert _modules_held(tmp_path, "", database_url) == held


def test_the_look_at_the_modules_would_find_them(tmp_path: Path) -> None:
    assert _modules_held(tmp_path, "import pyarrow, alembic") == ["alembic", "numpy", "pyarrow"]


def test_a_surface_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    prepare(make_settings(tmp_path))
    with pytest.raises(ModuleNotFoundError, match=r"survey_app\.fax"):
        create_app(make_settings(tmp_path), ("fax",))


def make_two(folder: Path, proxies: int = 0) -> dict[str, Flask]:
    """Return the two applications of an installation with two host names."""
    settings = replace(
        make_settings(folder, "https://khaosat.vn"), staff_base_url="https://canbo.vn", proxies=proxies
    )
    prepare(settings)
    return {surface: create_app(settings, (surface,)) for surface in ("public", "staff")}


@pytest.mark.parametrize(
    ("surface", "address", "other"),
    [("public", "khaosat.vn/", "canbo.vn"), ("staff", "canbo.vn/staff/login", "khaosat.vn")],
)
def test_each_surface_answers_under_its_own_name_alone(
    tmp_path: Path, surface: str, address: str, other: str
) -> None:
    client = make_two(tmp_path)[surface].test_client()
    own, slash, path = address.partition("/")
    path = slash + path
    assert client.get(path, headers={"Host": own}).status_code == 200
    for host in (other, f"{own}.xau.vn", "xau.vn"):
        response = client.get(path, headers={"Host": host})
        assert response.status_code == 400
        assert host not in response.text


def test_neither_surface_knows_the_addresses_of_the_other(tmp_path: Path) -> None:
    apps = make_two(tmp_path)
    assert apps["public"].test_client().get("/staff/login", headers={"Host": "khaosat.vn"}).status_code == 404
    staff = apps["staff"].test_client()
    assert staff.get("/s/hai-long/26734", headers={"Host": "canbo.vn"}).status_code == 404
    assert staff.get("/", headers={"Host": "canbo.vn"}).location == "/staff/"


def test_without_arguments_the_environment_says_which_surfaces_are_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(make_settings(tmp_path))
    create_secrets(tmp_path / "secrets.toml")
    monkeypatch.setenv("SURVEY_INSTANCE", str(tmp_path))
    for said, wanted in (("public", {"answer", "start"}), ("staff", {"staff", "bootstrap"})):
        monkeypatch.setenv("SURVEY_SURFACES", said)
        assert create_app().blueprints.keys() == wanted | {"health"}
    monkeypatch.delenv("SURVEY_SURFACES")
    assert create_app().blueprints.keys() >= {"answer", "staff", "health"}


FORGED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "xau.vn",
    "X-Forwarded-Port": "444",
    "X-Forwarded-Prefix": "/xau",
    "Forwarded": "for=203.0.113.9;host=xau.vn;proto=https",
}


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1 http"), (1, "198.51.100.7 https")])
def test_who_asks_is_believed_of_our_own_proxy_alone_and_the_host_of_none(
    tmp_path: Path, proxies: int, seen: str
) -> None:
    app = make_two(tmp_path, proxies)["public"]
    app.add_url_rule("/ai", view_func=lambda: Response(f"{request.remote_addr} {request.url}"))
    said = app.test_client().get("/ai", base_url="http://khaosat.vn", headers=FORGED).text
    assert said == f"{seen}://khaosat.vn/ai"
