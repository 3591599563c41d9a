"""How often may somebody fail to log in to an account? A few times in a while, whichever process is asked."""

import hmac
import secrets

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from survey_app.store.models import StaffAccount, StaffLoginTry

NOBODY = "?"
"""Who failed to log in where no account has the name: what was typed may be a password, and is not kept."""

MOST_FAILURES = 10
SECONDS = 10 * 60


def admit(session: Session, secret_key: str, name: str, now: float) -> tuple[int, str]:
    """Return 0 and the id of a failure that is counted until it is taken back, or the seconds until another try.

    The caller commits before the password is checked, so that tries at the same time are all counted.
    """
    at, kept_under = int(now), name_hash(secret_key, name)
    # Tries at one account wait for each other; for a name without an account there is nothing to guess.
    session.get(StaffAccount, name, with_for_update=True)
    # A time far ahead of the clock comes from a clock that was set back: it must not lock for ever.
    past = or_(StaffLoginTry.at <= at - SECONDS, StaffLoginTry.at > at + SECONDS)
    session.execute(delete(StaffLoginTry).where(past))
    tries = session.scalars(select(StaffLoginTry.at).where(StaffLoginTry.account_hash == kept_under)).all()
    if len(tries) >= MOST_FAILURES:
        return max(min(tries) + SECONDS - at, 1), ""
    counted = StaffLoginTry(id=secrets.token_hex(16), account_hash=kept_under, at=at)
    session.add(counted)
    session.flush()
    return 0, counted.id


def take_back(session: Session, try_id: str) -> None:
    """Count a try that was no failure against nobody."""
    session.execute(delete(StaffLoginTry).where(StaffLoginTry.id == try_id))


def forgive(session: Session, secret_key: str, name: str) -> None:
    """Forget the failures of an account after a login with all that was asked for."""
    kept_under = name_hash(secret_key, name)
    session.execute(delete(StaffLoginTry).where(StaffLoginTry.account_hash == kept_under))


def name_hash(secret_key: str, name: str) -> str:
    """Return the keyed hash under which failures are kept: what was typed as a name stands nowhere."""
    return hmac.new(secret_key.encode(), f"login {name}".encode("utf-8", "replace"), "sha256").hexdigest()
