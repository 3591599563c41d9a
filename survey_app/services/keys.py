"""Which system may ask what? Keys with scopes, for a unit and all below it, that can be taken back."""

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.periods import window_of
from questionnaires.text import clean
from survey_app.services.log import audit
from survey_app.services.organisation.tree import path_of
from survey_app.store.models import ApiKey

LONGEST_SYSTEM = 80
_PREFIX_LENGTH = 10
# Letters and digits that are not mistaken for one another when a prefix is read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PREFIX = re.compile(f"[{_ALPHABET}]{{{_PREFIX_LENGTH}}}")
_NOBODY = sha256(b"").hexdigest()


class Scope(StrEnum):
    """What a key may be used for; every route of the interface names one."""

    READ_UNITS = "units:read"
    READ_SURVEYS = "surveys:read"


class KeyNotMade(ValueError):
    """A key that nobody could use or answer for; ``problem`` names what is wrong with it."""

    def __init__(self, problem: str, text: str) -> None:
        super().__init__(text)
        self.problem = problem


class UnknownKey(LookupError):
    """There is no key with this prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The key that is asked for: for whom, for what, and for which unit (None: the whole installation)."""

    system: str
    scopes: Collection[str]
    unit_code: str | None


def create_key(session: Session, wish: Wish, *, account: str, today: date) -> tuple[ApiKey, str]:
    """Make a key and return it with its text, which is kept nowhere; the caller commits.

    Raises KeyNotMade. The secret has 256 random bits: nobody guesses it, so a plain SHA-256 of it is enough. A
    slow hash protects what people choose, and here would only make every request of a system slow.
    """
    system, scopes = clean(wish.system), [scope.value for scope in Scope if scope.value in wish.scopes]
    _refuse(session, wish, system, scopes)
    secret = secrets.token_urlsafe(32)
    key = ApiKey(
        prefix="".join(secrets.choice(_ALPHABET) for _ in range(_PREFIX_LENGTH)),
        system=system,
        scopes=scopes,
        unit_code=wish.unit_code,
        secret_hash=_hash(secret),
        created_on=today,
    )
    session.add(key)
    session.flush()
    told = {"key": key.prefix, "system": system, "scopes": " ".join(scopes)}
    audit.record(session, "key.created", account=account, unit_code=key.unit_code, **told)
    return key, f"{key.prefix}.{secret}"


def _refuse(session: Session, wish: Wish, system: str, scopes: list[str]) -> None:
    if not 3 <= len(system) <= LONGEST_SYSTEM:
        raise KeyNotMade("system", f"Tên hệ thống cần từ 3 đến {LONGEST_SYSTEM} ký tự, đang có {len(system)}.")
    if not scopes or len(scopes) < len(set(wish.scopes)):
        known = ", ".join(Scope)
        raise KeyNotMade("scopes", f"Cần ít nhất một phạm vi trong số: {known}; không nhận phạm vi nào khác.")
    if wish.unit_code is not None and not path_of(session, wish.unit_code):
        raise KeyNotMade("unit", f"Không có đơn vị mang mã “{wish.unit_code}”. Xem lại mã trong danh mục đơn vị.")


def revoke_key(session: Session, prefix: str, *, account: str, today: date) -> ApiKey:
    """Take a key back for ever, once; raise UnknownKey; the caller commits."""
    key = find_key(session, prefix)
    if key.revoked_on is None:
        key.revoked_on = today
        told = {"key": key.prefix, "system": key.system}
        audit.record(session, "key.revoked", account=account, unit_code=key.unit_code, **told)
    return key


def find_key(session: Session, prefix: str) -> ApiKey:
    """Return the key with this prefix; raise UnknownKey."""
    key = _of_prefix(session, prefix)
    if key is None:
        raise UnknownKey(
            f"Không có khóa kết nối “{prefix}”. Xem các khóa hiện có: flask --app survey_app api-key list"
        )
    return key


def every_key(session: Session, units: Collection[str] | None) -> list[ApiKey]:
    """Return the keys for these units, None for all of them: those in use first, by system."""
    query = select(ApiKey).order_by(ApiKey.revoked_on.is_not(None), ApiKey.system, ApiKey.prefix)
    if units is not None:
        query = query.where(ApiKey.unit_code.in_(units))
    return list(session.scalars(query))


def key_of(session: Session, text: str) -> ApiKey | None:
    """Return the key whose text this is, None where it is none or was taken back."""
    key, secret = _of_prefix(session, text), text.partition(".")[2]
    fits = hmac.compare_digest(key.secret_hash if key else _NOBODY, _hash(secret))
    return key if key and fits and key.revoked_on is None else None


def known_prefix(session: Session, text: str) -> str:
    """Return the public part of a key's text where there is such a key, else nothing."""
    key = _of_prefix(session, text)
    return key.prefix if key else ""


def _of_prefix(session: Session, text: str) -> ApiKey | None:
    # Only what looks like a prefix is asked for: not every text is one that every database takes.
    prefix = text.partition(".")[0]
    return session.get(ApiKey, prefix) if _PREFIX.fullmatch(prefix) else None


def needs_note(key: ApiKey, today: date) -> bool:
    """Say whether the key was not yet used in the present window."""
    return key.last_window != window_of(today)


def note_use(session: Session, prefix: str, today: date) -> None:
    """Keep that a key was used in the present window, and nothing more exact; the caller commits."""
    session.get_one(ApiKey, prefix).last_window = window_of(today)


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
