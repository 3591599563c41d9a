"""Who looks after which accounts? Listed, made, changed, reset and disabled within the reach of an admin."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import clean
from survey_app.services.access import second_factor, sessions
from survey_app.services.access.accounts import LONGEST_FULL_NAME, add_account, grants_of, set_password
from survey_app.services.access.grants import BeyondReach, reaches, refuse_last_admin, refuse_unmanaged
from survey_app.services.access.passwords import bare, new_password
from survey_app.services.access.rights import Access, Grant, Right, Role
from survey_app.services.log import audit
from survey_app.services.organisation.tree import below, path_of
from survey_app.store.models import StaffAccount, StaffGrant, Unit

LONGEST_SUBJECT = 200


class SubjectTaken(ValueError):
    """Another account is already linked with this person at the outside provider."""


@dataclass(frozen=True, slots=True)
class Person:
    """An account as it stands in a list, with the name of its unit and what was granted to it."""

    account: StaffAccount
    unit_name: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What an admin says about a person."""

    full_name: str
    unit_code: str | None
    issuer: str | None = None
    subject: str | None = None


def people(session: Session, actor: Access, wanted: str = "") -> list[Person]:
    """Return the accounts whose home lies within reach; with words, those whose names or unit have them."""
    reach = actor.reach(Right.SEE_ACCOUNTS)
    query = select(StaffAccount, Unit.name).outerjoin(Unit, Unit.code == StaffAccount.unit_code)
    if None not in reach:
        query = query.where(StaffAccount.unit_code.in_(below(session, *(code for code in reach if code))))
    granted: dict[str, list[Grant]] = {}
    for one in session.scalars(select(StaffGrant).order_by(StaffGrant.role, StaffGrant.unit_code)):
        granted.setdefault(one.username, []).append(Grant(Role(one.role), one.unit_code))
    found = [
        Person(account, name or "", tuple(granted.get(account.username, ())))
        for account, name in session.execute(query.order_by(StaffAccount.username))
    ]
    return [person for person in found if _matches(person, bare(wanted))]


def seen_account(session: Session, actor: Access, username: str) -> StaffAccount:
    """Return an account within reach of who asks; raise BeyondReach for any other, and where there is none."""
    account = session.get(StaffAccount, username)
    if account is None or not reaches(session, actor, Right.SEE_ACCOUNTS, account.unit_code):
        raise BeyondReach
    return account


def create(session: Session, actor: Access, username: str, details: Details) -> tuple[StaffAccount, str]:
    """Make an account that has no rights yet and return it with its first password; the caller commits."""
    _refuse_unit(session, actor, details.unit_code)
    password = new_password()
    account = add_account(
        session,
        username,
        password,
        full_name=details.full_name,
        unit_code=details.unit_code,
        must_change=True,
    )
    _record(session, actor, "account.created", account)
    return account, password


def change(session: Session, actor: Access, account: StaffAccount, details: Details) -> None:
    """Change what is known of a person; the caller commits."""
    refuse_unmanaged(session, actor, account)
    _refuse_unit(session, actor, details.unit_code)
    account.full_name = clean(details.full_name)[:LONGEST_FULL_NAME]
    account.unit_code = details.unit_code
    _link(session, account, details)
    _record(session, actor, "account.changed", account)


def reset(session: Session, actor: Access, account: StaffAccount, *, clear_second_factor: bool) -> str:
    """Return a new password that has to be changed at the next login; all sessions end; the caller commits."""
    refuse_unmanaged(session, actor, account)
    password = new_password()
    set_password(session, account.username, password, must_change=True)
    _record(session, actor, "password.reset", account)
    if clear_second_factor and account.totp_nonce is not None:
        second_factor.turn_off(session, account)
        _record(session, actor, "second_factor.cleared", account)
    return password


def disable(session: Session, actor: Access, account: StaffAccount) -> None:
    """Shut an account out and end its sessions; its grants stay for when it is enabled; the caller commits."""
    refuse_unmanaged(session, actor, account)
    refuse_last_admin(session, account)
    account.active = False
    sessions.end_all(session, account.username)
    _record(session, actor, "account.disabled", account)


def enable(session: Session, actor: Access, account: StaffAccount) -> None:
    """Let an account in again; the caller commits."""
    refuse_unmanaged(session, actor, account)
    account.active = True
    _record(session, actor, "account.enabled", account)


def end_session(session: Session, actor: Access, account: StaffAccount, key: str) -> None:
    """End a login of somebody else; raise BeyondReach where there is none; the caller commits."""
    refuse_unmanaged(session, actor, account)
    if not sessions.end(session, account.username, key):
        raise BeyondReach
    _record(session, actor, "session.revoked", account)


def described(session: Session, account: StaffAccount) -> Person:
    """Return an account with the name of its unit and what was granted to it."""
    unit = session.get(Unit, account.unit_code) if account.unit_code else None
    granted = tuple(Grant(Role(one.role), one.unit_code) for one in grants_of(session, account))
    return Person(account, unit.name if unit else "", granted)


def _refuse_unit(session: Session, actor: Access, unit_code: str | None) -> None:
    unknown = unit_code is not None and not path_of(session, unit_code)
    if unknown or not reaches(session, actor, Right.CHANGE_ACCOUNTS, unit_code):
        raise BeyondReach


def _link(session: Session, account: StaffAccount, details: Details) -> None:
    query = select(StaffAccount.username).filter_by(issuer=details.issuer, subject=details.subject)
    if details.subject and session.scalar(query.where(StaffAccount.username != account.username)):
        raise SubjectTaken
    account.issuer, account.subject = details.issuer, details.subject
    session.flush()


def _matches(person: Person, wanted: str) -> bool:
    account = person.account
    texts = (account.username, account.full_name, person.unit_name, account.unit_code or "")
    return not wanted or any(wanted in bare(text) for text in texts)


def _record(session: Session, actor: Access, event: str, account: StaffAccount) -> None:
    audit.record(session, event, account=actor.username, unit_code=account.unit_code, about=account.username)
