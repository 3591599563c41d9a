"""Is what was acknowledged really on the disk? The way to the database, refused where it promises less."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from survey_app.store import postgresql, sqlite
from survey_app.store.trouble import StoreRefused, StoreUnreachable

SCHEMA = "0006"
"""The migration that this code reads and writes."""


_UNPREPARED = "Chưa có cơ sở dữ liệu hoặc chưa được chuẩn bị. Chạy: flask --app survey_app prepare"


class Store(Protocol):
    """The database of a running application."""

    @property
    def engine(self) -> Engine:
        """Return the pool of connections."""
        ...

    def reading(self) -> AbstractContextManager[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """Give a session that alone may write; the caller commits once, otherwise nothing is kept."""
        ...

    def adding(self) -> AbstractContextManager[Session]:
        """Give a session for rows whose unique keys alone keep them apart; where possible many add at once.

        What it read may be outdated when it commits: who looks first and then acts takes ``writing``.
        """
        ...


def open_engine(database_url: str) -> Engine:
    """Return the engine of SQLite or PostgreSQL; raise StoreRefused for any other database."""
    try:
        url = make_url(database_url)
        if url.get_backend_name() == "sqlite":
            return sqlite.open_engine(url)
        if url.drivername in {"postgresql", "postgresql+psycopg"}:
            return postgresql.open_engine(url)
    except ArgumentError:
        pass
    raise StoreRefused(
        "SURVEY_DATABASE_URL cần dạng “postgresql://tài-khoản@máy-chủ/cơ-sở-dữ-liệu” hoặc "
        "“sqlite:////đường/dẫn/tệp”. Sửa lại, hoặc bỏ biến này để dùng tệp SQLite trong thư mục cài đặt."
    )


def open_store(database_url: str) -> Store:
    """Return the store of a prepared, durable database; raise StoreRefused for any other."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            refuse_broken_promises(connection)
            _refuse_other_schema(connection)
    except OperationalError as trouble:
        if engine.dialect.name == "postgresql":
            raise StoreUnreachable(postgresql.unreachable(engine.url, trouble)) from None
        raise StoreRefused(_UNPREPARED) from None
    except ProgrammingError:
        raise StoreRefused(_UNPREPARED) from None
    finally:
        # Workers may be forked after this; none may inherit an open connection.
        engine.dispose()
    return store_over(engine)


def store_over(engine: Engine) -> Store:
    """Return the store of an engine, prepared and durable or not."""
    return (
        postgresql.PostgreSQLStore(engine) if engine.dialect.name == "postgresql" else sqlite.SQLiteStore(engine)
    )


def refuse_broken_promises(connection: Connection) -> None:
    """Read the durability settings back and raise where one does not hold.

    PostgreSQL's are read as each connection is made; here nothing is left to ask.
    """
    if connection.dialect.name == "sqlite":
        sqlite.refuse_broken_promises(connection)


def take_turn(connection: Connection) -> None:
    """Let a connection alone write from here on, until it commits; in ``Store.writing`` it already does."""
    if connection.dialect.name == "postgresql":
        postgresql.take_turn(connection)


def let_take_long(connection: Connection) -> None:
    """Set no end to the statements of this transaction, which exports or changes tables."""
    if connection.dialect.name == "postgresql":
        postgresql.let_take_long(connection)


def _refuse_other_schema(connection: Connection) -> None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != SCHEMA:
        raise StoreRefused(
            f"Cấu trúc cơ sở dữ liệu là bản {found}, chương trình cần bản {SCHEMA}. "
            "Chạy: flask --app survey_app prepare"
        )
