"""Which logins last? Kept in the database, so that they outlive a restart and hold over several processes."""

import secrets
from hashlib import sha256

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from survey_app.store.models import StaffAccount, StaffSession

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 60 * 60
SEEN_EVERY = 60
"""Seconds after which a use is written down again: no request but one a minute costs a write."""

AHEAD_SECONDS = 120
"""How far a stored time may lie ahead of the clock; further ahead, the clock was set back: no login holds."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrom", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def begin(session: Session, account: StaffAccount, *, device: str, now: float) -> str:
    """Return the secret of a new login, of which a hash alone is kept; logins that ended are forgotten."""
    token, at = secrets.token_urlsafe(32), int(now)
    ended = or_(StaffSession.seen < at - IDLE_SECONDS, StaffSession.began < at - LONGEST_SECONDS)
    session.execute(delete(StaffSession).where(ended))
    session.add(
        StaffSession(
            key=key_of(token),
            username=account.username,
            password_mark=key_of(account.password_hash),
            began=at,
            seen=at,
            device=device,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, now: float) -> tuple[StaffSession, StaffAccount] | None:
    """Return a login that still lasts, with its account; None for any other."""
    query = select(StaffSession, StaffAccount).join(StaffAccount).where(StaffSession.key == key_of(token))
    found = session.execute(query).first()
    if found is None or not _holds(*found, now=now):
        return None
    return found[0], found[1]


def use(session: Session, key: str, now: float) -> None:
    """Write down that a login was used."""
    there = session.get(StaffSession, key)
    if there is not None:
        there.seen = int(now)


def is_due(there: StaffSession, now: float) -> bool:
    """Say whether it is time to write down the use of a login."""
    return now - there.seen >= SEEN_EVERY


def sessions_of(session: Session, account: StaffAccount, now: float) -> list[StaffSession]:
    """Return the logins of an account that last, the latest used first."""
    query = select(StaffSession).where(StaffSession.username == account.username)
    found = session.scalars(query.order_by(StaffSession.seen.desc(), StaffSession.key))
    return [there for there in found if _holds(there, account, now=now)]


def end(session: Session, username: str, key: str) -> bool:
    """End a login of an account; say whether there was one."""
    query = delete(StaffSession).where(StaffSession.username == username, StaffSession.key == key)
    return session.execute(query.returning(StaffSession.key)).first() is not None


def end_all(session: Session, username: str) -> None:
    """End every login of an account."""
    session.execute(delete(StaffSession).where(StaffSession.username == username))


def device_of(user_agent: str) -> str:
    """Return what kind of browser this is, as "Chrome/Windows"; what is not known stays empty."""
    browser = next((name for sign, name in _BROWSERS if sign.lower() in user_agent.lower()), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    return f"{browser}/{system}"


def key_of(secret: str) -> str:
    """Return the hash under which a secret is kept."""
    return sha256(secret.encode()).hexdigest()


def _holds(there: StaffSession, account: StaffAccount, *, now: float) -> bool:
    return (
        account.active
        and secrets.compare_digest(there.password_mark, key_of(account.password_hash))
        and -AHEAD_SECONDS <= now - there.seen <= IDLE_SECONDS
        and -AHEAD_SECONDS <= now - there.began <= LONGEST_SECONDS
    )
