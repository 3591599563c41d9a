"""What is stored of the forms that were sent? The one place that knows in which tables they rest."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

import psycopg
from sqlalchemy import make_url

from tests.faults.sending import Form

# Each a number or text for each form: its words, its answers, and the note that it was received.
_WORDS = "SELECT text FROM comment"
_COUNTS = ("SELECT count(*) FROM response WHERE survey_id = 'mau'", "SELECT count(*) FROM submission")


@dataclass(frozen=True)
class Kept:
    """The words of forms, as often as they are stored, and how many rows there are of what belongs to forms."""

    words: Counter[str]
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Findings:
    """What went wrong: forms lost, stored twice, never sent, or stored in part."""

    lost: int = 0
    twice: int = 0
    phantoms: int = 0
    halves: int = 0


FAULTLESS = Findings()


def kept(database_url: str) -> Kept:
    """Look into the database, past the application."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(str(make_url(database_url).database))) as database:
            return _read(database)
    with psycopg.connect(database_url) as server:
        return _read(server)


def _read(database: sqlite3.Connection | psycopg.Connection) -> Kept:
    words = Counter(str(row[0]) for row in database.execute(_WORDS).fetchall())
    return Kept(words, tuple(int(database.execute(count).fetchall()[0][0]) for count in _COUNTS))


def examine(
    before: Kept, after: Kept, acknowledged: Iterable[str], *, sent: Iterable[str] | None = None
) -> Findings:
    """Compare what was acknowledged with what was stored since; ``sent`` adds forms that may be stored or not."""
    known = set(acknowledged)
    new = after.words - before.words
    stored = sum(new.values())
    return Findings(
        lost=len(known - set(new)),
        twice=sum(times - 1 for times in new.values()),
        phantoms=len(set(new) - known - set(sent or ())),
        halves=sum(abs(b - a - stored) for a, b in zip(before.rows, after.rows, strict=True)),
    )


def words_of(forms: Iterable[Form]) -> list[str]:
    return [form.words for form in forms]


def integrity(path: str) -> str:
    """Return what SQLite says of its own file."""
    with closing(sqlite3.connect(path)) as database:
        return str(database.execute("PRAGMA integrity_check").fetchone()[0])
