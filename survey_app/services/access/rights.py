"""Who may do what, and for which units? Roles, the rights they carry, and how far a grant reaches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is in the office; one person may have several roles, each for a unit of its own."""

    ADMIN = "admin"
    ANALYST = "analyst"
    OFFICE = "office"
    CLERK = "clerk"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a view asks for; every staff view names one."""

    OWN_ACCOUNT = "own_account"
    SEE_SURVEYS = "see_surveys"
    SEE_RESULTS = "see_results"
    RECONCILE_COUNTS = "reconcile_counts"
    SEE_UNITS = "see_units"
    CHANGE_UNITS = "change_units"
    SEE_ACCOUNTS = "see_accounts"
    CHANGE_ACCOUNTS = "change_accounts"
    SEE_KEYS = "see_keys"
    CHANGE_KEYS = "change_keys"
    SEE_AUDIT_LOG = "see_audit_log"


_EVERYBODY = {Right.OWN_ACCOUNT, Right.SEE_SURVEYS, Right.SEE_UNITS}
_WITHOUT_ROLE = {Right.OWN_ACCOUNT}
_CHANGES = {Right.CHANGE_UNITS, Right.CHANGE_ACCOUNTS, Right.CHANGE_KEYS, Right.RECONCILE_COUNTS}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset(Right),
    Role.ANALYST: frozenset({*_EVERYBODY, Right.SEE_RESULTS, Right.RECONCILE_COUNTS}),
    Role.OFFICE: frozenset({*_EVERYBODY, Right.SEE_RESULTS, Right.RECONCILE_COUNTS}),
    Role.CLERK: frozenset(_EVERYBODY),
    Role.INSPECTOR: frozenset(_EVERYBODY),
    Role.AUDITOR: frozenset(set(Right) - _CHANGES),
}
"""The rights of every role; microdata, evidence and entry of forms join with the views that need them."""

WHOLE_INSTALLATION = frozenset({Role.ANALYST, Role.INSPECTOR, Role.AUDITOR})
"""Roles that are not given for a single unit."""

NEEDS_UNIT = frozenset({Role.OFFICE, Role.CLERK})
"""Roles that are given for a unit and never for the whole installation."""

PRESETS: dict[str, tuple[Role, ...]] = {"commune_contact": (Role.CLERK, Role.OFFICE)}
"""Roles that are given together: the contact person of a commune (cán bộ đầu mối xã)."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for a unit and all below it; without a unit for the whole installation."""

    role: Role
    unit_code: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """A person who is logged in, and what was granted to that person."""

    username: str
    grants: tuple[Grant, ...]

    def has(self, right: Right) -> bool:
        """Say whether the right was granted for any unit at all."""
        return right in _WITHOUT_ROLE or any(right in RIGHTS[grant.role] for grant in self.grants)

    def covers(self, right: Right, path: Sequence[str]) -> bool:
        """Say whether the right was granted for a unit; ``path`` is its code and those of all units above."""
        reach = self.reach(right)
        return None in reach or not reach.isdisjoint(path)

    def reach(self, right: Right) -> frozenset[str | None]:
        """Return the units at and below which the right was granted; None stands for the whole installation."""
        return frozenset(grant.unit_code for grant in self._with(right))

    def _with(self, right: Right) -> Iterable[Grant]:
        return (grant for grant in self.grants if right in RIGHTS[grant.role])
