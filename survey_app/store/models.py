"""What is kept, and what is never kept? The tables; a row that stands for a person has no time and no order."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

# SQLite numbers the rows of an ordinary table in the order of insertion. Where a row stands for a person the table
# has no such number: it is sorted by its key, and every key is random.
_NO_INSERTION_ORDER = {"sqlite_with_rowid": False}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The tables of the application; constraints are named so that a migration can take them back."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Unit(Base):
    """An office that is asked about (đơn vị); ``parent_code`` names the unit above, None at the top."""

    __tablename__ = "unit"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("unit.code"), default=None)


class Survey(Base):
    """One survey (đợt khảo sát): which questionnaire is asked, by whom, in which days.

    ``basis`` says how people come to answer (``analysis.table.Basis``); ``closes_on`` is the last day, None while
    no end is set; ``simulated`` marks imaginary data, which is said wherever the survey is shown.
    """

    __tablename__ = "survey"
    __table_args__ = (
        CheckConstraint("basis IN ('probability', 'invited', 'voluntary')", "basis"),
        CheckConstraint("closes_on IS NULL OR closes_on >= opens_on", "days"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    agency_vi: Mapped[str] = mapped_column(String(200))
    agency_en: Mapped[str] = mapped_column(String(200))
    questionnaire_id: Mapped[str] = mapped_column(String(40))
    questionnaire_hash: Mapped[str] = mapped_column(String(64))
    basis: Mapped[str] = mapped_column(String(20))
    opens_on: Mapped[date]
    closes_on: Mapped[date | None] = mapped_column(default=None)
    simulated: Mapped[bool] = mapped_column(default=False)


class SurveyUnit(Base):
    """A unit that takes part in a survey."""

    __tablename__ = "survey_unit"
    __table_args__ = (_NO_INSERTION_ORDER,)

    survey_id: Mapped[str] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True, index=True)


class Response(Base):
    """One form that came back (phiếu trả lời): storage codes by question id, and no more time than its window.

    ``id`` is drawn at random when the form is stored; it is not the id that the form carried.
    """

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["survey_id", "unit_code"], ["survey_unit.survey_id", "survey_unit.unit_code"]),
        CheckConstraint("length(id) = 32", "random_id"),
        Index(None, "survey_id", "unit_code", "window"),
        _NO_INSERTION_ORDER,
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
        _NO_INSERTION_ORDER,
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
    __table_args__ = (_NO_INSERTION_ORDER,)

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))


class StaffAccount(Base):
    """A person of the office who may log in."""

    __tablename__ = "staff_account"

    username: Mapped[str] = mapped_column(String(80), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
