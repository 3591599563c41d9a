"""How does a member of staff add a unit, change it, end it, or take its end back? One form each."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import DateField, Field, StringField
from wtforms.form import BaseForm

from survey_app.parts import parts
from survey_app.services.access.rights import Right
from survey_app.services.organisation import units
from survey_app.services.organisation.sheet import RowRefused
from survey_app.services.organisation.tree import path_of
from survey_app.services.organisation.units import UnitDraft
from survey_app.staff import gate, messages, reach
from survey_app.staff.forms import staff_form
from survey_app.staff.organisation.units import trail_of
from survey_app.staff.pages import page
from survey_app.staff.speech import phrases
from survey_app.store.models import Unit


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/units/new", show_new_unit, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/new", create_unit, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, "/units/u/<unit_code>/edit", show_unit_form, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/u/<unit_code>/edit", change_unit, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, "/units/u/<unit_code>/end", show_end, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/u/<unit_code>/end", end_unit, Right.CHANGE_UNITS, method="POST")


def show_new_unit() -> Response:
    """Ask for a new unit."""
    return _form_page(_form(None, parent=request.args.get("parent", "")), None)


def create_unit() -> AnyResponse:
    """Make a unit, or show the form again with what is wrong."""
    form = _form(None)
    try:
        draft = _draft(form, str(form["code"].data or ""))
        with parts().store.writing() as session:
            _refuse_place_beyond_reach(session, draft.cleaned().parent_code)
            made = units.create(session, draft, account=gate.signed_in_access().username)
            session.commit()
    except RowRefused as refused:
        return _form_page(form, None, refused)
    return redirect(url_for("staff.show_unit", unit_code=made.code), HTTPStatus.SEE_OTHER)


def show_unit_form(unit_code: str) -> Response:
    """Ask what changes."""
    with parts().store.reading() as session:
        unit = reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
    return _form_page(_form(unit), unit)


def change_unit(unit_code: str) -> AnyResponse:
    """Change a unit, or show the form again with what is wrong."""
    with parts().store.writing() as session:
        unit = reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
        before = unit.parent_code
        form = _form(unit)
        try:
            draft = _draft(form, unit_code).cleaned()
            if draft.parent_code != before:
                _refuse_place_beyond_reach(session, before)
                _refuse_place_beyond_reach(session, draft.parent_code)
            units.change(session, draft, account=gate.signed_in_access().username)
            session.commit()
            messages.say("unit_changed", name=draft.name)
        except RowRefused as refused:
            session.rollback()
            return _form_page(form, unit, refused)
    return redirect(url_for("staff.show_unit", unit_code=unit_code), HTTPStatus.SEE_OTHER)


def _refuse_place_beyond_reach(session: Session, parent_code: str | None) -> None:
    """Raise RowRefused for who may not put a unit there: below the own units, and never beside them.

    Which units there are elsewhere is not told: a code that is none and one out of reach read the same.
    """
    path = path_of(session, parent_code) if parent_code else ()
    if not gate.signed_in_access().covers(Right.CHANGE_UNITS, path):
        raise RowRefused("place_beyond_reach")


def show_end(unit_code: str) -> Response:
    """Say what the end of a unit brings about, and ask for its last day."""
    with parts().store.reading() as session:
        unit = reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
    return _end_page(unit)


def end_unit(unit_code: str) -> AnyResponse:
    """Set or take back a unit's last day."""
    with parts().store.writing() as session:
        unit = reach.reached_unit(session, Right.CHANGE_UNITS, unit_code)
        form = _end_form(unit)
        try:
            last = None if "reopen" in request.form else _day(form["last_day"], needed=True)
            units.end(session, unit_code, last, account=gate.signed_in_access().username)
            session.commit()
        except RowRefused as refused:
            session.rollback()
            return _end_page(unit, refused)
    return redirect(url_for("staff.show_unit", unit_code=unit_code), HTTPStatus.SEE_OTHER)


def _form(unit: Unit | None, parent: str = "") -> BaseForm:
    words = phrases()["unit_form"]
    fields = {
        "name": StringField(words["name"], default=unit.name if unit else ""),
        "kind": StringField(words["kind"], description=words["kind_hint"], default=unit.kind if unit else ""),
        "parent_code": StringField(
            words["parent_code"],
            description=words["parent_hint"],
            default=(unit.parent_code or "") if unit else parent,
        ),
        "valid_from": DateField(words["valid_from"], default=unit.valid_from if unit else None),
    }
    if unit is None:
        fields = {"code": StringField(words["code"], description=words["code_hint"]), **fields}
    return staff_form(fields)


def _draft(form: BaseForm, code: str) -> UnitDraft:
    return UnitDraft(
        code=code,
        name=form["name"].data or "",
        kind=form["kind"].data,
        parent_code=form["parent_code"].data,
        valid_from=_day(form["valid_from"]),
    )


def _day(field: Field, *, needed: bool = False) -> date | None:
    """Return the day that was entered; raise RowRefused for what is none."""
    typed = "".join(field.raw_data or ())
    if (typed or needed) and not isinstance(field.data, date):
        raise RowRefused("bad_day", day=typed)
    return field.data if isinstance(field.data, date) else None


def _form_page(form: BaseForm, unit: Unit | None, refused: RowRefused | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return page("units/form.html", status, form=form, unit=unit, problem=sentence(refused), trail=_trail(unit))


def _trail(unit: Unit | None) -> list[tuple[str, str]]:
    if unit is None:
        return [(phrases()["units"]["title"], url_for("staff.show_units"))]
    with parts().store.reading() as session:
        return trail_of(session, unit)


def _end_form(unit: Unit) -> BaseForm:
    label = phrases()["unit_end"]["last_day"]
    return staff_form({"last_day": DateField(label, default=unit.valid_to or parts().today())})


def _end_page(unit: Unit, refused: RowRefused | None = None) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    form = _end_form(unit)
    return page("units/end.html", status, form=form, unit=unit, problem=sentence(refused), trail=_trail(unit))


def sentence(refused: RowRefused | None) -> str:
    """Return why something was refused, in the language of the request; empty where nothing was."""
    return phrases()["import"]["reasons"][refused.reason].format(**refused.said) if refused else ""
