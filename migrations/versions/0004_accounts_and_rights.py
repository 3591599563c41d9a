"""Accounts with a name, a home unit, grants, a second factor and sessions; who had an account is admin."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    kept = _accounts("username", "password_hash")
    op.drop_table("staff_account")
    _make_accounts()
    _make_grants()
    _make_logins()
    _put_back(kept)
    # Before there were roles every account could do everything; none may wake up with less.
    grants = sa.table("staff_grant", sa.column("id"), sa.column("username"), sa.column("role"))
    rows = [{"id": secrets.token_hex(16), "username": one["username"], "role": "admin"} for one in kept]
    op.bulk_insert(grants, rows)


def _make_accounts() -> None:
    op.create_table(
        "staff_account",
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("unit_code", sa.String(40)),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("totp_nonce", sa.String(64)),
        sa.Column("totp_enabled", sa.Boolean, nullable=False),
        sa.Column("totp_step", sa.BigInteger),
        sa.Column("issuer", sa.String(200)),
        sa.Column("subject", sa.String(200)),
        sa.PrimaryKeyConstraint("username", name="pk_staff_account"),
        sa.UniqueConstraint("issuer", "subject", name="uq_staff_account_issuer_subject"),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name="fk_staff_account_unit_code"),
    )


def _make_grants() -> None:
    op.create_table(
        "staff_grant",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("unit_code", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_staff_grant"),
        sa.UniqueConstraint("username", "role", "unit_code", name="uq_staff_grant_username_role_unit_code"),
        _of_an_account("staff_grant"),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name="fk_staff_grant_unit_code"),
    )
    op.create_table(
        "staff_recovery_code",
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("username", "code_hash", name="pk_staff_recovery_code"),
        _of_an_account("staff_recovery_code"),
    )


def _make_logins() -> None:
    op.create_table(
        "staff_session",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password_mark", sa.String(64), nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("device", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_staff_session"),
        _of_an_account("staff_session"),
    )
    op.create_index("ix_staff_session_username", "staff_session", ["username"])
    op.create_table(
        "staff_login_try",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_hash", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_staff_login_try"),
    )
    op.create_index("ix_staff_login_try_account_hash", "staff_login_try", ["account_hash"])


def _of_an_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["username"], ["staff_account.username"], name=f"fk_{table}_username")


def _accounts(*columns: str) -> list[dict[str, object]]:
    table = sa.table("staff_account", *(sa.column(name) for name in columns))
    return [dict(row) for row in op.get_bind().execute(sa.select(table)).mappings()]


def _put_back(kept: list[dict[str, object]]) -> None:
    flags = ("active", "must_change_password", "totp_enabled")
    names = ("username", "password_hash", "full_name")
    table = sa.table(
        "staff_account", *(sa.column(name) for name in names), *(sa.column(name, sa.Boolean) for name in flags)
    )
    new = {"full_name": "", "active": True, "must_change_password": False, "totp_enabled": False}
    op.bulk_insert(table, [{**one, **new} for one in kept])


def downgrade() -> None:
    """Go back to name and password; an account that was disabled goes, for without the mark it could log in."""
    for name in ("staff_login_try", "staff_session", "staff_recovery_code", "staff_grant"):
        op.drop_table(name)
    op.execute(sa.text("DELETE FROM staff_account WHERE NOT active"))
    kept = _accounts("username", "password_hash")
    op.drop_table("staff_account")
    table = op.create_table(
        "staff_account",
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("username", name="pk_staff_account"),
    )
    op.bulk_insert(table, kept)
