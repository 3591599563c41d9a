"""When does a login end? After half an hour of nothing, after twelve hours of anything, and when it is told to."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.services.access.sessions import (
    begin,
    device_of,
    end,
    end_all,
    find,
    is_due,
    key_of,
    sessions_of,
    use,
)
from survey_app.store import Store, open_store
from survey_app.store.models import StaffAccount, StaffSession

MINUTE, HOUR = 60, 3600
START = 1_800_000_000


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as opened:
        opened.add_all(StaffAccount(username=name, password_hash=f"hash of {name}") for name in "ab")
        opened.flush()
        yield opened


def enter(session: Session, name: str = "a", at: float = START) -> str:
    return begin(session, session.get_one(StaffAccount, name), device="Chrome/Windows", now=at)


def lasts(session: Session, token: str, at: float) -> bool:
    return find(session, token, at) is not None


def test_a_login_ends_after_half_an_hour_without_a_request(session: Session) -> None:
    token = enter(session)
    assert lasts(session, token, START + 30 * MINUTE)
    use(session, key_of(token), START + 30 * MINUTE)
    assert lasts(session, token, START + 60 * MINUTE)
    assert not lasts(session, token, START + 60 * MINUTE + 1)


def test_a_login_ends_after_twelve_hours_however_busy(session: Session) -> None:
    token = enter(session)
    for at in range(START, START + 12 * HOUR + 1, 20 * MINUTE):
        assert lasts(session, token, at)
        use(session, key_of(token), at)
    assert not lasts(session, token, START + 12 * HOUR + 1)


def test_a_clock_that_is_set_back_ends_the_login_and_a_little_drift_does_not(session: Session) -> None:
    token = enter(session)
    assert lasts(session, token, START - MINUTE)
    assert not lasts(session, token, START - HOUR)
    use(session, key_of(token), START + HOUR)
    assert not lasts(session, token, START + MINUTE)


def test_a_use_is_written_down_once_a_minute_at_most(session: Session) -> None:
    found = find(session, enter(session), START)
    assert found is not None
    assert [is_due(found[0], START + seconds) for seconds in (0, 59, 60)] == [False, False, True]


def test_a_login_that_was_ended_is_unknown_and_the_others_go_on(session: Session) -> None:
    first, second, other = enter(session), enter(session), enter(session, "b")
    assert first != second
    assert not end(session, "b", key_of(first))
    assert end(session, "a", key_of(first))
    assert not end(session, "a", key_of(first))
    assert [lasts(session, token, START) for token in (first, second, other, "")] == [False, True, True, False]
    end_all(session, "a")
    assert [lasts(session, token, START) for token in (second, other)] == [False, True]


def test_another_password_or_a_disabled_account_ends_the_login(session: Session) -> None:
    first, second = enter(session), enter(session, "b")
    session.get_one(StaffAccount, "a").password_hash = "hash of another"
    session.get_one(StaffAccount, "b").active = False
    assert not lasts(session, first, START)
    assert not lasts(session, second, START)


def test_a_person_sees_the_own_logins_that_last_the_latest_first(session: Session) -> None:
    old, late = enter(session, at=START - HOUR), enter(session, at=START + 1)
    early = enter(session)
    enter(session, "b")
    keys = [there.key for there in sessions_of(session, session.get_one(StaffAccount, "a"), START + 2)]
    assert keys == [key_of(late), key_of(early)]
    assert key_of(old) not in keys


def test_the_table_holds_no_secret_and_forgets_what_has_ended(session: Session) -> None:
    token = enter(session)
    assert token not in {
        value for there in session.scalars(select(StaffSession)) for value in vars(there).values()
    }
    enter(session, "b", START + HOUR)
    assert session.scalar(select(func.count()).select_from(StaffSession)) == 1


def test_a_login_outlives_the_process_that_began_it(store: Store) -> None:
    with store.writing() as session:
        session.add(StaffAccount(username="a", password_hash="hash of a"))
        session.flush()
        token = enter(session)
        session.commit()
    other = open_store(store.engine.url.render_as_string(hide_password=False))
    with other.reading() as session:
        assert lasts(session, token, START)
    other.engine.dispose()


WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("browser", "device"),
    [
        (WINDOWS, "Chrome/Windows"),
        (f"{WINDOWS} Edg/141.0", "Edge/Windows"),
        (f"{WINDOWS} coc_coc_browser/140", "Cốc Cốc/Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", "Firefox/Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 Chrome/141.0 Safari/537.36",
            "Chrome/Android",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari/iPhone"),
        ("curl/8.5", "/"),
        ("<script>alert(1)</script>" * 99, "/"),
    ],
)
def test_a_device_is_named_in_two_words_of_ours(browser: str, device: str) -> None:
    assert device_of(browser) == device
