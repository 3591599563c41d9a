"""What did the server ask of the disk, hear and tell, in which order? Read from a trace of its calls."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# Every string comes as bytes in hexadecimal, so that what was written can be written again.
TRACER = ("strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", "100000")
_CALLS = "trace=openat,pwrite64,ftruncate,fsync,fdatasync,unlink,recvfrom,sendto"

_LINE = re.compile(r"(\d+) +(.*)")
_CALL = re.compile(r"(\w+)\((.*)\) += (-?\d+)(.*)")
_BEGUN = re.compile(r"(\w+)\((.*) <unfinished \.\.\.>")
_RESUMED = re.compile(r"<\.\.\. (\w+) resumed>(.*)")
_FILE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})+)(?:>|\()")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, eq=False)
class Write:
    """Bytes were handed to a file; with ``data`` None it was cut to ``offset``."""

    path: str
    offset: int
    data: bytes | None


@dataclass(frozen=True)
class Sync:
    """A process asked that a file or folder reach the disk (``done`` False), or was told that it did."""

    process: str
    path: str
    done: bool


@dataclass(frozen=True)
class Made:
    """A file was opened that may be a new one."""

    path: str


@dataclass(frozen=True)
class Removed:
    """A file was taken away."""

    path: str


@dataclass(frozen=True)
class Spoken:
    """Bytes came from a visitor (``told`` False) or went to one."""

    line: str
    data: bytes
    told: bool


Act = Write | Sync | Made | Removed | Spoken


def tracing(path: Path) -> tuple[str | Path, ...]:
    """Return the command that runs another and writes down what it asks of the system."""
    return (*TRACER, "-o", path, "-e", _CALLS)


def acts(path: Path) -> Iterator[Act]:
    """Read a trace.

    What several processes do at once is ordered to the server's disadvantage: a write counts when it has ended, a
    sync covers what had been written when it began, and a reply was told when it began.
    """
    begun: dict[str, tuple[str, str]] = {}
    with path.open(encoding="ascii") as lines:
        for line in lines:
            matched = _LINE.match(line)
            if matched is None:
                continue
            process, said = matched.groups()
            if unfinished := _BEGUN.match(said):
                begun[process] = (unfinished[1], unfinished[2])
                yield from _beginning(process, *begun[process])
                continue
            whole = said
            if resumed := _RESUMED.match(said):
                name, first = begun.pop(process)
                whole = f"{name}({first}{resumed[2]}"
            call = _CALL.match(whole)
            if call is None:
                continue
            if whole is said:
                yield from _beginning(process, call[1], call[2])
            if int(call[3]) >= 0:
                yield from _end(process, call[1], call[2])


def _beginning(process: str, name: str, arguments: str) -> Iterable[Act]:
    if name in {"fsync", "fdatasync"}:
        return [Sync(process, _file(arguments), done=False)]
    if name == "sendto":
        return [Spoken(_file(arguments), _string(arguments), told=True)]
    return []


def _end(process: str, name: str, arguments: str) -> Iterable[Act]:
    if name in {"fsync", "fdatasync"}:
        return [Sync(process, _file(arguments), done=True)]
    if name in {"pwrite64", "ftruncate"}:
        data = _string(arguments) if name == "pwrite64" else None
        return [Write(_file(arguments), int(arguments.rpartition(", ")[2]), data)]
    if name == "openat" and "O_CREAT" in arguments:
        return [Made(_string(arguments).decode())]
    if name == "unlink":
        return [Removed(_string(arguments).decode())]
    if name == "recvfrom":
        return [Spoken(_file(arguments), _string(arguments), told=False)]
    return []


def _file(arguments: str) -> str:
    found = _FILE.match(arguments)
    return _bytes(found[1]).decode() if found else ""


def _string(arguments: str) -> bytes:
    found = _STRING.search(arguments)
    return _bytes(found[1]) if found else b""


def _bytes(escaped: str) -> bytes:
    return bytes.fromhex(escaped.replace("\\x", ""))
