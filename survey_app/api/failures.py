"""How often may somebody ask with a key that does not fit? A few times in a while, and never at others' cost."""

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
class Failures:
    """The failures of the last minutes by key and source, in memory, under names that cannot be read back.

    Many systems of a province come from one address: what one of them does wrong must not lock out the others, so
    a key that exists is counted for itself, and all that do not exist together.
    """

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _times: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, prefix: str, source: str) -> float:
        """Return the seconds until this key is looked at again from this source, 0 where it may be now."""
        with self._lock:
            times = self._times.get(self._name(prefix, source))
            if times is None or len(times) < MOST_FAILURES:
                return 0.0
            return max(times[0] + SECONDS - self.clock(), 0.0)

    def add(self, prefix: str, source: str) -> None:
        """Count a failure."""
        with self._lock:
            while len(self._times) >= MOST_NAMES:
                del self._times[next(iter(self._times))]
            times = self._times.setdefault(self._name(prefix, source), deque(maxlen=MOST_FAILURES))
            times.append(self.clock())

    def _name(self, prefix: str, source: str) -> bytes:
        return hmac.digest(self._key, f"{prefix} {source}".encode("utf-8", "replace"), "sha256")
