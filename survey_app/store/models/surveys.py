"""What is asked, in which days, and about which units? Surveys and their units."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.store.models.tables import NO_INSERTION_ORDER, Base


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
    __table_args__ = (NO_INSERTION_ORDER,)

    survey_id: Mapped[str] = mapped_column(ForeignKey("survey.id"), primary_key=True)
    unit_code: Mapped[str] = mapped_column(ForeignKey("unit.code"), primary_key=True, index=True)
