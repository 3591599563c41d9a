"""How often may one source fail to log in? A few times in a while, kept in memory alone, and never for ever."""

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

MOST_FAILURES = 10
SECONDS = 10 * 60
MOST_NAMES = 20_000


@dataclass(slots=True)
class Throttle:
    """The failures of the last minutes by source: an address is written nowhere, not even as a hash on disk."""

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _tries: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, source: str) -> float:
        """Return 0 and count a failure, to be taken back by ``forgive``, or the seconds until another try."""
        now = self.clock()
        with self._lock:
            if len(self._tries) >= MOST_NAMES:
                self._make_room(now)
            tries = self._recent(self._name(source), now)
            if len(tries) >= MOST_FAILURES:
                return tries[0] + SECONDS - now
            tries.append(now)
            return 0.0

    def forgive(self, source: str) -> None:
        """Count the last try of a source against nobody: it was no failure."""
        with self._lock:
            tries = self._tries.get(self._name(source))
            if tries:
                tries.pop()

    def _name(self, source: str) -> bytes:
        return hmac.digest(self._key, source.encode("utf-8", "replace"), "sha256")

    def _recent(self, name: bytes, now: float) -> deque[float]:
        tries = self._tries.setdefault(name, deque())
        while tries and now - tries[0] >= SECONDS:
            tries.popleft()
        return tries

    def _make_room(self, now: float) -> None:
        """Drop the names without a recent failure, and the oldest ones where that is not enough."""
        self._tries = {n: tries for n, tries in self._tries.items() if tries and now - tries[-1] < SECONDS}
        while len(self._tries) >= MOST_NAMES:
            del self._tries[next(iter(self._tries))]
