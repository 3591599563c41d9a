"""How does SQLite keep what it acknowledged? One writer at a time, every commit on the disk before it returns."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from survey_app.store import trouble
from survey_app.store.trouble import PromiseBroken, StoreUnavailable, named_trouble

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

# WAL with FULL syncs before a commit returns; secure_delete overwrites what was deleted with zeros.
_PROMISES = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@dataclass(frozen=True, slots=True)
class SQLiteStore:
    """A database that is one file."""

    engine: Engine
    _turn: Lock = field(default_factory=Lock)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; what it changes is not kept."""
        with named_trouble(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that alone may write; the caller commits once, otherwise nothing is kept."""
        # The database's own waiting polls and is unfair; a lock hands over in order, to one writer at a time.
        if not self._turn.acquire(timeout=trouble.BUSY_SECONDS):
            raise StoreUnavailable
        try:
            writer = self.engine.execution_options(begin="IMMEDIATE")
            with named_trouble(), Session(writer, expire_on_commit=False) as session:
                yield session
        finally:
            self._turn.release()

    adding = writing
    """One file has one writer: who only adds rows waits for a turn like everybody."""


def open_engine(url: URL) -> Engine:
    """Return the engine, every connection set to the promises; parameters never appear in error texts."""
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=20,
        max_overflow=0,
        pool_timeout=trouble.BUSY_SECONDS,
        connect_args={"timeout": trouble.BUSY_SECONDS},
    )
    event.listen(engine, "connect", _keep_promises)
    event.listen(engine, "begin", _begin)
    return engine


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
            raise PromiseBroken(
                f"Cơ sở dữ liệu không bảo đảm giữ được phiếu đã nhận: {name} phải là {expected}, đang là {found}. "
                "Đặt tệp cơ sở dữ liệu trên đĩa cục bộ và không sửa thiết lập này."
            )
