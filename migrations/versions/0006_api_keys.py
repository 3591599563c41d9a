"""Keys of other systems, of which only a hash is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("prefix", sa.String(12), nullable=False),
        sa.Column("system", sa.String(80), nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("unit_code", sa.String(40)),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("created_on", sa.Date, nullable=False),
        sa.Column("revoked_on", sa.Date),
        sa.Column("last_window", sa.String(9)),
        sa.PrimaryKeyConstraint("prefix", name="pk_api_key"),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name="fk_api_key_unit_code"),
    )
    op.create_index("ix_api_key_unit_code", "api_key", ["unit_code"])


def downgrade() -> None:
    op.drop_table("api_key")
