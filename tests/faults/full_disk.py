"""What if the disk takes nothing more? A small disk of a server's own, which a test fills and empties."""

import os
import resource
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.faults.conftest import Installation
from tests.faults.serving import Serving, children

_MOUNT = 'mount -t tmpfs -o size=4m none "$1" && cp -rp "$0/." "$1" && shift && exec "$@"'


def _private() -> Sequence[str]:
    """Return the command that gives a process mounts that nobody else sees and that end with it."""
    return ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--user", "--map-root-user")


def can_mount() -> bool:
    """Say whether a small disk can be had on this machine."""
    tried = subprocess.run([*_private(), "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    return tried.returncode == 0


@dataclass
class SmallDisk:
    """The disk of a server: 4 MB in memory; where nothing may be mounted, a limit of its processes instead."""

    installation: Installation
    place: Path
    mounted: bool

    def command(self) -> Sequence[str | Path]:
        """Return what runs the server on this disk."""
        if not self.mounted:
            return ()
        return (*_private(), "sh", "-c", _MOUNT, self.installation.folder, self.place)

    def fill(self, server: Serving) -> None:
        """Leave no room for a single byte."""
        if not self.mounted:
            self._limit(server, 0)
            return
        with suppress(OSError), self._inside(server, "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 4096)
        assert os.statvfs(self._inside(server)).f_bavail == 0

    def empty(self, server: Serving) -> None:
        """Give the room back."""
        if self.mounted:
            self._inside(server, "filler").unlink()
        else:
            self._limit(server, None)

    def rescue(self, server: Serving, folder: Path) -> Path:
        """Copy the database out while nobody writes, and return where it is."""
        folder.mkdir()
        for path in self._inside(server).glob("survey.sqlite3*"):
            (folder / path.name).write_bytes(path.read_bytes())
        return folder / "survey.sqlite3"

    def _inside(self, server: Serving, name: str = "") -> Path:
        """Return a path on the disk as it is seen from outside."""
        if not self.mounted:
            return self.installation.folder / name
        return Path(f"/proc/{server.master()}/root{self.place}") / name

    def _limit(self, server: Serving, most: int | None) -> None:
        for process in children(server.master()):
            hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard if most is None else most, hard))
