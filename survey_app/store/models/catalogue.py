"""Which procedures are there, in which fields, and which unit handles which? The catalogue."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class ProcedureField(Base):
    """A field of administration (lĩnh vực)."""

    __tablename__ = "field"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


class Procedure(Base):
    """An administrative procedure (thủ tục hành chính); ``field_code`` is None while nobody said its field."""

    __tablename__ = "procedure"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    field_code: Mapped[str | None] = mapped_column(ForeignKey("field.code"), default=None, index=True)


class UnitProcedure(Base):
    """A unit handles a procedure."""

    __tablename__ = "unit_procedure"

    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True)
    procedure_code: Mapped[str] = mapped_column(ForeignKey("procedure.code"), primary_key=True, index=True)
