"""Claims about a process that limits itself: what nobody foresaw ends the child, not the machine."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.spreadsheet import limit_this_process, why_it_ended
from analysis.spreadsheet.guard import NoLimitsHere

ROOT = Path(__file__).parents[3]


def run(body: str) -> subprocess.CompletedProcess[str]:
    script = f"from analysis.spreadsheet import limit_this_process\n{body}"
    return subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)


def test_memory_beyond_the_limit_is_refused_and_below_it_is_given() -> None:
    done = run(
        "limit_this_process()\nfill = bytearray(300 * 2**20)\nprint('given')\nmore = bytearray(300 * 2**20)\n"
    )
    assert done.stdout == "given\n"
    assert "MemoryError" in done.stderr


def test_where_nothing_can_be_limited_a_stranger_s_file_is_refused_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NoLimitsHere, match="Cách xử lý: bỏ --guarded"):
        limit_this_process()


def test_time_beyond_the_limit_ends_the_process() -> None:
    done = run("limit_this_process(cpu_seconds=1)\nwhile True: pass\n")
    assert done.returncode == -signal.SIGXCPU
    assert why_it_ended(done.returncode) == "việc đọc tệp mất quá nhiều thời gian tính toán"


def test_everything_that_writes_reports_still_loads_under_the_limits() -> None:
    done = run(
        "limit_this_process()\nimport docx, matplotlib.figure, pandas, pyarrow, scipy.special, xlsxwriter\n"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("limits", [{"memory_bytes": 0}, {"cpu_seconds": 0}])
def test_limits_that_allow_nothing_are_refused(limits: dict[str, int]) -> None:
    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(ValueError, match="above 0"):
        limit_this_process(**limits)
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


def test_a_process_that_ended_by_itself_was_not_ended_by_a_limit() -> None:
    assert why_it_ended(0) is None
    assert why_it_ended(2) is None
    assert why_it_ended(-signal.SIGABRT) == "việc đọc tệp cần quá nhiều bộ nhớ"
