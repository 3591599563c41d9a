"""Do the migrations lead to the tables of the code, and back, with what is in them?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from survey_app.store import engine as store_engine
from survey_app.store.engine import open_engine
from survey_app.store.migrate import FOLDER, migrate
from survey_app.store.models import Base
from tests.survey_app.building import make_settings, prepare


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    yield opened
    opened.dispose()


def _tables(engine: Engine) -> dict[str, str]:
    """Return the statement that makes each table and index."""
    query = text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'")
    with engine.connect() as connection:
        return {name: " ".join(sql.split()) for name, sql in connection.execute(query)}


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def test_the_head_is_what_the_models_say_to_the_letter(engine: Engine, tmp_path: Path) -> None:
    migrate(engine)
    by_models = open_engine(f"sqlite:///{tmp_path / 'b.sqlite3'}")
    with by_models.begin() as connection:
        Base.metadata.create_all(connection)
    assert _tables(engine) == _tables(by_models)
    by_models.dispose()
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_difference_between_head_and_models_would_be_found(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE response ADD COLUMN created_at TEXT")
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)


def test_the_code_asks_for_the_head() -> None:
    assert _scripts().get_current_head() == store_engine.SCHEMA


def test_migrations_are_named_by_number_and_words() -> None:
    for script in _scripts().walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.doc


def test_every_migration_goes_up_down_and_up_again_with_rows_in_it(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    prepare(settings)
    engine = open_engine(settings.database_url)
    for script in _scripts().walk_revisions():
        before = _tables(engine)
        migrate(engine, str(script.down_revision or "base"), down=True)
        assert _tables(engine) != before
        migrate(engine)
        assert _tables(engine) == before
    engine.dispose()


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    prepare(settings)
    engine = open_engine(settings.database_url)
    migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM survey_unit")).scalar() == 2
    engine.dispose()
