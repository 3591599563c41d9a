"""Which procedures are there, and which does a unit handle? Lists, and single entries changed by hand."""

from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField
from wtforms.form import BaseForm

from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.organisation import catalogue
from survey_app.services.organisation.catalogue import ProcedureDraft
from survey_app.services.organisation.sheet import RowRefused
from survey_app.staff import gate, reach
from survey_app.staff.forms import staff_form
from survey_app.staff.organisation.forms import sentence
from survey_app.staff.organisation.units import trail_of
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import Procedure, ProcedureField, Unit

MOST_SHOWN = 100


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/units/procedures", show_procedures, Right.SEE_UNITS)
    gate.serve(staff, "/units/procedures/new", show_new_procedure, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/procedures/new", create_procedure, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, "/units/procedures/p/<code>", show_procedure, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/procedures/p/<code>", change_procedure, Right.CHANGE_UNITS, method="POST")
    of_unit = "/units/u/<unit_code>/procedures"
    gate.serve(staff, of_unit, show_unit_procedures, Right.SEE_UNITS)
    gate.serve(staff, of_unit, assign_procedure, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, f"{of_unit}/withdraw", withdraw_procedure, Right.CHANGE_UNITS, method="POST")


def show_procedures() -> Response:
    """Show the catalogue, or what a search finds in it."""
    words = request.args.get("q", "").strip()[:100]
    with parts().store.reading() as session:
        found = catalogue.procedures(session, words)
    return page(
        "units/procedures.html",
        words=words,
        found=found[:MOST_SHOWN],
        total=len(found),
        left_off=max(len(found) - MOST_SHOWN, 0),
        may_change=reach.has_whole(Right.CHANGE_UNITS),
        trail=[(phrases()["units"]["title"], url_for("staff.show_units"))],
    )


def show_new_procedure() -> Response:
    """Ask for a procedure."""
    reach.require_whole(Right.CHANGE_UNITS)
    return _form_page(_form(None, None), None)


def create_procedure() -> AnyResponse:
    """Make a procedure, or show the form again with what is wrong."""
    reach.require_whole(Right.CHANGE_UNITS)
    form = _form(None, None)
    return _put(form, str(form["code"].data or ""), None)


def show_procedure(code: str) -> Response:
    """Ask what changes about a procedure."""
    reach.require_whole(Right.CHANGE_UNITS)
    with parts().store.reading() as session:
        procedure = catalogue.find(session, code)
        field = session.get(ProcedureField, procedure.field_code) if procedure.field_code else None
    return _form_page(_form(procedure, field), procedure)


def change_procedure(code: str) -> AnyResponse:
    """Change a procedure, or show the form again with what is wrong."""
    reach.require_whole(Right.CHANGE_UNITS)
    with parts().store.reading() as session:
        procedure = catalogue.find(session, code)
    return _put(_form(procedure, None), code, procedure)


def show_unit_procedures(unit_code: str) -> Response:
    """Show what a unit handles."""
    with parts().store.reading() as session:
        unit = reach.reached_unit(session, Right.SEE_UNITS, unit_code)
    return _unit_page(unit)


def assign_procedure(unit_code: str) -> AnyResponse:
    """Say that a unit handles a procedure of the catalogue."""
    wanted = request.form.get("procedure", "").strip()
    with parts().store.writing() as session:
        unit = reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
        try:
            catalogue.assign(session, unit_code, wanted, account=gate.signed_in_access().username)
            session.commit()
        except catalogue.NoSuchProcedure:
            session.rollback()
            return _unit_page(unit, RowRefused("unknown_procedure", code=wanted))
    return redirect(url_for("staff.show_unit_procedures", unit_code=unit_code), HTTPStatus.SEE_OTHER)


def withdraw_procedure(unit_code: str) -> AnyResponse:
    """Say that a unit no longer handles a procedure; it can be assigned again."""
    with parts().store.writing() as session:
        reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
        wanted = request.form.get("procedure", "")
        catalogue.withdraw(session, unit_code, wanted, account=gate.signed_in_access().username)
        session.commit()
    return redirect(url_for("staff.show_unit_procedures", unit_code=unit_code), HTTPStatus.SEE_OTHER)


def _form(procedure: Procedure | None, field: ProcedureField | None) -> BaseForm:
    words = phrases()["procedure_form"]
    fields = {
        "name": StringField(words["name"], default=procedure.name if procedure else ""),
        "field_code": StringField(
            words["field_code"], description=words["field_hint"], default=field.code if field else ""
        ),
        "field_name": StringField(words["field_name"], default=field.name if field else ""),
    }
    return staff_form(fields if procedure else {"code": StringField(words["code"]), **fields})


def _put(form: BaseForm, code: str, procedure: Procedure | None) -> AnyResponse:
    draft = ProcedureDraft(
        code=code,
        name=form["name"].data or "",
        field_code=form["field_code"].data or "",
        field_name=form["field_name"].data or "",
    )
    try:
        with parts().store.writing() as session:
            catalogue.put(session, draft, account=gate.signed_in_access().username)
            session.commit()
    except RowRefused as refused:
        return _form_page(form, procedure, refused)
    return redirect(url_for("staff.show_procedures", q=draft.cleaned().code), HTTPStatus.SEE_OTHER)


def _form_page(form: BaseForm, procedure: Procedure | None, refused: RowRefused | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    trail = [
        (phrases()["units"]["title"], url_for("staff.show_units")),
        (phrases()["procedures"]["title"], url_for("staff.show_procedures")),
    ]
    return page(
        "units/procedure_form.html",
        status,
        form=form,
        procedure=procedure,
        problem=sentence(refused),
        trail=trail,
    )


def _unit_page(unit: Unit, refused: RowRefused | None = None) -> Response:
    with parts().store.reading() as session:
        found = catalogue.procedures_of(session, unit.code)
        changes = reach.may(session, Right.CHANGE_UNITS, unit.code)
        trail = trail_of(session, unit)
    return page(
        "units/unit_procedures.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
        unit=unit,
        found=found,
        may_change=changes,
        problem=sentence(refused),
        trail=trail,
    )
