"""Installations to break: a folder with secrets, and a database in it or on a server of the tests."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from survey_app.preparation import prepare
from tests.faults.kept import Kept, kept
from tests.faults.postmaster import Postmaster, own_postgresql
from tests.survey_app.postgresql import Databases, Server, running_server


@dataclass(frozen=True)
class Installation:
    """A prepared folder and its database; ``before`` is what was stored before anybody answered."""

    folder: Path
    database_url: str
    before: Kept

    @property
    def environ(self) -> dict[str, str]:
        return {"SURVEY_INSTANCE": str(self.folder), "SURVEY_DATABASE_URL": self.database_url}

    @property
    def file(self) -> Path:
        return Path(str(make_url(self.database_url).database))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a prepared installation on SQLite, to be copied."""
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    list(prepare({"SURVEY_INSTANCE": str(folder)}))
    return folder


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    """Start a server that the tests stop and start in order."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="module")
def postmaster() -> Iterator[Postmaster]:
    """Start a server that the tests kill."""
    with own_postgresql() as started:
        yield started


def installed(prepared: Path, folder: Path) -> Installation:
    """Return an installation on SQLite in a folder of its own."""
    shutil.copytree(prepared, folder)
    url = f"sqlite:///{folder / 'survey.sqlite3'}"
    return Installation(folder, url, kept(url))


def installed_on(databases: Databases, prepared: Path, folder: Path) -> Installation:
    """Return an installation on a new database of a server."""
    shutil.copytree(prepared, folder)
    (folder / "survey.sqlite3").unlink()
    url = databases.new()
    list(prepare({"SURVEY_INSTANCE": str(folder), "SURVEY_DATABASE_URL": url}))
    return Installation(folder, url, kept(url))


@pytest.fixture
def installation(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Installation:
    """Return an installation on SQLite, or on the engine of ``parametrize("installation", …, indirect=True)``."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return installed(prepared, tmp_path / "instance")
    return installed_on(request.getfixturevalue("running"), prepared, tmp_path / "instance")
