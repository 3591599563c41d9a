"""The application that most tests begin with: one open survey, two communes, nobody has answered."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from survey_app.store import Store
from tests.survey_app.building import make_app
from tests.survey_app.postgresql import Databases, Server, make_template, running_server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test twice whose claim is about both databases: ``pytestmark = pytest.mark.both_databases``."""
    both = metafunc.definition.get_closest_marker("both_databases")
    if both is not None and "database_url" in metafunc.fixturenames:
        metafunc.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """Start a server that the tests may stop and start."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Return where databases are made: the server of TEST_DATABASE_URL (as a superuser), else one of our own."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return Databases(make_url(given))
    started: Server = request.getfixturevalue("postgresql_server")
    return started


@pytest.fixture(scope="session")
def template(databases: Databases) -> str:
    return make_template(databases)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the address of a new database: a file, or a database of a real server with its tables made."""
    if getattr(request, "param", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'survey.sqlite3'}"
        return
    databases: Databases = request.getfixturevalue("databases")
    made = databases.new(request.getfixturevalue("template"))
    yield made
    databases.drop(made)


@pytest.fixture
def app(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    made = make_app(tmp_path, database_url=database_url)
    yield made
    made.extensions["parts"].store.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def store(app: Flask) -> Store:
    found: Store = app.extensions["parts"].store
    return found
