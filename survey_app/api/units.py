"""Which units are there? The tree as far as the key reaches, for systems that keep their own list of offices."""

from flask import Blueprint, Response
from sqlalchemy import or_, select

from survey_app.api import gate
from survey_app.api.replies import reply
from survey_app.parts import parts
from survey_app.services.keys import Scope
from survey_app.store.models import Unit


def register(api: Blueprint) -> None:
    """Add the view to the blueprint."""
    gate.serve(api, "/units", list_units, Scope.READ_UNITS)


def list_units() -> Response:
    """List the units there are today by code; the highest ones in reach have no parent."""
    today = parts().today()
    with parts().store.reading() as session:
        reach = gate.units_in_reach(session)
        began = or_(Unit.valid_from.is_(None), Unit.valid_from <= today)
        lasts = or_(Unit.valid_to.is_(None), Unit.valid_to >= today)
        query = select(Unit.code, Unit.name, Unit.parent_code).where(began, lasts).order_by(Unit.code)
        found = [row for row in session.execute(query) if reach is None or row.code in reach]
    codes = {row.code for row in found}
    return reply(
        {
            "units": [
                {"code": code, "name": name, "parent_code": parent if parent in codes else None}
                for code, name, parent in found
            ]
        }
    )
