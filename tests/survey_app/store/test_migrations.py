"""Do the migrations lead to the tables of the code, and back, with what is in them?"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Column, Engine, MetaData, String, Table, insert, select, text

from survey_app.store import engine as store_engine
from survey_app.store.engine import open_engine
from survey_app.store.migrate import FOLDER, migrate
from survey_app.store.models import Base
from tests.survey_app.building import make_settings, prepare

pytestmark = pytest.mark.both_databases

# A name for each part of a database, and the text by which it would be made again.
SCHEMA = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL",
    "postgresql": """
        SELECT table_name || '.' || column_name,
          concat_ws(' ', data_type, character_maximum_length, is_nullable, column_default)
          FROM information_schema.columns WHERE table_schema = 'public'
        UNION SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION SELECT tablename || '.index ' || indexname, indexdef
          FROM pg_indexes WHERE schemaname = 'public'
        UNION SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
          FROM pg_trigger WHERE NOT tgisinternal
        UNION SELECT 'function ' || proname, pg_get_functiondef(oid)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
}
# What a column takes that a check constraint keeps to certain words.
WORDS = {"basis": "voluntary"}
VALUES = {
    date: date(2026, 9, 1),
    datetime: datetime(2026, 9, 1),  # noqa: DTZ001 — columns of time hold no zone
    bool: True,
    int: 1,
    float: 1.0,
    object: {"A1": "4"},
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    opened = open_engine(database_url)
    migrate(opened)
    yield opened
    opened.dispose()


def _schema(engine: Engine) -> dict[str, str]:
    """Return the text of each table, column, constraint, index, trigger and function."""
    with engine.connect() as connection:
        found = connection.execute(text(SCHEMA[engine.dialect.name])).all()
    return {name: " ".join(made.split()) for name, made in found if "alembic" not in name}


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


def _value(column: Column[object]) -> object:
    kind = column.type.python_type
    if kind is str:
        length = column.type.length if isinstance(column.type, String) else None
        return WORDS.get(column.name, "0" * 32)[:length]
    return VALUES[kind]


def _tables(engine: Engine) -> list[Table]:
    reflected = MetaData()
    reflected.reflect(engine)
    return [table for table in reflected.sorted_tables if "alembic" not in table.name]


def _fill(engine: Engine) -> None:
    """Put a row into every table; every key is the same, so that every reference leads somewhere."""
    for table in _tables(engine):
        with engine.begin() as connection:
            connection.execute(insert(table).values({column.name: _value(column) for column in table.columns}))


def _rows(engine: Engine) -> dict[str, list[dict[str, object]]]:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in _tables(engine)
        }


def test_the_head_is_what_the_models_say_to_the_letter(engine: Engine) -> None:
    migrated = {name: made for name, made in _schema(engine).items() if "CREATE TRIGGER" not in made}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    migrate(engine, "base", down=True)
    assert _schema(engine) == {}
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
    assert {name: made for name, made in migrated.items() if not name.startswith("function")} == _schema(engine)


def test_a_difference_between_head_and_models_would_be_found(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE response ADD COLUMN created_at TEXT")
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata)


@pytest.mark.parametrize("script", list(_scripts().walk_revisions()), ids=lambda script: script.revision)
def test_each_migration_goes_up_down_and_up_again_and_loses_no_row_of_a_table_that_stays(
    engine: Engine, script: Script
) -> None:
    below = str(script.down_revision or "base")
    if script.revision != store_engine.SCHEMA:
        migrate(engine, script.revision, down=True)
    _fill(engine)
    schema, rows = _schema(engine), _rows(engine)
    assert rows
    assert all(len(kept) == 1 for kept in rows.values())
    migrate(engine, below, down=True)
    schema_below, rows_below = _schema(engine), _rows(engine)
    assert schema_below != schema
    for name, kept in rows_below.items():
        assert len(kept) == 1, f"{name} lost its row on the way down"
        assert kept[0].items() <= rows[name][0].items(), f"{name} changed its row on the way down"
    migrate(engine, script.revision)
    assert _schema(engine) == schema
    # What only the higher revision has a column for is not there below and cannot come back.
    for name, kept in rows_below.items():
        assert kept[0].items() <= _rows(engine)[name][0].items(), f"{name} changed its row on the way up"


def test_migrating_twice_changes_nothing(tmp_path: Path, database_url: str) -> None:
    settings = make_settings(tmp_path, database_url=database_url)
    prepare(settings)
    engine = open_engine(settings.database_url)
    before = _schema(engine), _rows(engine)
    migrate(engine)
    assert (_schema(engine), _rows(engine)) == before
    assert len(before[1]["survey_unit"]) == 2
    engine.dispose()


def test_the_code_asks_for_the_head() -> None:
    assert _scripts().get_current_head() == store_engine.SCHEMA


def test_migrations_are_named_by_number_and_words() -> None:
    for script in _scripts().walk_revisions():
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.doc
