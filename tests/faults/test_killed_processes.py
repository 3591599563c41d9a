"""Is every acknowledged form stored once, whatever is killed at whatever moment?"""

import random
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tests.faults.amount import amount, tell
from tests.faults.conftest import Installation, installed_on
from tests.faults.kept import FAULTLESS, Findings, examine, integrity, kept
from tests.faults.postmaster import Postmaster
from tests.faults.sending import Senders
from tests.faults.serving import Serving, serving

MOST_SECONDS_AWAY = 10


def _kill_web(server: Serving, choose: random.Random) -> None:
    """Kill a worker, the master, or all: each with equal chance."""
    victim = choose.choice(["worker", "master", "all"])
    if victim == "worker":
        server.kill_worker(choose.randrange(100))
    elif victim == "master":
        server.kill_master()
    else:
        server.kill_all()
        server.start()


def _found(installation: Installation, people: Senders) -> Findings:
    return examine(installation.before, kept(installation.database_url), people.acknowledged)


def test_killed_web_processes_lose_no_form_on_sqlite_and_store_none_twice(
    installation: Installation, tmp_path: Path
) -> None:
    rounds, choose = amount(4, 40), random.Random(1)
    with serving(installation.environ, tmp_path) as server, Senders(server.port) as people:
        for _ in range(rounds):
            people.await_more(choose.randrange(amount(20, 100), amount(60, 190)))
            _kill_web(server, choose)
        people.await_more(20)
    tell(
        f"R1: {server.kills} processes killed, {len(people.acknowledged)} forms acknowledged, "
        f"{people.cut_off} cut off"
    )
    assert server.kills >= rounds
    assert people.cut_off > 0, "nobody was interrupted"
    assert set(people.statuses) <= {303, 503}, people.statuses
    assert _found(installation, people) == FAULTLESS
    assert integrity(str(installation.file)) == "ok"


def test_that_look_at_killed_processes_would_find_forms_that_were_thanked_for_too_early(
    installation: Installation, tmp_path: Path
) -> None:
    weak = "tests.faults.weakened:thanks_first()"
    with serving(installation.environ, tmp_path, app=weak) as server, Senders(server.port) as people:
        people.await_more(30)
        server.kill_all()
        server.start()
        people.await_more(5)
    found = _found(installation, people)
    tell(f"R1, control that thanks first: {found.lost} lost of {len(people.acknowledged)}")
    assert found.lost > 0


def test_a_killed_postgresql_and_killed_web_processes_lose_no_form_and_are_back_in_seconds(
    postmaster: Postmaster, prepared: Path, tmp_path: Path
) -> None:
    installation = installed_on(postmaster.server, prepared, tmp_path / "instance")
    rounds, choose, away = amount(3, 20), random.Random(2), [0.0]
    with serving(installation.environ, tmp_path) as server, Senders(server.port) as people:
        for _ in range(rounds):
            people.await_more(choose.randrange(amount(20, 150), amount(60, 350)))
            begun = time.monotonic()
            postmaster.kill()
            if choose.random() < 0.5:
                _kill_web(server, choose)
            postmaster.start()
            people.await_more(1)
            away.append(time.monotonic() - begun)
        people.await_more(20)
    tell(
        f"R2: {postmaster.kills} servers and {server.kills} web processes killed, "
        f"{len(people.acknowledged)} forms acknowledged, {people.statuses[503]} told to come back, "
        f"{people.cut_off} cut off, back after {max(away):.1f} s at most"
    )
    assert postmaster.kills >= rounds
    assert people.statuses[503] + people.cut_off > 0, "nobody was interrupted"
    assert set(people.statuses) <= {303, 503}, people.statuses
    assert max(away) <= MOST_SECONDS_AWAY
    assert _found(installation, people) == FAULTLESS


@pytest.mark.parametrize(("promise", "loses"), [("on", False), ("off", True)])
def test_a_killed_postgresql_loses_rows_only_where_commits_do_not_wait_for_the_disk(
    postmaster: Postmaster, promise: str, *, loses: bool
) -> None:
    # The application refuses such a server, so the rows are written with the bare driver.
    url = postmaster.server.new()
    with psycopg.connect(url) as made:
        made.execute("CREATE TABLE word (number integer PRIMARY KEY)")
    acknowledged: list[int] = []

    def write() -> None:
        options = f"-c synchronous_commit={promise}"
        with psycopg.connect(url, options=options, autocommit=True) as line:
            for number in range(1_000_000):
                try:
                    line.execute("INSERT INTO word VALUES (%s)", [number])
                except psycopg.OperationalError:
                    return
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(0.7)
    postmaster.kill()
    writer.join()
    postmaster.start()
    with psycopg.connect(url) as line:
        stored = {row[0] for row in line.execute("SELECT number FROM word").fetchall()}
    lost = len(set(acknowledged) - stored)
    tell(f"R2, bare driver with synchronous_commit={promise}: {lost} lost of {len(acknowledged)}")
    assert len(acknowledged) > 50
    assert (lost > 0) is loses
