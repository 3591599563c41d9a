"""Which offices are there, since when, under which unit, and what continues them? The tree in time."""

from datetime import date

from sqlalchemy import CheckConstraint, Float, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class Unit(Base):
    """An office that is asked about (đơn vị); ``parent_code`` names the unit above, None at the top.

    ``kind`` is what the unit calls itself ("phường", "sở"), None where nobody said. It exists from ``valid_from``
    to ``valid_to``, both days included; None where no such day is known.
    """

    __tablename__ = "unit"
    __table_args__ = (CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_to >= valid_from", "days"),)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), default=None, index=True)
    kind: Mapped[str | None] = mapped_column(String(60), default=None)
    valid_from: Mapped[date | None] = mapped_column(default=None)
    valid_to: Mapped[date | None] = mapped_column(default=None)


class UnitSuccessor(Base):
    """A part of an old unit went to a new one on a day; the shares of one old unit on one day add up to 1.

    The old unit may have no row of its own, and its code may be that of a new unit: the day tells them apart.
    """

    __tablename__ = "unit_successor"
    __table_args__ = (CheckConstraint("share > 0 AND share <= 1", "share"),)

    old_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    new_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True, index=True)
    effective_on: Mapped[date] = mapped_column(primary_key=True)
    old_name: Mapped[str] = mapped_column(String(200))
    share: Mapped[float] = mapped_column(Float)
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
