"""What does a test of the application start from? Plain builders: settings, a database, an application."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined

from questionnaires import library
from survey_app import create_app
from survey_app.settings import Settings
from survey_app.store import open_store
from survey_app.store.engine import open_engine
from survey_app.store.migrate import migrate
from survey_app.store.models import Survey, SurveyUnit, Unit

TODAY = date(2026, 11, 21)
WINDOW = "2026-11-2"
FORM = "/s/hai-long/26734"
FORM_ID = "0123456789abcdef" * 2


def make_settings(
    folder: Path, base_url: str = "http://localhost", *, database_url: str | None = None
) -> Settings:
    """Return settings of an installation in this folder, with its database there where no other is named."""
    return Settings(
        instance=folder,
        database_url=database_url or f"sqlite:///{folder / 'survey.sqlite3'}",
        secret_key="qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A",
        pepper="uE6iOa1RyT3wQ5sDf7gHj9KlZx2CvB4n",
        base_url=base_url,
    )


def prepare(settings: Settings, questionnaire_id: str = "sipas-2024") -> None:
    """Make the database with the open survey ``hai-long`` of two communes under one province."""
    engine = open_engine(settings.database_url)
    migrate(engine)
    engine.dispose()
    store = open_store(settings.database_url)
    with store.writing() as session:
        session.add_all([Unit(code="79", name="Thành phố Biển Xanh")])
        session.add(make_survey(questionnaire_id=questionnaire_id))
        session.flush()
        for code, name in (("26734", "Phường Bến Sông"), ("26737", "Xã Đồng Sen")):
            session.add(Unit(code=code, name=name, parent_code="79"))
            session.flush()
            session.add(SurveyUnit(survey_id="hai-long", unit_code=code))
        session.commit()
    store.engine.dispose()


def make_survey(questionnaire_id: str = "sipas-2024") -> Survey:
    """Return an open survey that is not yet stored."""
    return Survey(
        id="hai-long",
        title_vi="Khảo sát sự hài lòng năm 2026",
        title_en="Satisfaction survey 2026",
        agency_vi="Sở Nội vụ",
        agency_en="The Department of Home Affairs",
        questionnaire_id=questionnaire_id,
        questionnaire_hash=library.load(questionnaire_id).hash,
        basis="voluntary",
        opens_on=date(2026, 9, 1),
        closes_on=date(2026, 12, 31),
    )


def make_app(
    folder: Path,
    surfaces: Collection[str] = ("public",),
    *,
    today: date = TODAY,
    questionnaire_id: str = "sipas-2024",
    database_url: str | None = None,
) -> Flask:
    """Return an application over a fresh database (in this folder where none is named), on a fixed day."""
    settings = make_settings(folder, database_url=database_url)
    prepare(settings, questionnaire_id)
    app = create_app(settings, surfaces)
    if tuple(surfaces) == ("public",):
        app.jinja_env.undefined = StrictUndefined
    app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: today)
    return app
