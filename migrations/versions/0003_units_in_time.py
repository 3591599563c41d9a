"""Units with a kind and days, the units that continue them, and the catalogue of fields and procedures."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_DAYS = "valid_from IS NULL OR valid_to IS NULL OR valid_to >= valid_from"


def _new() -> list[sa.Column[Any]]:
    return [
        sa.Column("kind", sa.String(60)),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
    ]


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_units(*_new(), days=True)
    else:
        for column in _new():
            op.add_column("unit", column)
        op.create_check_constraint(op.f("ck_unit_days"), "unit", _DAYS)
    op.create_index("ix_unit_parent_code", "unit", ["parent_code"])
    op.create_table(
        "unit_successor",
        sa.Column("old_code", sa.String(40), nullable=False),
        sa.Column("new_code", sa.String(40), nullable=False),
        sa.Column("effective_on", sa.Date, nullable=False),
        sa.Column("old_name", sa.String(200), nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("legal_basis", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("old_code", "new_code", "effective_on", name="pk_unit_successor"),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_unit_successor_share")),
        sa.ForeignKeyConstraint(["new_code"], ["unit.code"], name="fk_unit_successor_new_code"),
    )
    op.create_index("ix_unit_successor_new_code", "unit_successor", ["new_code"])
    _catalogue()


def _catalogue() -> None:
    op.create_table(
        "field",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_field"),
    )
    op.create_table(
        "procedure",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(500), nullable=False),
        sa.Column("field_code", sa.String(40)),
        sa.PrimaryKeyConstraint("code", name="pk_procedure"),
        sa.ForeignKeyConstraint(["field_code"], ["field.code"], name="fk_procedure_field_code"),
    )
    op.create_index("ix_procedure_field_code", "procedure", ["field_code"])
    op.create_table(
        "unit_procedure",
        sa.Column("unit_code", sa.String(40), nullable=False),
        sa.Column("procedure_code", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("unit_code", "procedure_code", name="pk_unit_procedure"),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name="fk_unit_procedure_unit_code"),
        sa.ForeignKeyConstraint(["procedure_code"], ["procedure.code"], name="fk_unit_procedure_procedure_code"),
    )
    op.create_index("ix_unit_procedure_procedure_code", "unit_procedure", ["procedure_code"])


def _rebuild_units(*more: sa.Column[Any], days: bool = False) -> None:
    """Make the table of units anew, for SQLite cannot add a constraint to a table.

    Rows of other tables point at units. Their foreign keys wait until the end of the transaction, and hold again
    once the rows stand in a table of the old name.
    """
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE kept_unit AS SELECT code, name, parent_code FROM unit")
    op.drop_table("unit")
    op.create_table(
        "unit",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent_code", sa.String(40)),
        *more,
        sa.PrimaryKeyConstraint("code", name="pk_unit"),
        *([sa.CheckConstraint(_DAYS, name=op.f("ck_unit_days"))] if days else []),
        sa.ForeignKeyConstraint(["parent_code"], ["unit.code"], name="fk_unit_parent_code"),
    )
    op.execute("INSERT INTO unit (code, name, parent_code) SELECT code, name, parent_code FROM kept_unit")
    op.execute("DROP TABLE kept_unit")


def downgrade() -> None:
    for table in ("unit_procedure", "procedure", "field", "unit_successor"):
        op.drop_table(table)
    op.drop_index("ix_unit_parent_code", "unit")
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_units()
    else:
        op.drop_constraint(op.f("ck_unit_days"), "unit")
        for column in _new():
            op.drop_column("unit", column.name)
