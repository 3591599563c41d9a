"""Which units of a survey may a person see? All of them, or those that a grant reaches."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.orm import Session

from survey_app.services.organisation.tree import below


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of the units: those ``granted``, and ``units``, which are they and all below them."""

    granted: tuple[str, ...]
    units: frozenset[str]

    def mark(self) -> str:
        """Return the same text for the same units; another one as soon as a unit comes or goes."""
        return sha256(json.dumps(sorted(self.units)).encode()).hexdigest()[:16]


def scope_of(session: Session, reach: Collection[str | None], asked: Collection[str]) -> Scope | None:
    """Return the part of the units that a reach covers; None where that is everything the survey asks about."""
    if None in reach:
        return None
    granted = tuple(sorted(code for code in reach if code is not None))
    units = below(session, *granted)
    return None if asked and units.issuperset(asked) else Scope(granted, units)


def within(scope: Scope | None, *unit_codes: str) -> bool:
    """Say whether one of these units belongs to what may be seen."""
    return scope is None or not scope.units.isdisjoint(unit_codes)
