"""What does a check say? What was looked at, how it stands, what was seen, and what to do."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["fine", "look", "broken"]

FINE: Verdict = "fine"
LOOK: Verdict = "look"
BROKEN: Verdict = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; what is fine needs no remedy."""

    check: str
    verdict: Verdict
    found: str
    remedy: str = ""
