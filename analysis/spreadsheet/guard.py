"""How does a process that reads a stranger's file keep itself within bounds? Limits of the operating system."""

import signal
import sys
from pathlib import Path
from typing import Final

from analysis.refusal import Refusal

if sys.platform != "win32":  # analysts' Windows has no such limits; importing the rest must work there
    import resource

MEMORY_BYTES: Final = 512 * 2**20
CPU_SECONDS: Final = 10

_REASONS: Final = {
    "SIGXCPU": "việc đọc tệp mất quá nhiều thời gian tính toán",
    "SIGKILL": "việc đọc tệp mất quá nhiều thời gian tính toán hoặc bộ nhớ",
    "SIGABRT": "việc đọc tệp cần quá nhiều bộ nhớ",
    "SIGSEGV": "việc đọc tệp cần quá nhiều bộ nhớ",
}


class NoLimitsHere(Refusal):
    """The operating system gives a process no way to bound itself."""


def limit_this_process(*, memory_bytes: int = MEMORY_BYTES, cpu_seconds: int = CPU_SECONDS) -> None:
    """Bound what this process may use from now on; there is no way back.

    Parameters
    ----------
    memory_bytes : int
        Memory that may be added to what the process holds now, in bytes, greater than 0.
    cpu_seconds : int
        Processor time that may be added to what the process has used, in whole seconds, at least 1.

    Raises
    ------
    ValueError
        If a limit is not positive or above one that was set earlier.
    NoLimitsHere
        On Windows, which has no such limits.

    References
    ----------
    getrlimit(2): RLIMIT_DATA, RLIMIT_CPU, RLIMIT_CORE.

    Limits
    ------
    Bounds writable memory (RLIMIT_DATA), not address space: numpy and pyarrow map libraries and reserve address
    space that they never touch, so an RLIMIT_AS of 512 MB stops them at import. Linux counts mapped memory so
    since 4.7. Too much memory is a MemoryError or ends the process (SIGABRT), too much time ends it (SIGXCPU);
    the parent learns from the return code: ``why_it_ended``.
    """
    if sys.platform == "win32":
        raise NoLimitsHere(
            "Tùy chọn --guarded",
            expected="Linux hoặc macOS, nơi một chương trình tự giới hạn được bộ nhớ và thời gian",
            got="Windows",
            remedy="bỏ --guarded nếu tin người gửi tệp, hoặc đọc tệp trên máy chủ Linux",
        )
    if memory_bytes <= 0 or cpu_seconds < 1:
        raise ValueError(f"expected limits above 0, got memory_bytes={memory_bytes}, cpu_seconds={cpu_seconds}")
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = int(usage.ru_utime + usage.ru_stime) + cpu_seconds
    memory = _held_bytes() + memory_bytes
    # No core file: it would leave a stranger's data on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # The soft limit says why (SIGXCPU), the hard one a second later cannot be caught.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def why_it_ended(return_code: int) -> str | None:
    """Say in Vietnamese why a limited child process was ended.

    Parameters
    ----------
    return_code : int
        As ``subprocess`` gives it: minus the number of the signal.

    Returns
    -------
    str or None
        A phrase for a sentence, None where the process ended by itself.
    """
    return _REASONS.get(signal.Signals(-return_code).name) if return_code < 0 else None


def _held_bytes() -> int:
    """Return the writable memory of this process, 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), 0)
