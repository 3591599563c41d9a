"""Does somebody hold the device that was agreed on? Time codes (RFC 6238), and codes for when it is lost."""

import base64
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from survey_app.store.models import StaffAccount, StaffRecoveryCode

CODES = 10
STEP_SECONDS = 30
_DRIFT = (0, -1, 1)
"""Time steps by which the clock of a telephone may be off."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUP = 5


@dataclass(frozen=True, slots=True)
class Device:
    """What an authenticator app is given: the secret to type, and the address behind the QR code."""

    secret: str
    address: str


def start(account: StaffAccount) -> None:
    """Draw a new secret for a device that is not yet confirmed; the caller commits."""
    account.totp_nonce, account.totp_enabled, account.totp_step = secrets.token_hex(32), False, None


def device_of(pepper: str, account: StaffAccount, issuer: str) -> Device:
    """Return what the app of the account's device is given."""
    secret = _secret(pepper, account)
    return Device(secret, pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=issuer))


def take_code(pepper: str, account: StaffAccount, code: str, now: float) -> bool:
    """Say whether this is a code of the present time that was not used before, and use it; the caller commits."""
    digits, present = "".join(code.split()), int(now) // STEP_SECONDS
    if account.totp_nonce is None or not digits.isascii():
        return False
    made = pyotp.TOTP(_secret(pepper, account))
    for step in (present + drift for drift in _DRIFT):
        if hmac.compare_digest(made.generate_otp(step), digits) and step > (account.totp_step or 0):
            account.totp_step = step
            return True
    return False


def take_recovery_code(session: Session, pepper: str, account: StaffAccount, code: str) -> bool:
    """Say whether this is a recovery code that was not used before, and use it; the caller commits."""
    kept = session.get(
        StaffRecoveryCode, (account.username, _code_hash(pepper, account, code)), with_for_update=True
    )
    if kept is None or kept.used:
        return False
    kept.used = True
    return True


def confirm(session: Session, pepper: str, account: StaffAccount) -> tuple[str, ...]:
    """Ask for the second factor from now on, and return fresh recovery codes; the caller commits."""
    account.totp_enabled = True
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.username == account.username))
    codes = tuple(f"{_random_group()}-{_random_group()}" for _ in range(CODES))
    session.add_all(
        StaffRecoveryCode(username=account.username, code_hash=_code_hash(pepper, account, code)) for code in codes
    )
    session.flush()
    return codes


def codes_left(session: Session, account: StaffAccount) -> int:
    """Return how many recovery codes were not used yet."""
    query = select(func.count()).select_from(StaffRecoveryCode)
    left = query.where(StaffRecoveryCode.username == account.username, StaffRecoveryCode.used.is_(False))
    return session.scalar(left) or 0


def turn_off(session: Session, account: StaffAccount) -> None:
    """Ask for the password alone from now on; the caller commits."""
    account.totp_nonce, account.totp_enabled, account.totp_step = None, False, None
    session.execute(delete(StaffRecoveryCode).where(StaffRecoveryCode.username == account.username))


def _secret(pepper: str, account: StaffAccount) -> str:
    """Derive the secret: the database alone, or the settings alone, do not give it away."""
    derived = hmac.digest(pepper.encode(), f"totp {account.username} {account.totp_nonce}".encode(), "sha256")
    return base64.b32encode(derived[:20]).decode()


def _code_hash(pepper: str, account: StaffAccount, code: str) -> str:
    plain = "".join(character for character in code.lower() if character.isalnum())
    said = f"recovery {account.username} {account.totp_nonce} {plain}".encode("utf-8", "replace")
    return hmac.new(pepper.encode(), said, "sha256").hexdigest()


def _random_group() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))
