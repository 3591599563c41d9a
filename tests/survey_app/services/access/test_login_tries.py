"""How many passwords can somebody try at an account? Ten in ten minutes over all processes, and later again."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from survey_app.services.access.login_tries import admit, forgive, take_back
from survey_app.store import Store, open_store
from survey_app.store.models import StaffLoginTry

KEY = "a key of the settings"
START = 1_800_000_000


def try_once(store: Store, name: str, at: float) -> int:
    with store.writing() as session:
        wait, _ = admit(session, KEY, name, at)
        session.commit()
    return wait


def test_the_eleventh_failure_has_to_wait_and_another_account_does_not(store: Store) -> None:
    assert [try_once(store, "quan-tri", START + n) for n in range(10)] == [0] * 10
    assert try_once(store, "quan-tri", START + 10) == 590
    assert try_once(store, "can-bo", START + 10) == 0


def test_no_ten_minutes_ever_see_more_than_ten_tries_and_nobody_is_shut_out_for_ever(store: Store) -> None:
    admitted = [at for at in range(START, START + 3000, 7) if try_once(store, "a", at) == 0]
    for first in admitted:
        assert sum(first <= at < first + 600 for at in admitted) <= 10
    assert len(admitted) == 50


def test_a_clock_that_is_set_back_locks_nobody_for_longer_than_the_wait(store: Store) -> None:
    for _ in range(10):
        try_once(store, "a", START + 90_000)
    assert try_once(store, "a", START + 90_000) == 600
    assert try_once(store, "a", START) == 0


def test_a_success_is_counted_against_nobody_and_clears_the_account(store: Store) -> None:
    for n in range(9):
        try_once(store, "a", START + n)
    with store.writing() as session:
        _, try_id = admit(session, KEY, "a", START + 9)
        take_back(session, try_id)
        session.commit()
    assert try_once(store, "a", START + 10) == 0
    assert try_once(store, "a", START + 11) > 0
    with store.writing() as session:
        forgive(session, KEY, "a")
        session.commit()
    assert try_once(store, "a", START + 12) == 0


def test_several_processes_count_together(store: Store) -> None:
    others = [open_store(store.engine.url.render_as_string(hide_password=False)) for _ in range(4)]
    with ThreadPoolExecutor(4) as processes:
        waits = list(processes.map(lambda n: try_once(others[n % 4], "a", START), range(24)))
    assert sum(wait == 0 for wait in waits) == 10
    for other in others:
        other.engine.dispose()


def test_what_was_typed_cannot_be_read_back_and_old_tries_are_forgotten(store: Store) -> None:
    try_once(store, "mật khẩu gõ nhầm vào ô tên", START)
    with store.reading() as session:
        row = session.scalars(select(StaffLoginTry)).one()
        assert "mật" not in repr(vars(row))
    try_once(store, "b", START + 600)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(StaffLoginTry)) == 1
