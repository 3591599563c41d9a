"""What do people do who answer while things break? They send the same form until they are thanked."""

import secrets
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

from tests.faults.serving import await_true

ADDRESS = "/s/mau/99001"
ACKNOWLEDGED = {HTTPStatus.CREATED, HTTPStatus.SEE_OTHER}
PATIENCE = 60


@dataclass(frozen=True)
class Form:
    """A form with an id, and words in it by which it is found again in the database."""

    form_id: str = field(default_factory=lambda: secrets.token_hex(16))
    words: str = field(default_factory=lambda: f"phieu-{secrets.token_hex(8)}")

    def body(self) -> str:
        return urlencode({"A1": "4", "Y1": self.words, "form_id": self.form_id})


@dataclass(frozen=True)
class Reply:
    """What came back; ``retry_after`` is None where the header was missing."""

    status: int
    retry_after: str | None


def send(port: int, form: Form) -> Reply:
    """Send a form over a connection of its own; raise OSError or HTTPException where no answer comes."""
    return visit(port, "POST", ADDRESS, form.body())


def visit(port: int, method: str, path: str, body: str | None = None) -> Reply:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as line:
        line.request(method, path, body, {"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        reply = line.getresponse()
        reply.read()
        return Reply(reply.status, reply.headers["Retry-After"])


class Senders:
    """People who answer one form after the other, each until it is acknowledged; in the end none is left open."""

    def __init__(self, port: int, people: int = 6) -> None:
        self.acknowledged: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.cut_off = 0
        self.waits: list[float] = []
        self._port = port
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._people = [threading.Thread(target=self._answer) for _ in range(people)]
        self._given_up: list[str] = []

    def __enter__(self) -> Self:
        for person in self._people:
            person.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for person in self._people:
            person.join()
        assert kind is not None or not self._given_up, (self._given_up, self.statuses)

    def await_more(self, forms: int = 1, seconds: float = 30) -> None:
        """Wait until so many more forms were acknowledged."""
        wanted = len(self.acknowledged) + forms
        await_true(lambda: len(self.acknowledged) >= wanted, seconds)

    def _answer(self) -> None:
        while not self._stop.is_set():
            self._insist(Form())

    def _insist(self, form: Form) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            begun = time.monotonic()
            if self._sent(form):
                self.waits.append(time.monotonic() - begun)
                self.acknowledged.append(form.words)
                return
            time.sleep(0.05)
        self._given_up.append(form.words)

    def _sent(self, form: Form) -> bool:
        try:
            reply = send(self._port, form)
        except (OSError, HTTPException):
            with self._lock:
                self.cut_off += 1
            return False
        with self._lock:
            self.statuses[reply.status] += 1
        return reply.status in ACKNOWLEDGED
