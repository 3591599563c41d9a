"""Can an admin give, reset or shut out only what lies within reach, and nobody raise the own account?"""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.services.access import directory, grants
from survey_app.services.access.accounts import access_of, find_account
from survey_app.services.access.directory import Details
from survey_app.services.access.grants import BeyondReach, LastAdmin, OwnAccount, UnitMissing, UnitNotTaken
from survey_app.services.access.rights import Access, Grant, Role
from survey_app.store import Store
from survey_app.store.models import AuditEntry, StaffAccount, StaffGrant, Unit
from tests.survey_app.staff.staff_building import add_person

WHOLE = Access("quan-tri", (Grant(Role.ADMIN),))
PROVINCE = Access("so-noi-vu", (Grant(Role.ADMIN, "79"),))
COMMUNE = Access("xa-26734", (Grant(Role.ADMIN, "26734"),))


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writing() as opened:
        opened.add(Unit(code="01", name="Thành phố Núi Cao"))
        opened.flush()
        opened.add(Unit(code="00004", name="Phường Đỉnh Mây", parent_code="01"))
        opened.flush()
        for actor, home in ((WHOLE, None), (PROVINCE, "79"), (COMMUNE, "26734")):
            add_person(opened, actor.username, *actor.grants, home=home)
        add_person(opened, "can-bo", Grant(Role.CLERK, "26734"), home="26734")
        add_person(opened, "xa-khac", Grant(Role.CLERK, "00004"), home="00004")
        add_person(opened, "biet-phai", Grant(Role.ANALYST), home="26734")
        yield opened


def account(session: Session, name: str) -> StaffAccount:
    return session.get_one(StaffAccount, name)


def held(session: Session, name: str) -> set[Grant]:
    return set(access_of(session, account(session, name)).grants)


def test_an_admin_gives_roles_within_reach_and_the_sessions_end(session: Session) -> None:
    grants.give(
        session, PROVINCE, account(session, "can-bo"), [Grant(Role.OFFICE, "26737"), Grant(Role.ADMIN, "79")]
    )
    wanted = {Grant(Role.CLERK, "26734"), Grant(Role.OFFICE, "26737"), Grant(Role.ADMIN, "79")}
    assert held(session, "can-bo") == wanted
    grants.give(session, PROVINCE, account(session, "can-bo"), [Grant(Role.OFFICE, "26737")])
    assert held(session, "can-bo") == wanted
    entries = session.scalars(select(AuditEntry).where(AuditEntry.event == "grant.given")).all()
    assert [(one.account, one.unit_code, one.details) for one in entries] == [
        ("so-noi-vu", "26737", {"about": "can-bo", "role": "office"}),
        ("so-noi-vu", "79", {"about": "can-bo", "role": "admin"}),
    ]


@pytest.mark.parametrize(
    ("actor", "name", "grant", "refusal"),
    [
        (COMMUNE, "can-bo", Grant(Role.ADMIN), BeyondReach),
        (COMMUNE, "can-bo", Grant(Role.AUDITOR), BeyondReach),
        (COMMUNE, "can-bo", Grant(Role.OFFICE, "79"), BeyondReach),
        (COMMUNE, "can-bo", Grant(Role.OFFICE, "26737"), BeyondReach),
        (PROVINCE, "can-bo", Grant(Role.OFFICE, "01"), BeyondReach),
        (PROVINCE, "can-bo", Grant(Role.OFFICE, "khong-co"), BeyondReach),
        (PROVINCE, "can-bo", Grant(Role.OFFICE, "' OR 1=1 --"), BeyondReach),
        (PROVINCE, "xa-khac", Grant(Role.OFFICE, "26734"), BeyondReach),
        (PROVINCE, "biet-phai", Grant(Role.OFFICE, "26734"), BeyondReach),
        (PROVINCE, "quan-tri", Grant(Role.OFFICE, "26734"), BeyondReach),
        (PROVINCE, "so-noi-vu", Grant(Role.ADMIN), OwnAccount),
        (WHOLE, "quan-tri", Grant(Role.ANALYST), OwnAccount),
        (Access("can-bo", (Grant(Role.CLERK, "26734"),)), "xa-26734", Grant(Role.CLERK, "26734"), BeyondReach),
        (Access("kiem-tra", (Grant(Role.AUDITOR),)), "can-bo", Grant(Role.CLERK, "26734"), BeyondReach),
        (WHOLE, "can-bo", Grant(Role.OFFICE), UnitMissing),
        (WHOLE, "can-bo", Grant(Role.ANALYST, "79"), UnitNotTaken),
        (WHOLE, "can-bo", Grant(Role.OFFICE, "khong-co"), BeyondReach),
    ],
)
def test_nobody_gives_more_than_the_own_reach_or_to_oneself(
    session: Session, actor: Access, *, name: str, grant: Grant, refusal: type[Exception]
) -> None:
    before = {(one.username, one.role, one.unit_code) for one in session.scalars(select(StaffGrant))}
    with pytest.raises(refusal):
        grants.give(session, actor, account(session, name), [grant])
    assert {(one.username, one.role, one.unit_code) for one in session.scalars(select(StaffGrant))} == before


