"""Which units stand above a unit, and which below? The two ways through the tree, asked of the database."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey_app.store.models import Unit


def path_of(session: Session, code: str) -> tuple[str, ...]:
    """Return the codes of a unit and of all units above it, lowest first; empty where there is no such unit."""
    path = select(Unit.code, Unit.parent_code).where(Unit.code == code).cte("path", recursive=True)
    above = aliased(Unit)
    # UNION rather than UNION ALL: a circle in the tree ends instead of turning for ever.
    steps = path.union(select(above.code, above.parent_code).join(path, above.code == path.c.parent_code))
    parents = dict(row for row in session.execute(select(steps.c.code, steps.c.parent_code)))
    ordered: list[str] = []
    here: str | None = code
    while here is not None and here in parents and here not in ordered:
        ordered.append(here)
        here = parents[here]
    return tuple(ordered)


def below(session: Session, *codes: str) -> frozenset[str]:
    """Return the codes of these units and of all units below them, as far as they exist."""
    tree = select(Unit.code).where(Unit.code.in_(codes)).cte("tree", recursive=True)
    child = aliased(Unit)
    reached = tree.union(select(child.code).join(tree, child.parent_code == tree.c.code))
    return frozenset(session.scalars(select(reached.c.code)))


def reached(session: Session, reach: Collection[str | None]) -> frozenset[str] | None:
    """Return every unit that a reach (``rights.Access.reach``) covers, None for the whole installation."""
    return None if None in reach else below(session, *(code for code in reach if code is not None))
