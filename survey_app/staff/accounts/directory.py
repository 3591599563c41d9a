"""Which accounts does an admin look after? The list, and how a new one comes to be."""

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from analysis.wording import count
from questionnaires.text import clean
from survey_app.parts import parts
from survey_app.services.access import accounts, directory, grants
from survey_app.services.access.passwords import bare
from survey_app.services.access.rights import PRESETS, Access, Grant, Right, Role
from survey_app.services.organisation.tree import below
from survey_app.staff import gate
from survey_app.staff.accounts.words import role_choices, role_name, unit_beside, unit_text
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import page
from survey_app.staff.speech import language, phrases
from survey_app.store.models import Unit

MOST_LINES = 200
MOST_OFFERED_UNITS = 400
"""Units offered while typing; more would make the page heavy, and the field takes any code or name."""


class NotOffered(ValueError):
    """A role that the form does not offer this person: unknown, or beyond reach."""


class UnitNotOffered(NotOffered):
    """What was typed is no unit within reach."""


class SeveralUnits(NotOffered):
    """What was typed is the name of several units: only a code tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """An account as it is listed."""

    username: str
    full_name: str
    unit: str
    roles: str
    active: bool


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/accounts", show_accounts, Right.SEE_ACCOUNTS)
    gate.serve(staff, "/accounts/new", ask_account, Right.CHANGE_ACCOUNTS)
    gate.serve(staff, "/accounts/new", create_account, Right.CHANGE_ACCOUNTS, method="POST")


def show_accounts() -> Response:
    """List the accounts within reach, those alone that have the words looked for."""
    wanted = request.args.get("q", "")[: accounts.LONGEST_FULL_NAME]
    with parts().store.reading() as store:
        found = directory.people(store, signed_in_access(), wanted)
        units = {grant.unit_code for person in found for grant in person.grants}
        names = {code: unit_text(store.get(Unit, code) if code else None) for code in units}
    lines = [
        AccountLine(
            username=person.account.username,
            full_name=person.account.full_name,
            unit=unit_beside(person),
            roles="; ".join(f"{role_name(one.role)}: {names[one.unit_code]}" for one in person.grants),
            active=person.account.active,
        )
        for person in found[:MOST_LINES]
    ]
    more = count(len(found) - MOST_LINES, language()) if len(found) > MOST_LINES else ""
    return page("accounts.html", lines=lines, wanted=wanted, more=more)


def ask_account() -> Response:
    """Ask for the name, person, unit and first role of a new account."""
    return _new_page()


def create_account() -> AnyResponse:
    """Make an account and show its first password once; or say what cannot be, and keep nothing."""
    actor, asked = signed_in_access(), request.form
    username = accounts.typed_name(asked.get("username", ""))
    try:
        with parts().store.writing() as store:
            unit_code = unit_of(store, actor, asked.get("unit", ""))
            details = directory.Details(full_name=asked.get("full_name", ""), unit_code=unit_code)
            account, password = directory.create(store, actor, username, details)
            if asked.get("role"):
                grants.give(store, actor, account, wanted_grants(actor, asked["role"], unit_code))
            store.commit()
    except (
        NotOffered,
        grants.UnusableGrant,
        grants.BeyondReach,
        accounts.AccountExists,
        accounts.UnusableName,
    ) as trouble:
        return _new_page(problem_of(trouble))
    return page("first_password.html", username=username, password=password, new=True)


def wanted_grants(actor: Access, role: str, unit_code: str | None) -> tuple[Grant, ...]:
    """Return the grants behind a choice of the form; raise NotOffered for any other."""
    if role not in {value for value, _ in role_choices(actor)}:
        raise NotOffered
    return tuple(Grant(one, unit_code) for one in PRESETS.get(role) or (Role(role),))


def unit_of(store: Session, actor: Access, typed: str) -> str | None:
    """Return the code of a unit that was typed by code or name, None where the field was left empty.

    A name is recognised without accents and capitals, too. Raises UnitNotOffered where there is none within reach,
    for which units there are elsewhere is not told, and SeveralUnits where the name is not enough.
    """
    typed = clean(typed)
    if not typed:
        return None
    units = units_in_reach(store, actor)
    by_code = [unit.code for unit in units if unit.code.casefold() == typed.casefold()]
    found = by_code or [unit.code for unit in units if bare(unit.name) == bare(typed)]
    if len(found) > 1:
        raise SeveralUnits
    if not found:
        raise UnitNotOffered
    return found[0]


def units_in_reach(store: Session, actor: Access) -> list[Unit]:
    """Return the units for which this person looks after accounts, by name."""
    reach = actor.reach(Right.CHANGE_ACCOUNTS)
    codes = None if None in reach else below(store, *(code for code in reach if code))
    query = select(Unit).order_by(Unit.name, Unit.code)
    return list(store.scalars(query if codes is None else query.where(Unit.code.in_(codes))))


def problem_of(trouble: Exception) -> str:
    """Return the name under which the catalogues keep what is wrong."""
    names: dict[type[Exception], str] = {
        grants.UnitMissing: "unit_missing",
        grants.UnitNotTaken: "unit_not_taken",
        grants.BeyondReach: "beyond_reach",
        NotOffered: "beyond_reach",
        UnitNotOffered: "unit_not_offered",
        SeveralUnits: "several_units",
        grants.LastAdmin: "last_admin",
        accounts.AccountExists: "account_exists",
        accounts.UnusableName: "unusable_name",
        directory.SubjectTaken: "subject_taken",
    }
    return names[type(trouble)]


def _new_page(problem: str | None = None) -> Response:
    actor = signed_in_access()
    with parts().store.reading() as store:
        units = units_in_reach(store, actor)
    return page(
        "account_new.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        said=phrases()["accounts"]["problems"][problem] if problem else "",
        typed={name: request.form.get(name, "") for name in ("username", "full_name", "unit", "role")},
        roles=role_choices(actor),
        units=units[:MOST_OFFERED_UNITS],
    )


def back_to(username: str) -> AnyResponse:
    """Lead back to the page of an account."""
    return redirect(url_for("staff.show_account", username=username), HTTPStatus.SEE_OTHER)
