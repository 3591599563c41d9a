"""Who may log in? The accounts of staff, found, made, and given new passwords."""

import re
import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import clean
from survey_app.services.access import passwords, sessions
from survey_app.services.access.rights import Access, Grant, Role
from survey_app.store.models import StaffAccount, StaffGrant

FIRST_ACCOUNT = "quan-tri"
LONGEST_NAME = 80
LONGEST_FULL_NAME = 120

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")


class UnknownAccount(LookupError):
    """There is no account of this name."""


class AccountExists(ValueError):
    """There is an account of this name."""


class UnusableName(ValueError):
    """A name that no account can have."""


def find_account(session: Session, username: str) -> StaffAccount | None:
    """Return the account of this name, however it was capitalised."""
    return session.get(StaffAccount, typed_name(username))


def typed_name(typed: str) -> str:
    """Return a name as accounts are kept under."""
    return clean(typed).casefold()[:LONGEST_NAME]


def access_of(session: Session, account: StaffAccount) -> Access:
    """Return what was granted to an account."""
    return Access(
        account.username, tuple(Grant(Role(one.role), one.unit_code) for one in grants_of(session, account))
    )


def grants_of(session: Session, account: StaffAccount) -> list[StaffGrant]:
    """Return the grants of an account in a fixed order."""
    query = select(StaffGrant).where(StaffGrant.username == account.username)
    return list(session.scalars(query.order_by(StaffGrant.role, StaffGrant.unit_code, StaffGrant.id)))


def password_fits(account: StaffAccount | None, password: str) -> bool:
    """Say whether the password is the account's; without an account the same work is done for nothing."""
    return passwords.fits(account.password_hash if account else None, password)


def renew_hash(session: Session, account: StaffAccount, password: str) -> StaffAccount:
    """Hash a password anew that has just fitted, unless it was changed in the meantime; the caller commits."""
    stored = session.get_one(StaffAccount, account.username)
    if stored.password_hash == account.password_hash:
        stored.password_hash = passwords.hash_of(password)
    return stored


def create_first_account(session: Session) -> str | None:
    """Make the first account, admin of everything, where there is none, and return its password, else None."""
    if session.scalar(select(StaffAccount.username).limit(1)) is not None:
        return None
    password = passwords.new_password()
    add_account(session, FIRST_ACCOUNT, password)
    session.add(StaffGrant(id=secrets.token_hex(16), username=FIRST_ACCOUNT, role=Role.ADMIN))
    session.flush()
    return password


def add_account(
    session: Session,
    username: str,
    password: str,
    *,
    full_name: str = "",
    unit_code: str | None = None,
    must_change: bool = False,
) -> StaffAccount:
    """Make an account; raise AccountExists, UnusableName or WeakPassword; the caller commits."""
    if not _NAME.fullmatch(username):
        raise UnusableName(
            f"Tên tài khoản “{username}”: cần 3 đến 40 ký tự gồm chữ thường không dấu, chữ số, dấu chấm, "
            "gạch nối hoặc gạch dưới, bắt đầu bằng chữ hoặc số. Chọn tên khác."
        )
    if session.get(StaffAccount, username) is not None:
        raise AccountExists(
            f"Đã có tài khoản “{username}”. Chọn tên khác, hoặc đặt lại mật khẩu cho tài khoản đó."
        )
    passwords.refuse_weak_password(password, about=(username, full_name))
    account = StaffAccount(
        username=username,
        password_hash=passwords.hash_of(password),
        full_name=clean(full_name)[:LONGEST_FULL_NAME],
        unit_code=unit_code,
        must_change_password=must_change,
    )
    session.add(account)
    session.flush()
    return account


def set_password(session: Session, username: str, password: str, *, must_change: bool = False) -> StaffAccount:
    """Give an account a new password and end its sessions; raise UnknownAccount or WeakPassword."""
    account = known_account(session, username)
    with_code = account.totp_enabled and not must_change
    passwords.refuse_weak_password(password, about=(username, account.full_name), with_code=with_code)
    account.password_hash = passwords.hash_of(password)
    account.must_change_password = must_change
    sessions.end_all(session, username)
    return account


def known_account(session: Session, username: str) -> StaffAccount:
    """Return the account of this name, or raise UnknownAccount, which says what names there are."""
    account = session.get(StaffAccount, username)
    if account is None:
        known = ", ".join(session.scalars(select(StaffAccount.username).order_by(StaffAccount.username)))
        raise UnknownAccount(
            f"Không có tài khoản “{username}”. Các tài khoản hiện có: {known or 'chưa có'}. "
            "Tạo tài khoản mới bằng lệnh: flask --app survey_app staff-account create"
        )
    return account
