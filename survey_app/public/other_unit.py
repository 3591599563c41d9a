"""To whom does a person turn whose office was merged, split or is not there yet? A page names the units."""

from flask import render_template

from analysis.wording import date_text
from survey_app.public.speech import chosen_language, page_context
from survey_app.services.surveys import UnitNotValid


def other_unit(refused: UnitNotValid) -> str:
    """Return the page for the form of a unit that does not exist today."""
    unit = refused.place.unit
    day = unit.valid_to if refused.ended else unit.valid_from
    return render_template(
        "public/other_unit.html",
        place=refused.place,
        units=refused.others,
        ended=refused.ended,
        day=date_text(day) if day else "",
        **page_context(chosen_language()),
    )
