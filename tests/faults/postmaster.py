"""What happens to answers when a whole PostgreSQL is killed? A server that is the test's own child."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from tests.faults.serving import await_true, children, is_running, kill
from tests.survey_app.postgresql import Server, made_server, server_account


@dataclass
class Postmaster:
    """A server whose first process is a child of the test: killed and not waited for, it would block a restart."""

    server: Server
    kills: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server and wait until it answers."""
        user, group = server_account() if os.geteuid() == 0 else (None, None)
        with (self.server.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.server.binaries / "postgres", "-D", self.server.folder / "data"],
                cwd="/",
                stdout=log,
                stderr=log,
                user=user,
                group=group,
                extra_groups=[] if user is not None else None,
            )
        await_true(self._answers)

    def kill(self) -> None:
        """Kill every process of the server and wait until none is left."""
        assert self._process is not None
        every = children(self._process.pid)
        # The first process goes first: it would take the others' death for a crash and save what can be saved.
        self.kills += kill(self._process.pid)
        for process in every:
            kill(process)
        self._process.wait()
        await_true(lambda: not any(map(is_running, every)))

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.server.log()[-2000:]
        try:
            psycopg.connect(self.server.url.render_as_string(hide_password=False)).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def own_postgresql() -> Iterator[Postmaster]:
    """Start a server of its own for tests that kill it."""
    with made_server() as server:
        postmaster = Postmaster(server)
        postmaster.start()
        try:
            yield postmaster
        finally:
            postmaster.close()
