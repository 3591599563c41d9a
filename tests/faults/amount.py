"""How much is enough? A few faults at every run of the tests; ``script/bench faults`` runs those of a release."""

import os
import sys

RELEASE = os.environ.get("SURVEY_FAULTS") == "release"


def amount(gate: int, release: int) -> int:
    """Return how many of something this run asks for."""
    return release if RELEASE else gate


def tell(sentence: str) -> None:
    """Write down a figure of a run before a release, for benchmarks/README.md."""
    if RELEASE:
        sys.stderr.write(f"\n  {sentence}\n")
