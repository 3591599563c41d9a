"""Who is logged in at present? Held by the server, so that a session ends when it says so, not the browser."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock

IDLE_SECONDS = 30 * 60
LONGEST_SECONDS = 12 * 60 * 60


@dataclass(slots=True)
class Presence:
    """One login: whose, with which password, since when, and when it was last used."""

    username: str
    password_mark: str
    began: float
    seen: float


@dataclass(slots=True)
class Sessions:
    """The logins of this process; a restart ends them all."""

    clock: Callable[[], float] = time.monotonic
    _present: dict[str, Presence] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, username: str, password_hash: str) -> str:
        """Return the secret of a new login."""
        token, now = secrets.token_urlsafe(32), self.clock()
        with self._lock:
            self._present = {key: there for key, there in self._present.items() if _lasts(there, now)}
            self._present[_key(token)] = Presence(username, _key(password_hash), now, now)
        return token

    def find(self, token: str) -> Presence | None:
        """Return a login that still lasts, which is thereby used; None for any other."""
        now = self.clock()
        with self._lock:
            there = self._present.get(_key(token))
            if there is None or not _lasts(there, now):
                self._present.pop(_key(token), None)
                return None
            there.seen = now
            return there

    def end(self, token: str) -> None:
        """End a login."""
        with self._lock:
            self._present.pop(_key(token), None)


def belongs_to(there: Presence, password_hash: str) -> bool:
    """Say whether the account's password is still the one of this login."""
    return secrets.compare_digest(there.password_mark, _key(password_hash))


def _lasts(there: Presence, now: float) -> bool:
    return now - there.seen <= IDLE_SECONDS and now - there.began <= LONGEST_SECONDS


def _key(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
