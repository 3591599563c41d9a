"""Is an entry of the log that was altered, cut out or moved found, and a missing end by a root kept elsewhere?"""

import random
from datetime import date

import pytest

from survey_app.services.log.chain import Fault, Root, Verdict, verify
from survey_app.store import Store
from survey_app.store.models import AuditEntry
from tests.survey_app.services.log.tampering import (
    COLUMNS,
    flip,
    forge_from,
    open_to_tampering,
    remove,
    swap,
    write_log,
)

pytestmark = pytest.mark.both_databases

ENTRIES = 120
TRIES = 1_000
DAY = date(2026, 11, 20)


@pytest.fixture
def log(store: Store) -> Store:
    write_log(store, ENTRIES)
    open_to_tampering(store)
    return store


def root_of(store: Store, number: int) -> Root:
    with store.reading() as session:
        return Root(DAY, number, session.get_one(AuditEntry, number).seal)


def test_a_log_that_nobody_touched_holds_to_its_last_entry(log: Store) -> None:
    outside = root_of(log, ENTRIES)
    with log.reading() as session:
        assert verify(session, [outside]) == Verdict(ENTRIES, outside.seal)
        assert verify(session, [outside], since=root_of(log, 50)) == Verdict(ENTRIES, outside.seal)


def test_an_empty_log_holds(store: Store) -> None:
    with store.reading() as session:
        assert verify(session) == Verdict(0, "0" * 64)


def test_every_one_of_a_thousand_random_alterations_is_found_where_it_was_made(log: Store) -> None:
    chance = random.Random(20261121)
    found, kinds = 0, {"flip": 0, "delete": 0, "swap": 0}
    for _ in range(TRIES):
        kind, number = chance.choice(list(kinds)), chance.randrange(1, ENTRIES)
        with log.writing() as session:
            if kind == "flip":
                flip(session, number, chance.choice(COLUMNS), chance)
            elif kind == "delete":
                remove(session, number, number)
            else:
                swap(session, number, chance.randrange(number + 1, ENTRIES + 1))
            verdict = verify(session)
            session.rollback()
        kinds[kind] += 1
        found += verdict.fault is Fault.BROKEN and verdict.number == number - 1
    assert found == TRIES
    assert min(kinds.values()) > 250
    with log.reading() as session:
        assert verify(session).fault is None


def test_an_end_that_was_cut_off_is_found_by_the_root_kept_elsewhere_and_by_nothing_else(log: Store) -> None:
    outside = root_of(log, ENTRIES)
    for first in range(1, ENTRIES + 1):
        with log.writing() as session:
            remove(session, first, ENTRIES)
            assert verify(session).fault is None
            verdict = verify(session, [outside])
            session.rollback()
        assert (verdict.fault, verdict.number, verdict.root) == (Fault.CUT, first - 1, outside)


def test_a_log_that_was_sealed_anew_is_found_by_the_root_kept_elsewhere_and_by_nothing_else(log: Store) -> None:
    inside, outside = root_of(log, 30), root_of(log, ENTRIES)
    for number in (1, 2, 60, ENTRIES):
        with log.writing() as session:
            forge_from(session, number)
            assert verify(session).fault is None
            verdict = verify(session, [outside])
            session.rollback()
        assert (verdict.fault, verdict.root) == (Fault.OTHER, outside)
    with log.writing() as session:
        forge_from(session, 20)
        assert verify(session, since=inside).fault is Fault.OTHER


def test_two_roots_of_the_same_entry_are_both_compared(log: Store) -> None:
    true = root_of(log, 7)
    false = Root(DAY, 7, "f" * 64)
    with log.reading() as session:
        for roots in ([true, false], [false, true]):
            assert verify(session, roots).root == false
