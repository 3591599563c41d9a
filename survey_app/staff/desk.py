"""What does the staff's side of a process remember between requests? Failures by source, and when it tidied up."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from flask import Flask, current_app

from survey_app.staff.throttle import Throttle

MOST_HASHING = 2
"""Passwords checked at the same time: each takes 64 MiB and a fifth of a second of a core."""

TIDY_SECONDS = 10 * 60


@dataclass(slots=True)
class Desk:
    """The memory of one process; ``clock`` counts seconds since 1970, as every process on the database does."""

    clock: Callable[[], float] = time.time
    throttle: Throttle = field(default_factory=Throttle)
    hashing: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_HASHING))
    _tidied: float | None = None

    def is_untidy(self) -> bool:
        """Say, once every few minutes, that it is time to delete what is old."""
        now = time.monotonic()
        if self._tidied is not None and now - self._tidied < TIDY_SECONDS:
            return False
        self._tidied = now
        return True


def install(app: Flask) -> None:
    """Give the application a desk."""
    app.extensions["staff"] = Desk()


def desk() -> Desk:
    """Return the desk of the application that serves the present request."""
    found = current_app.extensions["staff"]
    if not isinstance(found, Desk):
        raise TypeError(f"a desk expected, got {type(found).__name__}")
    return found
