"""What becomes of the accounts of an older installation, and of newer ones on the way back?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from survey_app.store.engine import open_engine
from survey_app.store.migrate import migrate

BEFORE = "0002"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_engine(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    migrate(opened, BEFORE)
    with opened.begin() as connection:
        names = [{"name": name, "hash": f"hash of {name}"} for name in ("quan-tri", "can-bo")]
        connection.execute(
            text("INSERT INTO staff_account (username, password_hash) VALUES (:name, :hash)"), names
        )
    yield opened
    opened.dispose()


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_who_had_an_account_keeps_the_password_and_is_admin_of_the_whole(engine: Engine) -> None:
    migrate(engine)
    assert rows(engine, "SELECT username, password_hash, active FROM staff_account ORDER BY username") == [
        ("can-bo", "hash of can-bo", 1),
        ("quan-tri", "hash of quan-tri", 1),
    ]
    assert rows(engine, "SELECT username, role, unit_code FROM staff_grant ORDER BY username") == [
        ("can-bo", "admin", None),
        ("quan-tri", "admin", None),
    ]


def test_on_the_way_back_passwords_stay_and_whoever_was_shut_out_stays_out(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE staff_account SET active = false WHERE username = 'can-bo'"))
        connection.execute(
            text("INSERT INTO staff_recovery_code (username, code_hash, used) VALUES ('quan-tri', 'x', false)")
        )
    migrate(engine, BEFORE, down=True)
    assert rows(engine, "SELECT username, password_hash FROM staff_account") == [("quan-tri", "hash of quan-tri")]
    migrate(engine)
    assert rows(engine, "SELECT username, role FROM staff_grant") == [("quan-tri", "admin")]
