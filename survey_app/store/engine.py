"""Is what was acknowledged really on the disk? The way to the database, refused where it promises less."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

SCHEMA = "0006"
"""The migration that this code reads and writes."""

BUSY_SECONDS = 5
"""How long a request waits for its turn to write before it is told to come back."""

# WAL with FULL syncs before a commit returns; secure_delete overwrites what was deleted with zeros.
_PROMISES = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


class StoreUnavailable(RuntimeError):
    """The database cannot serve at present (locked, full, gone): nothing was stored, try again later."""


class StoreRefused(RuntimeError):
    """The application must not start on this database; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Store:
    """The database of a running application."""

    engine: Engine
    _turn: Lock = field(default_factory=Lock)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        with _named_trouble(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that alone may write; the caller commits once, otherwise nothing is kept."""
        # The database's own waiting polls and is unfair; a lock hands over in order, to one writer at a time.
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable
        try:
            writer = self.engine.execution_options(begin="IMMEDIATE")
            with _named_trouble(), Session(writer, expire_on_commit=False) as session:
                yield session
        finally:
            self._turn.release()


@contextmanager
def _named_trouble() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as trouble:
        raise StoreUnavailable from trouble


def open_engine(database_url: str) -> Engine:
    """Return the engine, every connection set to the promises; parameters never appear in error texts."""
    if make_url(database_url).get_backend_name() != "sqlite":
        raise StoreRefused(
            "Chỉ hỗ trợ SQLite. Bỏ biến SURVEY_DATABASE_URL hoặc đặt dạng “sqlite:////duong/dan/tep”."
        )
    engine = create_engine(
        database_url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        connect_args={"timeout": BUSY_SECONDS},
    )
    event.listen(engine, "connect", _keep_promises)
    event.listen(engine, "begin", _begin)
    return engine


def open_store(database_url: str) -> Store:
    """Return the store of a prepared, durable database; raise StoreRefused for any other."""
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            refuse_broken_promises(connection)
            _refuse_other_schema(connection)
    except OperationalError:
        raise StoreRefused(
            "Chưa có cơ sở dữ liệu hoặc chưa được chuẩn bị. Chạy: flask --app survey_app prepare"
        ) from None
    finally:
        # Workers may be forked after this; none may inherit an open connection.
        engine.dispose()
    return Store(engine)


def _keep_promises(connection: "DBAPIConnection", _record: "ConnectionPoolEntry") -> None:
    # Python's driver must not open transactions of its own: _begin does, and says which kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in _PROMISES.items():
        cursor.execute(f"PRAGMA {name} = {value}")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin(connection: "Connection") -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")


def refuse_broken_promises(connection: "Connection") -> None:
    """Read the durability settings back and raise where one does not hold."""
    for name, expected in _PROMISES.items():
        found = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
        if found != expected:
            raise StoreRefused(
                f"Cơ sở dữ liệu không bảo đảm giữ được phiếu đã nhận: {name} phải là {expected}, đang là {found}. "
                "Đặt tệp cơ sở dữ liệu trên đĩa cục bộ và không sửa thiết lập này."
            )


def _refuse_other_schema(connection: "Connection") -> None:
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found != SCHEMA:
        raise StoreRefused(
            f"Cấu trúc cơ sở dữ liệu là bản {found}, chương trình cần bản {SCHEMA}. "
            "Chạy: flask --app survey_app prepare"
        )
