"""Does a second factor hold: codes once and in time, secrets not in the database, recovery codes used up?"""

from collections.abc import Iterator

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.services.access.second_factor import (
    codes_left,
    confirm,
    device_of,
    start,
    take_code,
    take_recovery_code,
    turn_off,
)
from survey_app.store import Store
from survey_app.store.models import StaffAccount, StaffRecoveryCode

PEPPER = "uE6iOa1RyT3wQ5sDf7gHj9KlZx2CvB4n"
NOW = 1_800_000_000


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as opened:
        opened.add_all(StaffAccount(username=name, password_hash="x") for name in ("a", "b"))
        opened.flush()
        for name in ("a", "b"):
            start(opened.get_one(StaffAccount, name))
        yield opened


def person(session: Session, name: str = "a") -> StaffAccount:
    return session.get_one(StaffAccount, name)


def code_at(session: Session, at: int, name: str = "a") -> str:
    return pyotp.TOTP(device_of(PEPPER, person(session, name), "Khảo sát").secret).at(at)


def test_a_code_of_the_present_and_of_the_steps_beside_it_fits_and_no_other(session: Session) -> None:
    for drift, fits in ((-60, False), (-30, True), (0, True), (30, True), (60, False)):
        person(session).totp_step = None
        assert take_code(PEPPER, person(session), code_at(session, NOW + drift), NOW) is fits, drift
    assert (
        take_code(PEPPER, person(session), f" {code_at(session, NOW)[:3]} {code_at(session, NOW)[3:]} ", NOW + 60)
        is False
    )
    for wrong in ("", "abcdef", "０００００００", "1" * 400, code_at(session, NOW, "b")):
        assert not take_code(PEPPER, person(session), wrong, NOW)


def test_a_code_is_taken_once_and_an_older_one_not_after_it(session: Session) -> None:
    code, before = code_at(session, NOW), code_at(session, NOW - 30)
    assert take_code(PEPPER, person(session), code, NOW)
    assert not take_code(PEPPER, person(session), code, NOW)
    assert not take_code(PEPPER, person(session), code, NOW + 20)
    assert not take_code(PEPPER, person(session), before, NOW)
    assert take_code(PEPPER, person(session), code_at(session, NOW + 30), NOW + 30)


def test_the_secret_is_not_in_the_database_and_another_for_another_key_person_or_try(session: Session) -> None:
    device = device_of(PEPPER, person(session), "Khảo sát")
    assert len(device.secret) == 32
    assert device.secret not in repr(vars(person(session)))
    others = {
        device_of(PEPPER, person(session, "b"), "x").secret,
        device_of("another key of the settings", person(session), "x").secret,
    }
    start(person(session))
    others.add(device_of(PEPPER, person(session), "x").secret)
    assert len({device.secret, *others}) == 4


def test_ten_recovery_codes_work_once_each_for_one_person_and_are_kept_as_hashes(session: Session) -> None:
    codes = confirm(session, PEPPER, person(session))
    assert len(set(codes)) == codes_left(session, person(session)) == 10
    kept = {row.code_hash for row in session.scalars(select(StaffRecoveryCode))}
    assert not any(code.replace("-", "") in stored for code in codes for stored in kept)
    assert not take_recovery_code(session, PEPPER, person(session, "b"), codes[0])
    assert take_recovery_code(session, PEPPER, person(session), codes[0].upper().replace("-", " "))
    assert not take_recovery_code(session, PEPPER, person(session), codes[0])
    assert codes_left(session, person(session)) == 9
    fresh = confirm(session, PEPPER, person(session))
    assert not take_recovery_code(session, PEPPER, person(session), codes[1])
    assert take_recovery_code(session, PEPPER, person(session), fresh[1])


def test_what_was_turned_off_opens_nothing_any_more(session: Session) -> None:
    codes, code = confirm(session, PEPPER, person(session)), code_at(session, NOW)
    turn_off(session, person(session))
    assert not person(session).totp_enabled
    assert not take_code(PEPPER, person(session), code, NOW)
    assert not take_recovery_code(session, PEPPER, person(session), codes[0])
