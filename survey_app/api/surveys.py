"""Which surveys take answers today, and at which address for each unit? What links and QR codes are made from."""

from flask import Blueprint, Response

from survey_app.api import gate
from survey_app.api.replies import reply
from survey_app.parts import parts
from survey_app.services.keys import Scope
from survey_app.services.surveys import ListedUnit, open_surveys, units_of
from survey_app.store.models import Survey


def register(api: Blueprint) -> None:
    """Add the view to the blueprint."""
    gate.serve(api, "/surveys", list_surveys, Scope.READ_SURVEYS)


def list_surveys() -> Response:
    """List the open surveys that ask about a unit in reach, the latest begun first."""
    with parts().store.reading() as session:
        reach = gate.units_in_reach(session)
        asked = [
            (survey, [unit for unit in units_of(session, survey.id) if reach is None or unit.code in reach])
            for survey in open_surveys(session, parts().today())
        ]
    return reply({"surveys": [_described(survey, units) for survey, units in asked if units]})


def _described(survey: Survey, units: list[ListedUnit]) -> dict[str, object]:
    address = parts().settings.form_address
    return {
        "id": survey.id,
        "title": {"vi": survey.title_vi, "en": survey.title_en},
        "agency": {"vi": survey.agency_vi, "en": survey.agency_en},
        "opens_on": survey.opens_on.isoformat(),
        "closes_on": survey.closes_on.isoformat() if survey.closes_on else None,
        "simulated": survey.simulated,
        "units": [{"code": u.code, "name": u.name, "form": address(survey.id, u.code)} for u in units],
    }
