"""Which processes serve, and how does a test kill them? gunicorn, behind a door that stays open."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ROOT = Path(__file__).parents[2]
SOUND = "survey_app:create_app(surfaces=('public',))"


@dataclass
class Serving:
    """A running gunicorn; the test holds the listening socket, so that visitors wait while nobody serves."""

    environ: Mapping[str, str]
    door: socket.socket
    log: Path
    app: str = SOUND
    before: Sequence[str | Path] = ()
    workers: int = 2
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _ever: set[int] = field(default_factory=set)

    @property
    def port(self) -> int:
        return int(self.door.getsockname()[1])

    def start(self) -> None:
        """Start the master; what is written in ``before`` runs it (a tracer, a namespace)."""
        bind = ["--bind", f"fd://{self.door.fileno()}", "--worker-class", "gthread", "--threads", "4"]
        bind += ["--workers", str(self.workers), "--no-control-socket", "--log-level", "warning", self.app]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*self.before, sys.executable, "-m", "gunicorn", *bind],
                cwd=ROOT,
                env={**os.environ, **self.environ},
                pass_fds=(self.door.fileno(),),
                stdout=log,
                stderr=log,
            )

    def master(self) -> int:
        """Return the process id of gunicorn's master: the tracer's child where there is a tracer."""
        assert self._process is not None
        if not self.before or self.before[0] != "strace":
            return self._process.pid
        return await_true(lambda: children(self._process.pid if self._process else 0))[0]

    def worker_processes(self) -> list[int]:
        """Return the process ids of the workers, as soon as there is one."""
        found = await_true(lambda: children(self.master()))
        self._ever.update(found)
        return found

    def kill_worker(self, which: int) -> None:
        """Kill one worker; the master starts another."""
        workers = self.worker_processes()
        self.kills += kill(workers[which % len(workers)])

    def kill_master(self) -> None:
        """Kill the master alone and start another beside the workers that it leaves behind."""
        assert self._process is not None
        self.worker_processes()
        self.kills += kill(self._process.pid)
        self._process.wait()
        self.start()

    def kill_all(self) -> None:
        """Kill master and workers; nobody serves until ``start``."""
        assert self._process is not None
        workers = self.worker_processes()
        self.kills += sum([kill(self._process.pid), *(kill(worker) for worker in workers)])
        self._process.wait()

    def close(self) -> None:
        """Let the server end in order, and end by force what is left of killed ones."""
        if self._process is not None:
            kill(self.master(), signal.SIGTERM)
            self._process.wait(timeout=30)
        for process in self._ever:
            if "gunicorn" in _command(process):
                kill(process)


@contextmanager
def serving(
    environ: Mapping[str, str],
    folder: Path,
    *,
    app: str = SOUND,
    before: Sequence[str | Path] = (),
    workers: int = 2,
) -> Iterator[Serving]:
    """Serve an installation on a free port of loopback until the block ends."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as door:
        server = Serving(environ, door, folder / "server.log", app, before, workers)
        server.start()
        try:
            yield server
        finally:
            server.close()


def kill(process: int, how: signal.Signals = signal.SIGKILL) -> bool:
    """Kill a process that the test started; say whether it was still there."""
    try:
        os.kill(process, how)
    except ProcessLookupError:
        return False
    return True


def children(process: int) -> list[int]:
    """Return the process ids of the children of a process, none where it is gone."""
    try:
        said = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        return []
    return [int(child) for child in said.split()]


def is_running(process: int) -> bool:
    """Say whether a process still does something: a zombie does not."""
    try:
        said = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return said.rpartition(") ")[2][:1] not in {"Z", "X"}


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


def await_true(look: Callable[[], T], seconds: float = 20) -> T:
    """Return what was looked for as soon as it is there; fail where it does not come."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.01)
    raise AssertionError(f"did not come within {seconds} s")
