"""Which result folder holds a survey's present numbers? Found by a key of all they depend on, or made."""

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock

import analysis
import questionnaires
from analysis.periods import windows_of
from analysis.table import IndexTable
from survey_app.services import child
from survey_app.services.access.scopes import Scope
from survey_app.services.received import Received
from survey_app.settings import Settings
from survey_app.store.models import Survey

SECONDS = 600
PATIENCE_SECONDS = 20
KEPT_FOLDERS = 20
KEPT_PARTS = 200
"""Folders of some units only: small, quickly cut out of the whole, and as many as there are offices."""

FILES = (
    "index.docx",
    "index.xlsx",
    "index.csv",
    "chart-overall.png",
    "chart-overall.svg",
    "index.json",
    "datapackage.json",
)
"""What a result folder holds, in the order in which it is offered."""

Step = tuple[Path, child.Command]
"""A folder, and the command that makes it."""

_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="scoring")
_jobs: dict[Path, Future[None]] = {}
_jobs_lock = Lock()
_KEY = re.compile(r"[0-9a-f]{32}")
_PART_KEY = re.compile(r"[0-9a-f]{16}-[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: a survey's numbers in a period, None for all of its time; ``scope`` is None for all units.

    ``units`` and ``received`` are always those of the whole survey, whatever the scope. ``lines`` are those of the
    map of units that lead from units of the survey to the units of ``today``.
    """

    survey: Survey
    units: tuple[tuple[str, str, str | None], ...]
    received: tuple[Received, ...]
    period: str | None
    today: date
    lines: tuple[tuple[str, ...], ...] = ()
    scope: Scope | None = None

    def forms(self) -> int:
        """Return how many forms the numbers are made from."""
        return sum(count.forms for count in self.counted())

    def key(self) -> str:
        """Return the same text for the same numbers.

        Responses are only ever added, so a count for each unit and window says whether there are others.
        """
        survey = {name: str(value) for name, value in vars(self.survey).items() if not name.startswith("_")}
        counts = [(count.unit_code, count.window, count.forms) for count in self.counted()]
        parts = [code_mark(), survey, self.units, counts, self.period, self.lines]
        key = sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:32]
        return f"{self.scope.mark()}-{key}" if self.scope else key

    def counted(self) -> Iterator[Received]:
        """Return the counts of the period alone."""
        windows = None if self.period is None else windows_of(self.period)
        return (count for count in self.received if windows is None or count.window in windows)


def result_folder(settings: Settings, question: Question) -> Path:
    """Return the folder with the numbers asked for, computed where they are not yet there.

    Raises ChildBusy where that takes longer than a person waits: then it goes on, and the next request finds it.
    Raises ChildRefused or ChildFailed (``services.child``) where there will be no folder.
    """
    folder = _folder(settings, question)
    if not folder.is_dir():
        with child.place():
            _await(folder, _steps(settings, question))
    os.utime(folder)
    return folder


def known_folder(settings: Settings, survey_id: str, key: str, scope: Scope | None) -> Path | None:
    """Return a folder that was computed before for this very scope, None where there is none (any more)."""
    own = _KEY.fullmatch(key) if scope is None else _PART_KEY.fullmatch(key) and key.startswith(scope.mark())
    folder = settings.instance / "results" / survey_id / key
    return folder if own and folder.is_dir() else None


@lru_cache(maxsize=4)
def read_index(folder: Path) -> IndexTable:
    """Return the table of a result folder; the files in a folder never change."""
    return IndexTable.from_json((folder / "index.json").read_text(encoding="utf-8"))


@cache
def code_mark() -> str:
    """Return a hash of the code that makes the numbers, so that numbers of another version are never shown."""
    digest = sha256()
    for path in sorted(_sources(Path(analysis.__file__).parent, Path(questionnaires.__file__).parent)):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _sources(*packages: Path) -> Iterable[Path]:
    return [path for package in packages for path in package.rglob("*") if path.suffix in {".py", ".toml"}]


def _folder(settings: Settings, question: Question) -> Path:
    return settings.instance / "results" / question.survey.id / question.key()


def _steps(settings: Settings, question: Question) -> list[Step]:
    """Return what to do one after the other: the whole, then the part of it."""
    if question.scope is None:
        return [(_folder(settings, question), _command(settings, question, []))]
    whole = replace(question, scope=None)
    cut = ["--finished", str(_folder(settings, whole)), *(f"--unit={code}" for code in question.scope.granted)]
    return [*_steps(settings, whole), (_folder(settings, question), _command(settings, question, cut))]


def _command(settings: Settings, question: Question, more: list[str]) -> child.Command:
    folder = _folder(settings, question)
    arguments = ["--app", "survey_app", "results", "--survey", question.survey.id, "--out", str(folder), *more]
    arguments += ["--today", question.today.isoformat()]
    arguments += ["--period", question.period] if question.period else []
    environ = {"SURVEY_INSTANCE": str(settings.instance), "SURVEY_DATABASE_URL": settings.database_url}
    return child.Command("flask", arguments, environ, SECONDS)


def _await(folder: Path, steps: list[Step]) -> None:
    """Wait for the folder, which one thread of the process makes for everybody who asks for it."""
    with _jobs_lock:
        job = _jobs.get(folder) or _worker.submit(_compute, steps)
        _jobs[folder] = job
    try:
        job.result(timeout=PATIENCE_SECONDS)
    except TimeoutError:
        raise child.ChildBusy from None
    finally:
        if job.done():
            _jobs.pop(folder, None)


def _compute(steps: list[Step]) -> None:
    home = steps[0][0].parent
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _one_at_a_time(home):
        for folder, command in steps:
            if folder.is_dir():
                os.utime(folder)
            else:
                _sweep(home)
                child.run(command)


@contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Wait until no other process computes numbers of the same survey."""
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(home: Path) -> None:
    """Delete what children left unfinished, and all but the folders used last; called with the lock held."""
    folders = [path for path in home.iterdir() if path.is_dir()]
    kept = {*_last_used(folders, _KEY)[: KEPT_FOLDERS - 1], *_last_used(folders, _PART_KEY)[: KEPT_PARTS - 1]}
    for folder in {*folders} - kept:
        shutil.rmtree(folder, ignore_errors=True)


def _last_used(folders: Iterable[Path], name: re.Pattern[str]) -> list[Path]:
    finished = [path for path in folders if name.fullmatch(path.name)]
    return sorted(finished, key=lambda path: path.stat().st_mtime, reverse=True)
