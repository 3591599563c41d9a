"""Which settings, database and calendar does the running application use? One object holds them all."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app

from survey_app.settings import Settings
from survey_app.store import Store


@dataclass(frozen=True, slots=True)
class Parts:
    """What every request may use; ``today`` returns the present day in Việt Nam."""

    settings: Settings
    store: Store
    today: Callable[[], date]


def install(app: Flask, parts: Parts) -> None:
    """Give the application its parts."""
    app.extensions["parts"] = parts


def parts() -> Parts:
    """Return the parts of the application that serves the present request."""
    found = current_app.extensions["parts"]
    if not isinstance(found, Parts):
        raise TypeError(f"parts of the application expected, got {type(found).__name__}")
    return found
