"""May pages be served on this database? Where its accounts are apart, only by one that can harm nothing."""

import time

from survey_app.settings import Settings
from survey_app.store.engine import Store, open_store
from survey_app.store.roles import owns_tables, weaknesses
from survey_app.store.trouble import StoreRefused, StoreUnavailable, StoreUnreachable

PATIENCE_SECONDS = 20
"""How long a process that starts waits for a server that restarts; gunicorn gives its workers 30 seconds."""


def serving_store(settings: Settings) -> Store:
    """Return the store for the pages; raise StoreRefused where accounts are apart and yet something is weak.

    An installation with a single account is for trying out: it starts, and its weaknesses are told by ``prepare``.
    """
    # gunicorn ends all workers when one cannot start, those included that would be served again in a moment.
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return _safe_store(settings)
        except (StoreUnreachable, StoreUnavailable):
            if time.monotonic() >= end:
                raise
        time.sleep(0.5)


def _safe_store(settings: Settings) -> Store:
    store = open_store(settings.database_url)
    if store.engine.dialect.name != "postgresql":
        return store
    try:
        with store.reading() as session:
            connection = session.connection()
            apart = settings.owner_database_url is not None or not owns_tables(connection)
            found = weaknesses(connection) if apart else []
    finally:
        # Workers may be forked after this; none may inherit an open connection.
        store.engine.dispose()
    if found:
        raise StoreRefused("\n".join(["Chưa chạy được trên cơ sở dữ liệu này:", *found]))
    return store
