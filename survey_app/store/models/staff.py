"""Who of the office may log in, and with which rights? Accounts, grants, second factors and sessions."""

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class StaffAccount(Base):
    """A person of the office who may log in.

    ``unit_code`` is the home unit: its admins, and those above, look after the account; None leaves it to the admins
    of the whole installation. ``totp_nonce`` is what the secret of the second factor is derived from together with
    a key of the settings, so that a stolen database holds no secret; ``totp_step`` is the last time step whose code
    was used. ``issuer`` and ``subject`` name the person at an outside provider (OpenID Connect).
    """

    __tablename__ = "staff_account"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    username: Mapped[str] = mapped_column(String(80), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    full_name: Mapped[str] = mapped_column(String(120), default="")
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), default=None)
    active: Mapped[bool] = mapped_column(default=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    totp_nonce: Mapped[str | None] = mapped_column(String(64), default=None)
    totp_enabled: Mapped[bool] = mapped_column(default=False)
    totp_step: Mapped[int | None] = mapped_column(BigInteger, default=None)
    issuer: Mapped[str | None] = mapped_column(String(200), default=None)
    subject: Mapped[str | None] = mapped_column(String(200), default=None)


class StaffGrant(Base):
    """A role (``services.rights.Role``) of an account, for a unit and all below it or for the whole installation."""

    __tablename__ = "staff_grant"
    __table_args__ = (UniqueConstraint("username", "role", "unit_code"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("staff_account.username"))
    role: Mapped[str] = mapped_column(String(20))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), default=None)


class StaffRecoveryCode(Base):
    """A code that once replaces the second factor, kept as a keyed hash."""

    __tablename__ = "staff_recovery_code"

    username: Mapped[str] = mapped_column(ForeignKey("staff_account.username"), primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    used: Mapped[bool] = mapped_column(default=False)


class StaffSession(Base):
    """A login that lasts; ``key`` is a hash of the browser's token, times are seconds since 1970.

    ``device`` says in words what kind of browser it was; an address is kept nowhere.
    """

    __tablename__ = "staff_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(ForeignKey("staff_account.username"), index=True)
    password_mark: Mapped[str] = mapped_column(String(64))
    began: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(String(80))


class StaffLoginTry(Base):
    """A failed login of the last minutes, under a keyed hash of the name that was typed."""

    __tablename__ = "staff_login_try"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    account_hash: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[int] = mapped_column(BigInteger)
