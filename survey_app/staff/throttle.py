"""How often may somebody fail to log in? A few times in a while, by account and by source, and never for ever."""

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
    """The failures of the last minutes, in memory, under names that cannot be read back."""

    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _tries: dict[bytes, deque[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, account: str, source: str) -> float:
        """Return 0 and count a failure, to be taken back by ``forgive``, or the seconds until another try."""
        now = self.clock()
        with self._lock:
            if len(self._tries) >= MOST_NAMES:
                self._make_room(now)
            tries = [self._recent(name, now) for name in self._names(account, source)]
            wait = max((one[0] + SECONDS - now for one in tries if len(one) >= MOST_FAILURES), default=0.0)
            if wait <= 0:
                for one in tries:
                    one.append(now)
            return max(wait, 0.0)

    def forgive(self, account: str, source: str) -> None:
        """Forget the account's failures after a success, and count the success against nobody."""
        with self._lock:
            of_account, of_source = self._names(account, source)
            self._tries.pop(of_account, None)
            if self._tries.get(of_source):
                self._tries[of_source].pop()

    def _names(self, account: str, source: str) -> tuple[bytes, bytes]:
        """Return keyed hashes: an address stands nowhere, not even in memory."""
        named = (f"account {account}", f"source {source}")
        of_account, of_source = (
            hmac.digest(self._key, name.encode("utf-8", "replace"), "sha256") for name in named
        )
        return of_account, of_source

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
