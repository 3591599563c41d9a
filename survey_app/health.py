"""May requests be sent to this process? It lives while it answers; it is ready while answers are kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock

from flask import Blueprint, Flask, Response, current_app

from survey_app import errors
from survey_app.parts import parts
from survey_app.store import Store, StoreUnavailable
from survey_app.store.readiness import DiskFull, prove

KEPT_SECONDS = 2
"""How long an answer counts, so that nobody can wear out the disk by asking."""

health = Blueprint("health", __name__)


@dataclass(slots=True)
class Readiness:
    """What was found out last, and when; ``clock`` counts seconds."""

    clock: Callable[[], float] = time.monotonic
    _asked: float | None = None
    _trouble: Exception | None = None
    _turn: Lock = field(default_factory=Lock)

    def trouble(self, store: Store) -> Exception | None:
        """Return why nothing could be kept a moment ago, None where it could."""
        with self._turn:
            if self._asked is None or self.clock() - self._asked >= KEPT_SECONDS:
                self._trouble, self._asked = _try(store), self.clock()
            return self._trouble


def register(app: Flask) -> None:
    """Serve both answers, whichever surfaces the process has."""
    app.extensions["readiness"] = Readiness()
    app.register_blueprint(health)


@health.get("/livez")
def say_alive() -> Response:
    """Answer."""
    return _answer(HTTPStatus.OK)


@health.get("/healthz")
def say_ready() -> Response:
    """Say whether an answer that comes now would be kept, and nothing else."""
    trouble = current_app.extensions["readiness"].trouble(parts().store)
    if trouble is None:
        return _answer(HTTPStatus.OK)
    errors.note(trouble, HTTPStatus.SERVICE_UNAVAILABLE)
    response = _answer(HTTPStatus.SERVICE_UNAVAILABLE)
    response.headers["Retry-After"] = errors.RETRY_SECONDS
    return response


def _answer(status: HTTPStatus) -> Response:
    return Response(f"{status.phrase}\n", status, content_type="text/plain; charset=utf-8")


def _try(store: Store) -> Exception | None:
    try:
        prove(store)
    except (StoreUnavailable, DiskFull) as trouble:
        return trouble
    return None
