"""What do all tables have in common? Names for their constraints, and no trace of the order of insertion."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass

# SQLite numbers the rows of an ordinary table in the order of insertion. Where a row stands for a person the table
# has no such number: it is sorted by its key, and every key is random.
NO_INSERTION_ORDER = {"sqlite_with_rowid": False}


class Base(MappedAsDataclass, DeclarativeBase, kw_only=True):
    """The tables of the application; constraints are named so that a migration can take them back."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
