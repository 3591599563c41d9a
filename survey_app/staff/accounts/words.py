"""How are accounts put into words? Roles, grants and units as a page says them."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.services.access.accounts import grants_of
from survey_app.services.access.directory import Person
from survey_app.services.access.rights import PRESETS, WHOLE_INSTALLATION, Access, Right, Role
from survey_app.staff.speech import phrases
from survey_app.store.models import StaffAccount, Unit


@dataclass(frozen=True, slots=True)
class Line:
    """A grant or a session: its id, what it is, what is said beside it, and whether it is this very session."""

    id: str
    name: str
    beside: str
    here: bool = False


def role_name(role: str) -> str:
    """Return a role, or several that are given together, in words."""
    return str(phrases()["roles"][role])


def unit_text(unit: Unit | None) -> str:
    """Return a unit by name and code; without one the whole installation."""
    return f"{unit.name} ({unit.code})" if unit else str(phrases()["accounts"]["whole"])


def unit_beside(person: Person) -> str:
    """Return where somebody works by name and code, empty where no unit was named."""
    return f"{person.unit_name} ({person.account.unit_code})" if person.account.unit_code else ""


def grant_lines(store: Session, account: StaffAccount) -> list[Line]:
    """Return the grants of an account in words."""
    return [
        Line(
            grant.id,
            role_name(grant.role),
            unit_text(store.get(Unit, grant.unit_code) if grant.unit_code else None),
        )
        for grant in grants_of(store, account)
    ]


def role_choices(actor: Access) -> list[tuple[str, str]]:
    """Return what this person may give, roles that are given together first."""
    everywhere = None in actor.reach(Right.CHANGE_ACCOUNTS)
    roles = [role.value for role in Role if everywhere or role not in WHOLE_INSTALLATION]
    return [(name, role_name(name)) for name in (*PRESETS, *roles)]
