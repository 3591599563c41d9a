"""Would an answer that comes now be kept? Something is read and something written, and neither leaves a trace."""

import os
import tempfile
from pathlib import Path

from survey_app.store.engine import Store

_PROBE = b"\0" * 4096

# A commit that reaches the disk and changes nothing: SQLite writes a number of its own anew, PostgreSQL puts a
# word into its log of changes that no table ever sees.
_COMMITS = {
    "sqlite": ("PRAGMA user_version", "PRAGMA user_version = {0}"),
    "postgresql": ("SELECT 0", "SELECT pg_logical_emit_message(true, 'survey', 'ready')"),
}


class DiskFull(RuntimeError):
    """The disk that holds the database takes nothing more."""


def prove(store: Store) -> None:
    """Read and write as an answer would; raise StoreUnavailable or DiskFull where that cannot be done."""
    read, write = _COMMITS[store.engine.dialect.name]
    with store.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
        connection.exec_driver_sql(write.format(connection.exec_driver_sql(read).scalar_one())).close()
        session.commit()
    if store.engine.dialect.name == "sqlite":
        _prove_room(Path(str(store.engine.url.database)).parent)


def _prove_room(folder: Path) -> None:
    """SQLite may write for a while into room that it already has; the next answer needs more."""
    try:
        # The file has no name: nothing is left even where the process dies in between.
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        raise DiskFull from error
