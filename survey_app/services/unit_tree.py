"""What stands above a unit, and what below? The tree of units, walked by the database."""

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from survey_app.store.models import Unit


def path_of(session: Session, code: str) -> tuple[str, ...]:
    """Return the code of a unit and those of all units above, the nearest first; nothing for an unknown unit."""
    walk = select(Unit.code, Unit.parent_code).where(Unit.code == code).cte("walk", recursive=True)
    above = aliased(Unit)
    # UNION, not UNION ALL: a tree that was bent into a ring would otherwise be walked forever.
    walk = walk.union(select(above.code, above.parent_code).join(walk, above.code == walk.c.parent_code))
    parents = dict(session.execute(select(walk.c.code, walk.c.parent_code)).all())
    path: list[str] = []
    here: str | None = code if code in parents else None
    while here is not None and here not in path:
        path.append(here)
        here = parents.get(here)
    return tuple(path)


def below(session: Session, code: str) -> frozenset[str]:
    """Return the code of a unit and those of all units below."""
    walk = select(Unit.code).where(Unit.code == code).cte("walk", recursive=True)
    under = aliased(Unit)
    walk = walk.union(select(under.code).join(walk, under.parent_code == walk.c.code))
    return frozenset(session.scalars(select(walk.c.code)))
