"""Can a person answer at 64 kbit/s when nearly every third packet is lost? Tried on such a line."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

UNSHARE = shutil.which("unshare")
HAS_LINE = os.geteuid() == 0 and UNSHARE and all(map(shutil.which, ("nft", "tc", "ip")))
pytestmark = pytest.mark.skipif(
    not HAS_LINE, reason="a line of one's own needs root, unshare, nft (nftables) and tc (iproute2)"
)


def _answer_over(folder: Path, *, loss: int, patience: int) -> dict[str, Any]:
    done = subprocess.run(
        [
            str(UNSHARE),
            "--net",
            sys.executable,
            "-m",
            "tests.journeys.poor_line",
            *map(str, (folder, loss, patience)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    return {"failed": done.returncode, "said": done.stderr[-2000:], **json.loads(done.stdout or "{}")}


def test_the_form_is_filled_sent_and_stored_once_over_a_line_that_loses_thirty_per_cent(tmp_path: Path) -> None:
    measured = _answer_over(tmp_path, loss=30, patience=180)
    assert measured["failed"] == 0, measured["said"]
    assert measured["rows"] == 1
    # 11 kB at 8 kB/s take more than a second: the line was really slow.
    assert measured["sent"] > 1


def test_over_a_line_that_loses_everything_the_same_journey_fails(tmp_path: Path) -> None:
    assert _answer_over(tmp_path, loss=100, patience=10)["failed"] != 0