def test_whoever_has_a_role_beyond_reach_is_not_reset_for_that_would_open_more(session: Session) -> None:
    for name in ("biet-phai", "quan-tri", "xa-khac"):
        for act in (
            lambda s, one: directory.reset(s, PROVINCE, one, clear_second_factor=True),
            lambda s, one: directory.disable(s, PROVINCE, one),
            lambda s, one: directory.enable(s, PROVINCE, one),
            lambda s, one: directory.change(s, PROVINCE, one, Details(full_name="x", unit_code="26734")),
            lambda s, one: directory.end_session(s, PROVINCE, one, "x"),
        ):
            with pytest.raises(BeyondReach):
                act(session, account(session, name))
            assert not session.dirty
            assert not session.new


def test_the_last_admin_of_the_whole_is_neither_shut_out_nor_stripped(session: Session) -> None:
    operator = Access("(flask)", (Grant(Role.ADMIN),))
    only = account(session, "quan-tri")
    grant = session.scalars(select(StaffGrant).where(StaffGrant.username == "quan-tri")).one()
    with pytest.raises(LastAdmin, match="duy nhất"):
        directory.disable(session, operator, only)
    with pytest.raises(LastAdmin):
        grants.take_away(session, operator, only, grant.id)
    grants.give(session, operator, account(session, "can-bo"), [Grant(Role.ADMIN)])
    directory.disable(session, operator, only)
    with pytest.raises(LastAdmin):
        directory.disable(session, operator, account(session, "can-bo"))


def test_a_grant_of_another_account_is_not_taken_by_its_number(session: Session) -> None:
    foreign = session.scalars(select(StaffGrant).where(StaffGrant.username == "xa-khac")).one()
    with pytest.raises(BeyondReach):
        grants.take_away(session, PROVINCE, account(session, "can-bo"), foreign.id)
    own = session.scalars(select(StaffGrant).where(StaffGrant.username == "can-bo")).one()
    grants.take_away(session, PROVINCE, account(session, "can-bo"), own.id)
    assert held(session, "can-bo") == set()


def test_an_admin_lists_and_finds_the_accounts_of_the_own_units_alone(session: Session) -> None:
    account(session, "can-bo").full_name = "Đặng Thị Hằng"

    def listed(actor: Access, wanted: str = "") -> list[str]:
        return [person.account.username for person in directory.people(session, actor, wanted)]

    assert listed(COMMUNE) == ["biet-phai", "can-bo", "xa-26734"]
    assert listed(PROVINCE) == ["biet-phai", "can-bo", "so-noi-vu", "xa-26734"]
    assert len(listed(WHOLE)) == 6
    assert listed(WHOLE, "dang thi hang") == listed(PROVINCE, "HẰNG") == ["can-bo"]
    assert listed(WHOLE, "đỉnh mây") == ["xa-khac"]
    assert listed(PROVINCE, "đỉnh mây") == listed(Access("x", ())) == []


def test_an_account_is_made_for_a_unit_within_reach_only(session: Session) -> None:
    made, password = directory.create(session, PROVINCE, "moi", Details(full_name="Mới", unit_code="26737"))
    assert (made.must_change_password, made.unit_code, made.active) == (True, "26737", True)
    assert len(password) > 15
    for unit in ("01", None, "khong-co"):
        with pytest.raises(BeyondReach):
            directory.create(session, PROVINCE, "khac", Details(full_name="", unit_code=unit))
    assert find_account(session, "khac") is None
