"""What can be wrong with a database? It must not be used at all, or it cannot serve at present."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

BUSY_SECONDS = 5
"""How long a request waits for its turn, a lock or a connection before it is told to come back."""


class StoreUnavailable(RuntimeError):
    """The database cannot serve at present (locked, full, gone): nothing was stored, try again later."""


class StoreRefused(RuntimeError):
    """The application must not start on this database; the text says why and what to do."""


class StoreUnreachable(StoreRefused):
    """The server does not let us in: it may be starting, or stopped, or the address is wrong."""


class PromiseBroken(StoreRefused):
    """The database may lose what it acknowledged; the text names the setting."""


@contextmanager
def named_trouble() -> Iterator[None]:
    """Turn what a driver says of a database in trouble into StoreUnavailable; faults of ours stay what they are.

    A new connection that promises too little is trouble too: nothing is acknowledged on it.
    """
    try:
        yield
    except (OperationalError, InterfaceError, InternalError, PoolTimeout, PromiseBroken) as trouble:
        raise StoreUnavailable from trouble
    except DBAPIError as trouble:
        if trouble.connection_invalidated:
            raise StoreUnavailable from trouble
        raise
