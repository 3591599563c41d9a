"""How does PostgreSQL keep what it acknowledged? Many writers, each commit on the disk, no row in an error."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from survey_app.store.trouble import BUSY_SECONDS, PromiseBroken, named_trouble

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import Connection
    from sqlalchemy.engine.interfaces import ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

OLDEST_VERSION = 15
STATEMENT_SECONDS = 30
"""How long one statement of a page may take; what exports or migrates sets no such end."""

_TURN = 0x5355525645590001
"""The number of the lock that a session holds while it alone may write; it means nothing to PostgreSQL."""

_PROMISES = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
    "server_encoding": ("UTF8",),
}
"""What acknowledges a form only when it is on a disk, and what can hold Vietnamese."""


@dataclass(frozen=True, slots=True)
class PostgreSQLStore:
    """A database of a server, which several processes share."""

    engine: Engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one state of the database; it cannot change anything."""
        reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with named_trouble(), Session(reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that alone may write; the caller commits once, otherwise nothing is kept."""
        with self.adding() as session:
            take_turn(session.connection())
            yield session

    @contextmanager
    def adding(self) -> Iterator[Session]:
        """Give one of many sessions that add rows at the same time; a unique key alone decides who was first.

        Every statement sees what others have committed by then, so that after an insert that met an existing key
        the row of that key can be read.
        """
        writer = self.engine.execution_options(isolation_level="READ COMMITTED")
        with named_trouble(), Session(writer, expire_on_commit=False) as session:
            yield session


def take_turn(connection: "Connection") -> None:
    """Wait until no other session holds the turn to write; it ends with the transaction."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})


def let_take_long(connection: "Connection") -> None:
    """Set no end to the statements of this transaction."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def open_engine(url: URL) -> Engine:
    """Return the engine; it refuses connections that promise too little, and its errors repeat no row."""
    limits = {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "statement_timeout": f"{STATEMENT_SECONDS}s",
        "idle_in_transaction_session_timeout": "10min",
    }
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=20,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
        # After the server was restarted the first request finds a new connection, not a dead one.
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": BUSY_SECONDS,
            "client_encoding": "utf8",
            "application_name": "survey_app",
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        },
    )
    event.listen(engine, "connect", _refuse_broken_promises)
    event.listen(engine, "handle_error", _forget_rows)
    return engine


def _refuse_broken_promises(connection: "psycopg.Connection", _record: "ConnectionPoolEntry") -> None:
    """Look at each new connection: settings may differ by role and database, and change while we run."""
    names = ", ".join(f"current_setting('{name}') AS {name}" for name in _PROMISES)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names}")
        row = cursor.fetchone() or ()
    connection.rollback()
    try:
        refuse_broken_promises(dict(zip(_PROMISES, row, strict=True)), connection.info.server_version // 10000)
    except PromiseBroken:
        connection.close()
        raise


def refuse_broken_promises(found: Mapping[str, str], version: int) -> None:
    """Raise where a server of this version and these settings may lose what it acknowledged."""
    if version < OLDEST_VERSION:
        raise PromiseBroken(
            f"Cần PostgreSQL {OLDEST_VERSION} trở lên, máy chủ đang chạy bản {version}. Nâng cấp máy chủ."
        )
    for name, expected in _PROMISES.items():
        if found[name] not in expected:
            raise PromiseBroken(
                f"Cơ sở dữ liệu không bảo đảm giữ được phiếu đã nhận: {name} phải là {expected[0]}, "
                f"đang là {found[name]}. Sửa trong postgresql.conf, ALTER DATABASE hoặc ALTER ROLE rồi chạy lại; "
                "server_encoding thì phải tạo lại cơ sở dữ liệu với bảng mã UTF8."
            )


def unreachable(url: URL, trouble: OperationalError) -> str:
    """Return what an operator can do about a server that does not let us in, with what it said."""
    said = " ".join(str(trouble.orig).split())
    return (
        f"Không dùng được cơ sở dữ liệu PostgreSQL tại {url.render_as_string(hide_password=True)}. "
        "Kiểm tra máy chủ đang chạy, tài khoản và mật khẩu đúng, cơ sở dữ liệu đã được tạo "
        f"(createdb -E UTF8 -T template0 {url.database or 'khaosat'}). Máy chủ trả lời: {said}"
    )


def _forget_rows(context: "ExceptionContext") -> None:
    """Leave in an error only its kind, table, column and constraint.

    The server's own text and its details repeat the row that was refused, and a row is what somebody answered.
    """
    import psycopg  # noqa: PLC0415 — the driver is there where an error of its came from; on SQLite it is never loaded

    error, told = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error) or error.diag.sqlstate is None:
        return
    diag = error.diag
    where = (diag.sqlstate, diag.table_name, diag.column_name, diag.constraint_name)
    said = " ".join([type(error).__name__, *filter(None, where)])
    psycopg.Error.__init__(error, said)
    if told is not None:
        told.args = (said,)
