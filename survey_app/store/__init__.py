"""Where do answers rest? Tables, the durable way to them, and their copy as a file for analysis."""

from survey_app.store.engine import Store, open_store
from survey_app.store.trouble import StoreRefused, StoreUnavailable

__all__ = ["Store", "StoreRefused", "StoreUnavailable", "open_store"]
