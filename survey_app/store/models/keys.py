"""Which other systems may ask? Their keys, of which only a hash is kept."""

from datetime import date

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class ApiKey(Base):
    """A key of one system: for some scopes, for a unit and all below it or (None) for the whole installation.

    ``prefix`` is the public part of the key. ``last_window`` is the window in which the key was last used:
    enough to find a key that nobody needs, and too little to follow a device through its day.
    """

    __tablename__ = "api_key"

    prefix: Mapped[str] = mapped_column(String(12), primary_key=True)
    system: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[list[str]] = mapped_column(JSON)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), index=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    created_on: Mapped[date]
    revoked_on: Mapped[date | None] = mapped_column(default=None)
    last_window: Mapped[str | None] = mapped_column(String(9), default=None)
