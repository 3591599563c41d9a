"""Who may give which role to whom? Never more than the giver reaches, never to oneself."""

import secrets
from collections.abc import Collection

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.services.access import sessions
from survey_app.services.access.accounts import grants_of
from survey_app.services.access.rights import NEEDS_UNIT, WHOLE_INSTALLATION, Access, Grant, Right, Role
from survey_app.services.log import audit
from survey_app.services.organisation.tree import path_of
from survey_app.store.models import StaffAccount, StaffGrant


class BeyondReach(PermissionError):
    """The account, unit or role lies outside what the person who acts was given."""


class UnusableGrant(ValueError):
    """A role and a unit that do not go together; the text says why."""


class UnitMissing(UnusableGrant):
    """The role is given for a unit, and none was named."""


class UnitNotTaken(UnusableGrant):
    """The role is given for the whole installation, and a unit was named."""


class LastAdmin(ValueError):
    """Without this account nobody could look after the whole installation any more."""


class OwnAccount(PermissionError):
    """Nobody changes the own rights, or shuts out the own account."""


def reaches(session: Session, actor: Access, right: Right, unit_code: str | None) -> bool:
    """Say whether a right of the person who acts covers a unit; None stands for the whole installation."""
    return actor.covers(right, path_of(session, unit_code) if unit_code else ())


def may_manage(session: Session, actor: Access, account: StaffAccount) -> bool:
    """Say whether the account's home and all its grants lie within reach: a reset must not open more than that."""
    places = [account.unit_code, *(grant.unit_code for grant in grants_of(session, account))]
    return all(reaches(session, actor, Right.CHANGE_ACCOUNTS, place) for place in places)


def refuse_unmanaged(session: Session, actor: Access, account: StaffAccount) -> None:
    """Raise BeyondReach or OwnAccount where the person may not change this account."""
    if account.username == actor.username:
        raise OwnAccount
    if not may_manage(session, actor, account):
        raise BeyondReach


def give(session: Session, actor: Access, account: StaffAccount, wanted: Collection[Grant]) -> None:
    """Grant roles to an account and end its sessions; raise where one must not be given; the caller commits."""
    refuse_unmanaged(session, actor, account)
    present = {(grant.role, grant.unit_code) for grant in grants_of(session, account)}
    for grant in wanted:
        _refuse_unusable(session, actor, grant)
        if (grant.role, grant.unit_code) not in present:
            session.add(
                StaffGrant(
                    id=secrets.token_hex(16),
                    username=account.username,
                    role=grant.role,
                    unit_code=grant.unit_code,
                )
            )
            _record(session, actor, "grant.given", account=account, grant=grant)
    session.flush()
    # A session keeps what it was opened with in mind: with other rights a new one begins.
    sessions.end_all(session, account.username)


def take_away(session: Session, actor: Access, account: StaffAccount, grant_id: str) -> None:
    """Take a grant from an account and end its sessions; raise where that must not be; the caller commits."""
    refuse_unmanaged(session, actor, account)
    stored = session.get(StaffGrant, grant_id)
    if stored is None or stored.username != account.username:
        raise BeyondReach
    grant = Grant(Role(stored.role), stored.unit_code)
    if grant == Grant(Role.ADMIN):
        refuse_last_admin(session, account)
    session.execute(delete(StaffGrant).where(StaffGrant.id == grant_id))
    sessions.end_all(session, account.username)
    _record(session, actor, "grant.taken", account=account, grant=grant)


def refuse_last_admin(session: Session, account: StaffAccount) -> None:
    """Raise LastAdmin where no other active account is admin of the whole installation."""
    query = (
        select(func.count())
        .select_from(StaffGrant)
        .join(StaffAccount, StaffAccount.username == StaffGrant.username)
        .where(StaffGrant.role == Role.ADMIN, StaffGrant.unit_code.is_(None), StaffAccount.active)
    )
    own = query.where(StaffGrant.username == account.username)
    if session.scalar(own) and session.scalar(query.where(StaffGrant.username != account.username)) == 0:
        raise LastAdmin(
            f"Tài khoản “{account.username}” là tài khoản quản trị toàn hệ thống duy nhất đang hoạt động. "
            "Cấp quyền quản trị toàn hệ thống cho một tài khoản khác trước."
        )


def _refuse_unusable(session: Session, actor: Access, grant: Grant) -> None:
    if grant.unit_code is None and grant.role in NEEDS_UNIT:
        raise UnitMissing(f"Vai trò “{grant.role}” cần một đơn vị. Chọn đơn vị rồi gửi lại.")
    if grant.unit_code is not None and grant.role in WHOLE_INSTALLATION:
        raise UnitNotTaken(f"Vai trò “{grant.role}” là của toàn hệ thống. Để trống đơn vị rồi gửi lại.")
    if grant.unit_code is not None and not path_of(session, grant.unit_code):
        raise BeyondReach
    if not reaches(session, actor, Right.CHANGE_ACCOUNTS, grant.unit_code):
        raise BeyondReach


def _record(session: Session, actor: Access, event: str, *, account: StaffAccount, grant: Grant) -> None:
    unit = grant.unit_code
    audit.record(
        session, event, account=actor.username, unit_code=unit, about=account.username, role=grant.role.value
    )
