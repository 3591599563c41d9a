"""When does a login end? After half an hour of nothing, after twelve hours of anything, and when it is told to."""

from collections.abc import Callable

from survey_app.staff.sessions import Sessions, belongs_to

MINUTE, HOUR = 60, 3600


def at(times: list[float]) -> Callable[[], float]:
    return lambda: times[-1]


def test_a_login_ends_after_half_an_hour_without_a_request() -> None:
    times: list[float] = [0]
    sessions = Sessions(at(times))
    token = sessions.begin("a", "hash")
    times.append(30 * MINUTE)
    assert sessions.find(token) is not None
    times.append(60 * MINUTE)
    assert sessions.find(token) is not None
    times.append(90 * MINUTE + 1)
    assert sessions.find(token) is None
    times.append(60 * MINUTE)
    assert sessions.find(token) is None


def test_a_login_ends_after_twelve_hours_however_busy() -> None:
    times: list[float] = [0]
    sessions = Sessions(at(times))
    token = sessions.begin("a", "hash")
    for times[-1] in range(0, 12 * HOUR + 1, 20 * MINUTE):
        assert sessions.find(token) is not None
    times.append(12 * HOUR + 1)
    assert sessions.find(token) is None


def test_a_login_that_was_ended_is_unknown_and_the_others_go_on() -> None:
    sessions = Sessions()
    first, second = sessions.begin("a", "hash"), sessions.begin("a", "hash")
    assert first != second
    sessions.end(first)
    assert sessions.find(first) is None
    assert sessions.find(second) is not None
    assert sessions.find("") is None


def test_a_login_belongs_to_the_password_it_began_with() -> None:
    sessions = Sessions()
    there = sessions.find(sessions.begin("a", "hash of the old password"))
    assert there is not None
    assert belongs_to(there, "hash of the old password")
    assert not belongs_to(there, "hash of the new password")


def test_the_memory_holds_no_secret_and_forgets_what_has_ended() -> None:
    times: list[float] = [0]
    sessions = Sessions(at(times))
    token = sessions.begin("a", "hash")
    assert token not in repr(sessions)
    times.append(HOUR)
    sessions.begin("b", "hash")
    assert len(sessions._present) == 1
