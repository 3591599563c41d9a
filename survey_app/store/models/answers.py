"""What did people answer? Rows that stand for a person, with no time and no order."""

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import NO_INSERTION_ORDER, Base


class Response(Base):
    """One form that came back (phiếu trả lời): storage codes by question id, and no more time than its window.

    ``id`` is drawn at random when the form is stored; it is not the id that the form carried.
    """

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_code"], ["survey_unit.survey_id", "survey_unit.unit_code"]),
        CheckConstraint("length(id) = 32", "random_id"),
        Index(None, "survey_id", "unit_code", "window"),
        NO_INSERTION_ORDER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(40))
    unit_code: Mapped[str] = mapped_column(String(40))
    mode: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(8))
    window: Mapped[str] = mapped_column(String(9))
    answers: Mapped[dict[str, str]] = mapped_column(JSON)


class Comment(Base):
    """What a person wrote in own words, apart from the answers and without a way back to them."""

    __tablename__ = "comment"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_code"], ["survey_unit.survey_id", "survey_unit.unit_code"]),
        CheckConstraint("length(id) = 32", "random_id"),
        Index(None, "survey_id", "unit_code", "window"),
        NO_INSERTION_ORDER,
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    survey_id: Mapped[str] = mapped_column(String(40))
    unit_code: Mapped[str] = mapped_column(String(40))
    window: Mapped[str] = mapped_column(String(9))
    question_id: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)


class Submission(Base):
    """That a form was received, so that a replay is not stored twice; it does not say which response it became.

    ``key`` is keyed by the pepper and ``fingerprint`` by the form's own id, which is kept nowhere.
    """

    __tablename__ = "submission"
    __table_args__ = (NO_INSERTION_ORDER,)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
