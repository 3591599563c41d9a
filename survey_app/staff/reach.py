"""Which units does the person who is logged in reach? Looked up in the tree, and refused as if not there."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from survey_app.services.access.rights import Right
from survey_app.services.organisation import units
from survey_app.services.organisation.tree import below, path_of
from survey_app.staff import gate
from survey_app.staff.gate import signed_in_access
from survey_app.store.models import Unit


def reached_unit(session: Session, right: Right, code: str) -> Unit:
    """Return a unit within reach; raise OutOfReach or NoSuchUnit, which look alike to the person."""
    gate.require(right, path_of(session, code))
    return units.find(session, code)


def require_whole(right: Right) -> None:
    """Raise OutOfReach where the right is not for the whole installation."""
    gate.require(right, ())


def has_whole(right: Right) -> bool:
    """Say whether the right is for the whole installation."""
    return None in signed_in_access().reach(right)


def may(session: Session, right: Right, code: str) -> bool:
    """Say whether the right reaches a unit."""
    return signed_in_access().covers(right, path_of(session, code))


def may_change(path: Sequence[str]) -> bool:
    """Say whether the person may change a unit; ``path`` is its code and those of all above."""
    return signed_in_access().covers(Right.CHANGE_UNITS, path)


def codes_within(session: Session, right: Right) -> frozenset[str] | None:
    """Return the codes of all units within reach, None where that is all there are."""
    reach = signed_in_access().reach(right)
    if None in reach:
        return None
    return frozenset().union(*(below(session, code) for code in reach if code is not None))


def top_units(session: Session, right: Right) -> list[Unit]:
    """Return the uppermost units within reach, by name."""
    reach = signed_in_access().reach(right)
    if None in reach:
        return units.children(session, None)
    found = [session.get(Unit, code) for code in reach if code is not None]
    inside = {unit.code for unit in found if unit and not reach.isdisjoint(path_of(session, unit.code)[1:])}
    return units.by_name(unit for unit in found if unit and unit.code not in inside)
