"""May pages be served on this database? Where its accounts are apart, only by one that can harm nothing."""

from survey_app.settings import Settings
from survey_app.store.engine import Store, open_store
from survey_app.store.roles import owns_tables, weaknesses
from survey_app.store.trouble import StoreRefused


def serving_store(settings: Settings) -> Store:
    """Return the store for the pages; raise StoreRefused where accounts are apart and yet something is weak.

    An installation with a single account is for trying out: it starts, and its weaknesses are told by ``prepare``.
    """
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
