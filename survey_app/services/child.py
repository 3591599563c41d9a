"""How does a small web process get heavy work done? By a child process, a few at a time, each with an end."""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from analysis.spreadsheet.guard import why_it_ended

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("survey_app")

REFUSED = 2
"""The exit status of a command that refuses its input; its message is for the person who gave it."""

MOST_WAITING = 2
"""Requests that may await a child: the threads of the process also serve respondents."""

_ROOT = Path(__file__).resolve().parents[2]
_places = BoundedSemaphore(MOST_WAITING)


class ChildBusy(RuntimeError):
    """Enough requests are computing; this one may come back in a moment."""


class ChildRefused(ValueError):
    """The command refused its input; the text is its message."""


class ChildFailed(RuntimeError):
    """The command did not finish: it failed, took too long or needed too much; the text says which, if known."""


@dataclass(frozen=True, slots=True)
class Command:
    """A Python module to run, with its arguments and settings; ``seconds`` is how long it may take."""

    module: str
    arguments: Sequence[str]
    environ: Mapping[str, str]
    seconds: float


@contextmanager
def place() -> "Iterator[None]":
    """Hold one of the few places; raise ChildBusy where all are taken."""
    if not _places.acquire(blocking=False):
        raise ChildBusy
    try:
        yield
    finally:
        _places.release()


def run(command: Command) -> None:
    """Run a command to its end; raise ChildRefused or ChildFailed, and log nothing that it said."""
    environ = {**os.environ, **command.environ, "PYTHONPATH": str(_ROOT), "PYTHONUTF8": "1"}
    # Images often forbid kept bytecode, which is right for one long process and costs each child three seconds.
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    try:
        done = subprocess.run(
            [sys.executable, "-m", command.module, *command.arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=command.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        log.error("%s took longer than %s seconds", command.module, command.seconds)  # noqa: TRY400 — no command line in the log
        raise ChildFailed("việc xử lý mất quá nhiều thời gian") from None
    if done.returncode == REFUSED:
        raise ChildRefused(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode:
        log.error("%s ended with status %s", command.module, done.returncode)
        raise ChildFailed(why_it_ended(done.returncode) or "")
