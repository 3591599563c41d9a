"""Where did the person complete a procedure? The open surveys and their units."""

from itertools import groupby

from flask import Blueprint, render_template

from survey_app.parts import parts
from survey_app.public.speech import chosen_language, page_context
from survey_app.services.surveys import ListedUnit, find_survey, open_surveys, units_of

start = Blueprint("start", __name__)

MOST_UNITS_UNFOLDED = 40


@start.get("/")
def every_survey() -> str:
    """List all open surveys with their units."""
    with parts().store.reading() as session:
        today = parts().today()
        listed = [(survey, units_of(session, survey.id, on=today)) for survey in open_surveys(session, today)]
    return render_template(
        "public/start.html",
        surveys=[(survey, _by_parent(units), len(units)) for survey, units in listed],
        unfolded=sum(len(units) for _, units in listed) <= MOST_UNITS_UNFOLDED,
        **page_context(chosen_language()),
    )


@start.get("/s/<survey_id>")
def one_survey(survey_id: str) -> str:
    """List the units of one open survey: where an address that was cut off leads."""
    with parts().store.reading() as session:
        survey = find_survey(session, survey_id, parts().today())
        units = units_of(session, survey_id, on=parts().today())
    return render_template(
        "public/start.html",
        surveys=[(survey, _by_parent(units), len(units))],
        unfolded=len(units) <= MOST_UNITS_UNFOLDED,
        **page_context(chosen_language()),
    )


def _by_parent(units: list[ListedUnit]) -> list[tuple[str | None, list[ListedUnit]]]:
    """Return the units in groups under the name of the unit above; they come sorted by it."""
    return [(name, list(group)) for name, group in groupby(units, key=lambda unit: unit.parent_name)]
