"""What may an admin do with somebody else's account? See it, change it, and give or take roles within reach."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.parts import parts
from survey_app.services.access import directory, grants
from survey_app.services.access.rights import Right
from survey_app.staff import gate, messages
from survey_app.staff.accounts.directory import (
    MOST_OFFERED_UNITS,
    NotOffered,
    back_to,
    problem_of,
    unit_of,
    units_in_reach,
    wanted_grants,
)
from survey_app.staff.accounts.own import session_lines
from survey_app.staff.accounts.words import grant_lines, role_choices, unit_beside
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import confirmation, page
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    here, change = "/accounts/<username>", Right.CHANGE_ACCOUNTS
    gate.serve(staff, here, show_account, Right.SEE_ACCOUNTS)
    gate.serve(staff, f"{here}/edit", edit_account, change)
    gate.serve(staff, f"{here}/edit", change_account, change, method="POST")
    gate.serve(staff, f"{here}/grants", give_grant, change, method="POST")
    gate.serve(staff, f"{here}/grants/<grant_id>/remove", ask_take_grant, change)
    gate.serve(staff, f"{here}/grants/<grant_id>/remove", take_grant, change, method="POST")
    gate.serve(staff, f"{here}/sessions/<session_key>/end", end_session_of, change, method="POST")


def show_account(username: str) -> Response:
    """Show an account with its roles and sessions, and what can be done about it."""
    return account_page(username)


def edit_account(username: str) -> Response:
    """Ask for what is known of the person."""
    return _edit_page(username)


def change_account(username: str) -> AnyResponse:
    """Change what is known of the person; fields that the form does not have are not looked at."""
    actor, asked = signed_in_access(), request.form
    with parts().store.writing() as store:
        account = managed(store, username)
        issuer, subject = _outside_identity(account, asked.get("subject", ""))
        try:
            unit_code = unit_of(store, actor, asked.get("unit", ""))
            details = directory.Details(
                full_name=asked.get("full_name", ""), unit_code=unit_code, issuer=issuer, subject=subject
            )
            directory.change(store, actor, account, details)
        except (NotOffered, grants.BeyondReach, directory.SubjectTaken) as trouble:
            store.rollback()
            return _edit_page(username, problem_of(trouble))
        store.commit()
    messages.say("account_changed", username=username)
    return back_to(username)


def give_grant(username: str) -> AnyResponse:
    """Give a role, or the roles of a preset, or say why that cannot be."""
    actor, asked = signed_in_access(), request.form
    try:
        with parts().store.writing() as store:
            account = managed(store, username)
            unit_code = unit_of(store, actor, asked.get("unit", ""))
            grants.give(store, actor, account, wanted_grants(actor, asked.get("role", ""), unit_code))
            store.commit()
    except (NotOffered, grants.UnusableGrant, grants.BeyondReach) as trouble:
        # An account out of reach has no page that could say so: drawing it raises BeyondReach again.
        return account_page(username, problem_of(trouble))
    return back_to(username)


def ask_take_grant(username: str, grant_id: str) -> Response:
    """Ask before a role is taken away."""
    with parts().store.reading() as store:
        account = managed(store, username)
        lines = [line for line in grant_lines(store, account) if line.id == grant_id]
    if not lines:
        raise grants.BeyondReach
    return confirmation(
        "take_grant", back=page_of(account), username=username, role=lines[0].name, unit=lines[0].beside
    )


def take_grant(username: str, grant_id: str) -> AnyResponse:
    """Take a role away."""
    try:
        with parts().store.writing() as store:
            grants.take_away(store, signed_in_access(), managed(store, username), grant_id)
            store.commit()
    except grants.LastAdmin as trouble:
        return account_page(username, problem_of(trouble))
    return back_to(username)


def end_session_of(username: str, session_key: str) -> AnyResponse:
    """End a session of somebody else."""
    with parts().store.writing() as store:
        directory.end_session(store, signed_in_access(), managed(store, username), session_key)
        store.commit()
    return back_to(username)


def managed(store: Session, username: str) -> StaffAccount:
    """Return an account that this person may change; raise BeyondReach or OwnAccount."""
    account = directory.seen_account(store, signed_in_access(), username)
    grants.refuse_unmanaged(store, signed_in_access(), account)
    return account


def page_of(account: StaffAccount) -> str:
    """Return the address of an account's page."""
    return url_for("staff.show_account", username=account.username)


def account_page(username: str, problem: str | None = None) -> Response:
    """Draw the page of an account."""
    actor = signed_in_access()
    with parts().store.reading() as store:
        account = directory.seen_account(store, actor, username)
        mine = account.username == actor.username
        may_change = not mine and grants.may_manage(store, actor, account)
        person = directory.described(store, account)
        shown = {
            "person": person,
            "unit": unit_beside(person),
            "grants": grant_lines(store, account),
            "sessions": session_lines(store, account),
            "units": units_in_reach(store, actor)[:MOST_OFFERED_UNITS] if may_change else [],
        }
    said = phrases()["accounts"]["problems"][problem] if problem else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    roles = role_choices(actor) if may_change else []
    typed = {name: request.form.get(name, "") for name in ("role", "unit")}
    return page(
        "account.html", status, mine=mine, may_change=may_change, said=said, roles=roles, typed=typed, **shown
    )


def _outside_identity(account: StaffAccount, typed: str) -> tuple[str | None, str | None]:
    """Return who the person is at the outside provider; without a provider, as it was."""
    provider = parts().settings.provider
    if provider is None:
        return account.issuer, account.subject
    subject = typed.strip()[: directory.LONGEST_SUBJECT]
    return (provider.issuer, subject) if subject else (None, None)


def _edit_page(username: str, problem: str | None = None) -> Response:
    actor = signed_in_access()
    with parts().store.reading() as store:
        account = managed(store, username)
        units = units_in_reach(store, actor)[:MOST_OFFERED_UNITS]
    known = {"full_name": account.full_name, "unit": account.unit_code or "", "subject": account.subject or ""}
    return page(
        "account_edit.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        username=username,
        typed={name: request.form.get(name, value) for name, value in known.items()},
        units=units,
        provider=parts().settings.provider,
        said=phrases()["accounts"]["problems"][problem] if problem else "",
    )
