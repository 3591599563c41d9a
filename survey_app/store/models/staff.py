"""Who of the office may log in? Accounts, and never more of a person than is needed."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import Base


class StaffAccount(Base):
    """A person of the office who may log in."""

    __tablename__ = "staff_account"

    username: Mapped[str] = mapped_column(String(80), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
