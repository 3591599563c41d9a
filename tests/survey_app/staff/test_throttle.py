"""How many passwords can somebody try? Ten in ten minutes for an account, ten from a source, and later again."""

from collections.abc import Callable

import pytest

from survey_app.staff import throttle
from survey_app.staff.throttle import Throttle


def at(times: list[float]) -> Callable[[], float]:
    return lambda: times[-1]


def test_the_eleventh_failure_of_an_account_has_to_wait_from_wherever_it_comes() -> None:
    limit = Throttle(at([0.0]))
    assert [limit.admit("quan-tri", f"10.0.0.{n}") for n in range(10)] == [0.0] * 10
    assert limit.admit("quan-tri", "10.0.0.99") == 600
    assert limit.admit("can-bo", "10.0.0.99") == 0


def test_the_eleventh_failure_of_a_source_has_to_wait_whatever_the_account() -> None:
    limit = Throttle(at([0.0]))
    assert [limit.admit(f"account-{n}", "10.0.0.1") for n in range(10)] == [0.0] * 10
    assert limit.admit("account-99", "10.0.0.1") == 600
    assert limit.admit("account-99", "10.0.0.2") == 0


def test_nobody_is_shut_out_for_ever_and_tries_while_waiting_do_not_prolong_it() -> None:
    times = [0.0]
    limit = Throttle(at(times))
    for times[-1] in range(0, 100, 10):
        assert limit.admit("a", "s") == 0
    for times[-1] in range(100, 600, 10):
        assert limit.admit("a", "s") == 600 - times[-1]
    times[-1] = 600
    assert limit.admit("a", "s") == 0
    assert limit.admit("a", "s") == 10


def test_a_success_clears_the_account_and_is_no_failure_of_the_source() -> None:
    limit = Throttle(at([0.0]))
    for _ in range(9):
        limit.admit("a", "s")
    limit.admit("a", "s")
    limit.forgive("a", "s")
    assert limit.admit("b", "s") == 0
    assert limit.admit("b", "s") == 600
    assert limit.admit("a", "elsewhere") == 0


def test_names_and_addresses_stand_nowhere_in_the_memory_of_failures() -> None:
    limit = Throttle()
    limit.admit("quan-tri", "203.0.113.7")
    assert "quan-tri" not in repr(limit)
    assert "203.0.113.7" not in repr(limit)
    other = Throttle()
    other.admit("quan-tri", "203.0.113.7")
    assert not limit._tries.keys() & other._tries.keys()


def test_the_memory_of_failures_cannot_be_filled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_NAMES", 50)
    limit = Throttle(at([0.0]))
    for number in range(200):
        assert limit.admit(f"a{number}", f"s{number}") == 0
    assert len(limit._tries) <= 52
