"""Is this the first row with its key? Asked and stored in one step: of two at the same time one is."""

from importlib import import_module
from typing import Any

from sqlalchemy import inspect, literal_column
from sqlalchemy.orm import Session

from survey_app.store.models import Base


def store_once(session: Session, model: type[Base], **values: object) -> bool:
    """Insert a row unless there is one with its key; say whether it was inserted.

    A row that another session is about to commit is waited for: after False the row that was first can be read.
    """
    # Both dialects write ON CONFLICT alike, but each has a statement of its own; only the one in use is loaded.
    dialect: Any = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")
    insert = dialect.insert(inspect(model).local_table).values(**values).on_conflict_do_nothing()
    # Drivers do not agree on when they count rows; a row that comes back was inserted.
    return session.execute(insert.returning(literal_column("1"))).first() is not None
