"""How many passwords can one source try? Ten in ten minutes, and later again; its address stands nowhere."""

from collections.abc import Callable

import pytest

from survey_app.staff import throttle
from survey_app.staff.throttle import Throttle


def at(times: list[float]) -> Callable[[], float]:
    return lambda: times[-1]


def test_the_eleventh_failure_of_a_source_has_to_wait() -> None:
    limit = Throttle(at([0.0]))
    assert [limit.admit("10.0.0.1") for _ in range(10)] == [0.0] * 10
    assert limit.admit("10.0.0.1") == 600
    assert limit.admit("10.0.0.2") == 0


def test_nobody_is_shut_out_for_ever_and_tries_while_waiting_do_not_prolong_it() -> None:
    times = [0.0]
    limit = Throttle(at(times))
    for times[-1] in range(0, 100, 10):
        assert limit.admit("s") == 0
    for times[-1] in range(100, 600, 10):
        assert limit.admit("s") == 600 - times[-1]
    times[-1] = 600
    assert limit.admit("s") == 0
    assert limit.admit("s") == 10


def test_a_success_is_no_failure_of_the_source() -> None:
    limit = Throttle(at([0.0]))
    for _ in range(10):
        limit.admit("s")
    limit.forgive("s")
    assert limit.admit("s") == 0
    assert limit.admit("s") == 600
    limit.forgive("never seen")


def test_addresses_stand_nowhere_in_the_memory_of_failures() -> None:
    limit, other = Throttle(), Throttle()
    for one in (limit, other):
        one.admit("203.0.113.7")
    assert "203.0.113.7" not in repr(limit)
    assert not limit._tries.keys() & other._tries.keys()


def test_the_memory_of_failures_cannot_be_filled_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "MOST_NAMES", 50)
    limit = Throttle(at([0.0]))
    for number in range(200):
        assert limit.admit(f"s{number}") == 0
    assert len(limit._tries) <= 52
