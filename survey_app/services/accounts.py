"""Who may log in? Staff accounts, their passwords, and what makes a password too weak to be one."""

import re
import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.text import clean
from survey_app.services.rights import Access, Grant, Role
from survey_app.store.models import StaffAccount, StaffGrant

FIRST_ACCOUNT = "quan-tri"
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
LONGEST_NAME = 80

HASHER = PasswordHasher()
"""Argon2id with the library's parameters; hashes of older parameters are renewed at the next login."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
# Letters and digits that are not mistaken for one another on a printed slip.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 5
_FEWEST_OTHER_CHARACTERS, _FEWEST_DIFFERENT = 8, 5
_GUESSED_FIRST = re.compile(
    "matkhau|password|quantri|admin|nguoidung|user|hethong|khaosat|hailong|caicach|hanhchinh|thutuc|motcua|"
    "uybannhandan|ubnd|sonoivu|noivu|tinh|thanhpho|phuong|vietnam|hanoi|saigon|hochiminh|danang|xinchao|chaoban|"
    "anhyeuem|emyeuanh|iloveyou|welcome|letmein|sipas|qwerty|asdfgh|zxcvbn|abcdef|abc|"
    "0123456789|123456789|12345678|1234567|123456|12345|1234|123|(?:19|20)[0-9]{2}"
)


class UnknownAccount(LookupError):
    """There is no account of this name."""


class AccountExists(ValueError):
    """There is an account of this name."""


class UnusableName(ValueError):
    """A name that no account can have."""


class WeakPassword(ValueError):
    """A password that would be guessed; the text says what a good one needs."""


def find_account(session: Session, username: str) -> StaffAccount | None:
    """Return the account of this name, however it was capitalised."""
    return session.get(StaffAccount, clean(username).casefold()[:LONGEST_NAME])


def access_of(session: Session, account: StaffAccount) -> Access:
    """Return what was granted to an account."""
    query = select(StaffGrant).where(StaffGrant.username == account.username).order_by(StaffGrant.id)
    return Access(account.username, tuple(Grant(Role(one.role), one.unit_code) for one in session.scalars(query)))


def password_fits(account: StaffAccount | None, password: str) -> bool:
    """Say whether the password is the account's; without an account the same work is done for nothing."""
    decoy = _decoy()
    try:
        HASHER.verify(account.password_hash if account else decoy, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return account is not None


def renew_hash(session: Session, account: StaffAccount, password: str) -> StaffAccount:
    """Hash a password anew that has just fitted, unless it was changed in the meantime; the caller commits."""
    stored = session.get_one(StaffAccount, account.username)
    if stored.password_hash == account.password_hash:
        stored.password_hash = HASHER.hash(_bytes(password))
    return stored


def is_outdated(account: StaffAccount) -> bool:
    """Say whether the account's hash has parameters that are no longer ours."""
    return HASHER.check_needs_rehash(account.password_hash)


def create_first_account(session: Session) -> str | None:
    """Make the first account where there is none and return its password, else None; the caller commits."""
    if session.scalar(select(StaffAccount.username).limit(1)) is not None:
        return None
    password = new_password()
    add_account(session, FIRST_ACCOUNT, password)
    return password


def add_account(session: Session, username: str, password: str) -> None:
    """Make an account; raise AccountExists, UnusableName or WeakPassword; the caller commits."""
    if not _NAME.fullmatch(username):
        raise UnusableName(
            f"Tên tài khoản “{username}”: cần 3 đến 40 ký tự gồm chữ thường không dấu, chữ số, dấu chấm, "
            "gạch nối hoặc gạch dưới, bắt đầu bằng chữ hoặc số. Chọn tên khác."
        )
    if session.get(StaffAccount, username) is not None:
        raise AccountExists(f"Đã có tài khoản “{username}”. Bỏ tùy chọn --create để đặt lại mật khẩu.")
    refuse_weak_password(username, password)
    session.add(StaffAccount(username=username, password_hash=HASHER.hash(_bytes(password))))
    session.flush()


def set_password(session: Session, username: str, password: str) -> None:
    """Give an account a new password; raise UnknownAccount or WeakPassword; the caller commits."""
    account = session.get(StaffAccount, username)
    if account is None:
        known = ", ".join(session.scalars(select(StaffAccount.username).order_by(StaffAccount.username)))
        raise UnknownAccount(
            f"Không có tài khoản “{username}”. Các tài khoản hiện có: {known or 'chưa có'}. "
            "Thêm --create để tạo tài khoản mới."
        )
    refuse_weak_password(username, password)
    account.password_hash = HASHER.hash(_bytes(password))


def new_password() -> str:
    """Return a random password of about 99 bits, in groups that can be read out and typed."""
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
    return "-".join(groups)


def refuse_weak_password(username: str, password: str) -> None:
    """Raise where a password is short, overlong, or little more than words that are guessed first."""
    length = len(_normal(password))
    if not SHORTEST_PASSWORD <= length <= LONGEST_PASSWORD:
        raise WeakPassword(
            f"Mật khẩu cần từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự, đang có {length}. "
            "Dùng một câu dài dễ nhớ, hoặc bỏ trống để máy tạo mật khẩu ngẫu nhiên."
        )
    rest = _GUESSED_FIRST.sub("", _bare(password).replace(_bare(username), ""))
    if len(rest) < _FEWEST_OTHER_CHARACTERS or len(set(rest)) < _FEWEST_DIFFERENT:
        raise WeakPassword(
            "Mật khẩu dễ đoán: chủ yếu gồm từ thông dụng, tên tài khoản, năm, dãy số hoặc ký tự lặp lại. "
            "Dùng một câu dài gồm những từ không liên quan, hoặc bỏ trống để máy tạo mật khẩu ngẫu nhiên."
        )


@cache
def _decoy() -> str:
    return HASHER.hash(secrets.token_bytes(16))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "replace")


def _bare(text: str) -> str:
    """Return the letters and digits alone, small and without accents: what a guesser would try."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return re.sub(r"[\W_]", "", "".join(c for c in plain if not unicodedata.combining(c)))
