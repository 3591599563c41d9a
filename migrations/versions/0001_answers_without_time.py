"""Units, surveys, answers that carry no time but their window, comments apart, and staff accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _what_is_asked()
    _what_was_answered()
    op.create_table(
        "staff_account",
        sa.Column("username", sa.String(80), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("username", name="pk_staff_account"),
    )


def _what_is_asked() -> None:
    op.create_table(
        "unit",
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("parent_code", sa.String(40)),
        sa.PrimaryKeyConstraint("code", name="pk_unit"),
        sa.ForeignKeyConstraint(["parent_code"], ["unit.code"], name="fk_unit_parent_code"),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("title_vi", sa.String(200), nullable=False),
        sa.Column("title_en", sa.String(200), nullable=False),
        sa.Column("agency_vi", sa.String(200), nullable=False),
        sa.Column("agency_en", sa.String(200), nullable=False),
        sa.Column("questionnaire_id", sa.String(40), nullable=False),
        sa.Column("questionnaire_hash", sa.String(64), nullable=False),
        sa.Column("basis", sa.String(20), nullable=False),
        sa.Column("opens_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_survey"),
        sa.CheckConstraint("basis IN ('probability', 'invited', 'voluntary')", name=op.f("ck_survey_basis")),
        sa.CheckConstraint("closes_on IS NULL OR closes_on >= opens_on", name=op.f("ck_survey_days")),
    )
    op.create_table(
        "survey_unit",
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("unit_code", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("survey_id", "unit_code", name="pk_survey_unit"),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name="fk_survey_unit_survey_id"),
        sa.ForeignKeyConstraint(["unit_code"], ["unit.code"], name="fk_survey_unit_unit_code"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_survey_unit_unit_code", "survey_unit", ["unit_code"])


def _what_was_answered() -> None:
    _table_of_persons(
        "response",
        sa.Column("mode", sa.String(20), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("window", sa.String(9), nullable=False),
        sa.Column("answers", sa.JSON, nullable=False),
    )
    _table_of_persons(
        "comment",
        sa.Column("window", sa.String(9), nullable=False),
        sa.Column("question_id", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_table(
        "submission",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_submission"),
        sqlite_with_rowid=False,
    )


def _table_of_persons(name: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("survey_id", sa.String(40), nullable=False),
        sa.Column("unit_code", sa.String(40), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(
            ["survey_id", "unit_code"],
            ["survey_unit.survey_id", "survey_unit.unit_code"],
            name=f"fk_{name}_survey_id_unit_code",
        ),
        sa.CheckConstraint("length(id) = 32", name=op.f(f"ck_{name}_random_id")),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{name}_survey_id_unit_code_window", name, ["survey_id", "unit_code", "window"])


def downgrade() -> None:
    for table in ("staff_account", "submission", "comment", "response", "survey_unit", "survey", "unit"):
        op.drop_table(table)
