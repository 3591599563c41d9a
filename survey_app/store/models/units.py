"""Which offices are there, and which stands above which? The tree of units."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class Unit(Base):
    """An office that is asked about (đơn vị); ``parent_code`` names the unit above, None at the top."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), default=None)
