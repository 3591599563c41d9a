"""Does a process say that it is ready only where an answer would be kept, and does asking leave nothing?"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from survey_app.settings import create_secrets
from survey_app.store import Store
from survey_app.store.readiness import DiskFull, _prove_room, prove
from tests.survey_app.building import make_app, make_settings, prepare


class Clock:
    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock(app: Flask) -> Clock:
    found = Clock()
    app.extensions["readiness"].clock = found
    return found


def dump(path: Path) -> Iterator[str]:
    with closing(connect(path)) as database:
        yield from database.iterdump()
        yield str(database.execute("PRAGMA user_version").fetchone())


@pytest.mark.parametrize("surfaces", [("public",), ("staff",), ("public", "staff")])
def test_every_surface_says_that_it_lives_and_is_ready_and_nothing_more(
    tmp_path: Path, surfaces: tuple[str, ...]
) -> None:
    app = make_app(tmp_path, surfaces)
    for path in ("/livez", "/healthz"):
        response = app.test_client().get(path)
        assert (response.status_code, response.text) == (200, "OK\n")
        assert response.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in response.headers


def test_the_proof_leaves_the_database_and_its_folder_as_they_were(store: Store) -> None:
    path = Path(str(store.engine.url.database))
    before = (list(dump(path)), sorted(path.parent.iterdir()))
    with closing(connect(path)) as keeps_the_log:
        keeps_the_log.execute("PRAGMA user_version").fetchone()
        log = path.with_name(f"{path.name}-wal")
        sizes = []
        for _ in range(3):
            prove(store)
            sizes.append(log.stat().st_size)
    assert sizes[0] < sizes[1] < sizes[2], "nothing was written"
    store.engine.dispose()
    assert (list(dump(path)), sorted(path.parent.iterdir())) == before


def test_a_database_that_is_gone_makes_the_process_unready_and_not_dead(
    client: FlaskClient, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/healthz").status_code == 200
    with store.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE alembic_version RENAME TO gone")
        session.commit()
    clock.seconds += 10
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (503, "Service Unavailable\n")
    assert response.headers["Retry-After"] == "10"
    assert caplog.messages == ["StoreUnavailable (OperationalError) in health.say_ready"]
    assert client.get("/livez").status_code == 200


def test_asking_again_and_again_writes_once_in_a_while(client: FlaskClient, store: Store, clock: Clock) -> None:
    commits: list[object] = []
    event.listen(store.engine, "commit", commits.append)
    for _ in range(50):
        client.get("/healthz")
    assert len(commits) == 1
    clock.seconds += 2
    client.get("/healthz")
    assert len(commits) == 2


def test_a_folder_that_takes_no_file_is_a_full_disk(tmp_path: Path) -> None:
    _prove_room(tmp_path)
    with pytest.raises(DiskFull):
        _prove_room(tmp_path / "none")


FULL = """
import resource
from survey_app import create_app
app = create_app(surfaces=("public",))
client, ready = app.test_client(), app.extensions["readiness"]
def ask(most):
    ready.clock, hard = lambda: 0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    ready._asked = None
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if most is None else most, hard))
    return client.get("/healthz").status_code
asked = [ask(most) for most in (None, 0, None)]
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
print(*asked)
"""


def test_a_disk_that_takes_nothing_more_makes_the_process_unready_until_there_is_room(tmp_path: Path) -> None:
    prepare(make_settings(tmp_path))
    create_secrets(tmp_path / "secrets.toml")
    environ = {**os.environ, "SURVEY_INSTANCE": str(tmp_path)}
    told = subprocess.run(
        [sys.executable, "-c", FULL], env=environ, capture_output=True, text=True, check=True
    ).stdout
    assert told.split() == ["200", "503", "200"]
