"""Who did what, when? Entries that are only ever added, each sealed to the one before, and a root for each day."""

from datetime import date, datetime

from sqlalchemy import JSON, DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class AuditEntry(Base):
    """One act of a member of staff, a system or a command; ``seal`` covers this entry and the seal before.

    ``number`` counts from 1 without a gap. ``at`` is in UTC. ``account`` is who acted, ``unit_code`` the unit that
    it was about, None for the whole installation. Nothing in ``details`` may come from a response.
    """

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    account: Mapped[str] = mapped_column(String(80))
    event: Mapped[str] = mapped_column(String(40))
    unit_code: Mapped[str | None] = mapped_column(String(40))
    details: Mapped[dict[str, str]] = mapped_column(JSON)
    seal: Mapped[str] = mapped_column(String(64))


class AuditRoot(Base):
    """The last entry of a day in Việt Nam, by number and seal: what is copied to a place out of our hands."""

    __tablename__ = "audit_root"

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    seal: Mapped[str] = mapped_column(String(64))
