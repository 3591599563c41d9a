"""How large is the process that serves respondents, and what has it loaded? Asked of a real server."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from survey_app.commands.preparation import prepare

MOST_MEGABYTES = 90
HEAVY = re.compile(r"site-packages/(numpy|pandas|scipy|matplotlib|pyarrow)\b")
EXAMPLE = "/s/mau/99001"


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("served")
    list(prepare({"SURVEY_INSTANCE": str(folder)}))
    return folder


@contextmanager
def gunicorn(instance: Path, *, first: str = "import sys") -> Iterator[tuple[str, int]]:
    """Serve as nginx would find it, with one worker, and give the address and the worker's process id."""
    environ = {**os.environ, "SURVEY_INSTANCE": str(instance), "SURVEY_SURFACES": "public"}
    with socket.create_server(("127.0.0.1", 0)) as door, (instance / "server.log").open("w") as log:
        bind = ["--bind", f"fd://{door.fileno()}", "--worker-class", "gthread", "--threads", "8"]
        bind += ["--workers", "1", "--no-control-socket", "survey_app:create_app()"]
        server = subprocess.Popen(
            [sys.executable, "-c", f"{first}; from gunicorn.app.wsgiapp import run; run()", *bind],
            env=environ,
            pass_fds=(door.fileno(),),
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{door.getsockname()[1]}"
            assert ask(f"{address}/livez") == 200
            children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
            yield address, int(children[0])
        finally:
            server.terminate()
            server.wait(timeout=20)


def ask(address: str, fields: dict[str, str] | None = None) -> int:
    try:
        with urlopen(address, urlencode(fields).encode() if fields else None, timeout=30) as reply:  # noqa: S310 - an address of loopback
            return int(reply.status)
    except HTTPError as refused:
        return refused.code


def megabytes(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def loaded(process: int) -> set[str]:
    return set(HEAVY.findall(Path(f"/proc/{process}/maps").read_text(encoding="utf-8")))


def test_a_server_for_respondents_stays_small_and_holds_nothing_of_staff_or_analysis(instance: Path) -> None:
    with gunicorn(instance) as (address, process):
        for number in range(60):
            assert ask(f"{address}{EXAMPLE}") == 200
            assert ask(f"{address}{EXAMPLE}?lang=en") == 200
            assert ask(f"{address}{EXAMPLE}", {"A1": "4", "Y1": "Tốt", "form_id": f"{number:032x}"}) == 200
        assert ask(f"{address}/") == 200
        assert ask(f"{address}/healthz") == 200
        assert ask(f"{address}/staff/login") == 404
        held = megabytes(process)
        assert held <= MOST_MEGABYTES, f"{held:.1f} MB"
        assert held > 20
        assert loaded(process) == set()


def test_that_look_at_a_server_would_find_heavy_packages(instance: Path) -> None:
    with gunicorn(instance, first="import pandas") as (_, process):
        assert loaded(process) >= {"numpy", "pandas"}
        assert megabytes(process) > MOST_MEGABYTES
