"""Where do answers rest? Tables, the durable way to them, and their copy as a file for analysis."""

from survey_app.store.engine import Store, StoreRefused, StoreUnavailable, open_store

__all__ = ["Store", "StoreRefused", "StoreUnavailable", "open_store"]
