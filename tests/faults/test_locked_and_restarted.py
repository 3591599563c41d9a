"""Is a form that meets a lock or a restart told to come back, and then stored once?"""

import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.amount import amount, tell
from tests.faults.conftest import Installation
from tests.faults.kept import FAULTLESS, examine, kept
from tests.faults.sending import Senders
from tests.faults.serving import await_true, serving
from tests.survey_app.postgresql import Server

LOCKED_SECONDS = 10


def _findings(installation: Installation, people: Senders) -> object:
    return examine(installation.before, kept(installation.database_url), people.acknowledged)


def _restart(running: Server, people: Senders) -> None:
    """Stop the server as a crash would, and start it as soon as somebody was told to come back."""
    told = people.statuses[503]
    running.control("stop", "-m", "immediate")
    try:
        await_true(lambda: people.statuses[503] > told)
    finally:
        running.control("start")


def _slowest(waits: list[float]) -> float:
    """Return the time within which 95 % were acknowledged."""
    return statistics.quantiles(waits, n=20)[-1]


def test_while_somebody_else_holds_the_file_people_are_told_to_come_back_and_nothing_is_lost(
    installation: Installation, tmp_path: Path
) -> None:
    with (
        serving(installation.environ, tmp_path) as server,
        Senders(server.port) as people,
        closing(sqlite3.connect(installation.file, isolation_level=None, timeout=30)) as other,
    ):
        people.await_more(20)
        other.execute("BEGIN EXCLUSIVE")
        begun, before = time.monotonic(), len(people.acknowledged)
        await_true(lambda: people.statuses[503] > 0, LOCKED_SECONDS)
        time.sleep(max(0.0, begun + LOCKED_SECONDS - time.monotonic()))
        # Those whose form was stored a moment before the lock may have been thanked after it.
        acknowledged_meanwhile = len(people.acknowledged) - before
        other.execute("ROLLBACK")
        freed = len(people.waits)
        people.await_more(amount(50, 1000))
    tell(
        f"R8, SQLite held for {LOCKED_SECONDS} s: {people.statuses[503]} told to come back, "
        f"95 % within {_slowest(people.waits[freed + 20 :]):.2f} s afterwards"
    )
    assert acknowledged_meanwhile <= 6
    assert set(people.statuses) == {303, 503}
    assert _findings(installation, people) == FAULTLESS


@pytest.mark.parametrize("installation", ["postgresql"], indirect=True)
def test_restarts_of_postgresql_under_load_lose_no_form_and_store_none_twice(
    installation: Installation, running: Server, tmp_path: Path
) -> None:
    rounds = amount(3, 20)
    with serving(installation.environ, tmp_path) as server, Senders(server.port) as people:
        for _ in range(rounds):
            people.await_more(amount(20, 100))
            _restart(running, people)
        back = len(people.waits)
        people.await_more(amount(60, 1000))
    tell(
        f"R8, PostgreSQL restarted {rounds} times: {len(people.acknowledged)} forms acknowledged, "
        f"{people.statuses[503]} told to come back, "
        f"95 % within {_slowest(people.waits[back + 20 :]):.2f} s afterwards"
    )
    assert people.statuses[503] >= rounds
    assert set(people.statuses) == {303, 503}
    assert _findings(installation, people) == FAULTLESS


@pytest.mark.parametrize("installation", ["postgresql"], indirect=True)
def test_a_worker_that_starts_while_postgresql_is_away_waits_for_it_and_ends_no_other(
    installation: Installation, running: Server, tmp_path: Path
) -> None:
    with serving(installation.environ, tmp_path) as server, Senders(server.port) as people:
        people.await_more(10)
        before, master = server.worker_processes(), server.master()
        running.control("stop", "-m", "immediate")
        try:
            server.kill_worker(0)
            await_true(lambda: len(set(server.worker_processes()) - set(before)) == 1)
            # Long enough for it to come to the database, which is not there.
            time.sleep(4)
        finally:
            running.control("start")
        people.await_more(30)
        assert server.master() == master
        assert len(server.worker_processes()) == 2
    assert "Worker failed to boot" not in server.log.read_text(encoding="utf-8")
    assert _findings(installation, people) == FAULTLESS


@pytest.mark.parametrize("installation", ["postgresql"], indirect=True)
def test_that_look_at_a_restart_would_find_forms_that_were_thanked_for_too_early(
    installation: Installation, running: Server, tmp_path: Path
) -> None:
    weak = "tests.faults.weakened:thanks_first()"
    with serving(installation.environ, tmp_path, app=weak) as server, Senders(server.port) as people:
        people.await_more(20)
        running.control("stop", "-m", "immediate")
        try:
            people.await_more(20)
            # What was thanked for is tried half a second later, while nothing can be stored.
            time.sleep(1)
        finally:
            running.control("start")
    assert _findings(installation, people) != FAULTLESS
