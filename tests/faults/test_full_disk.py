"""What becomes of a form when the disk takes nothing, or fails now and then? Told to come back, and kept later."""

from collections import Counter
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.faults.amount import amount, tell
from tests.faults.conftest import Installation
from tests.faults.full_disk import SmallDisk, can_mount
from tests.faults.kept import FAULTLESS, Findings, examine, integrity, kept
from tests.faults.sending import ACKNOWLEDGED, Form, Reply, Senders, send, visit
from tests.faults.serving import SOUND, Serving, await_true, serving

SECONDS_UNTIL_UNREADY = 10
SECONDS_UNTIL_STORED = 5
_FAILING = (
    "-e",
    "trace=pwrite64,fdatasync,ftruncate",
    "-e",
    "inject=pwrite64,fdatasync,ftruncate:error=EIO:when=50+170",
)


def _fill_up(server: Serving, disk: SmallDisk) -> tuple[list[Form], list[Form], Reply]:
    """Fill the disk and send forms until one is not taken: give those taken, those not, the reply."""
    taken = [Form() for _ in range(5)]
    assert [send(server.port, form).status for form in taken] == [303] * 5
    disk.fill(server)
    for _ in range(500):
        form = Form()
        reply = send(server.port, form)
        if reply.status not in ACKNOWLEDGED:
            return taken, [form], reply
        taken.append(form)
    raise AssertionError("the disk never became full")


def _findings(installation: Installation, file: Path, forms: list[Form]) -> Findings:
    assert integrity(str(file)) == "ok"
    return examine(installation.before, kept(f"sqlite:///{file}"), [form.words for form in forms])


@pytest.mark.parametrize("mounted", [True, False], ids=["small-disk", "limit"])
def test_a_full_disk_is_told_nothing_is_half_stored_and_room_is_enough_to_go_on(
    installation: Installation, tmp_path: Path, *, mounted: bool
) -> None:
    if mounted and not can_mount():
        pytest.skip("mounting is not allowed here; the same is tested with a limit of the processes")
    (tmp_path / "disk").mkdir()
    disk = SmallDisk(installation, tmp_path / "disk" if mounted else installation.folder, mounted)
    environ = {"SURVEY_INSTANCE": str(disk.place)}
    with serving(environ, tmp_path, before=disk.command(), workers=1) as server:
        assert visit(server.port, "GET", "/healthz").status == HTTPStatus.OK
        taken, refused, reply = _fill_up(server, disk)
        assert reply == Reply(503, "10")
        await_true(lambda: visit(server.port, "GET", "/healthz").status == 503, SECONDS_UNTIL_UNREADY)
        refused += [Form() for _ in range(10)]
        assert {send(server.port, form) for form in refused} == {Reply(503, "10")}
        assert _findings(installation, disk.rescue(server, tmp_path / "full"), taken) == FAULTLESS
        disk.empty(server)
        await_true(lambda: send(server.port, refused[0]).status == 303, SECONDS_UNTIL_STORED)
        await_true(lambda: visit(server.port, "GET", "/healthz").status == HTTPStatus.OK, SECONDS_UNTIL_UNREADY)
        assert [send(server.port, form).status for form in taken + refused] == [303] * len(taken + refused)
        file = disk.rescue(server, tmp_path / "emptied")
    tell(f"R6 ({'tmpfs of 4 MB' if mounted else 'limit'}): {len(refused)} forms refused and later stored once")
    assert _findings(installation, file, taken + refused) == FAULTLESS


def test_that_look_at_a_full_disk_would_find_forms_that_were_thanked_for_too_early(
    installation: Installation, tmp_path: Path
) -> None:
    disk = SmallDisk(installation, installation.folder, mounted=False)
    weak = "tests.faults.weakened:thanks_first()"
    forms = [Form() for _ in range(10)]
    with serving(installation.environ, tmp_path, app=weak, workers=1) as server:
        server.worker_processes()
        assert visit(server.port, "GET", "/healthz").status == HTTPStatus.OK
        disk.fill(server)
        assert {send(server.port, form).status for form in forms} == {303}
    assert _findings(installation, installation.file, forms).lost == len(forms)


def test_a_disk_that_fails_now_and_then_loses_no_form_and_shows_no_failure_of_ours(
    installation: Installation, tmp_path: Path
) -> None:
    failing = ("strace", "-f", "--seccomp-bpf", "-o", tmp_path / "trace", *_FAILING)
    with (
        serving(installation.environ, tmp_path, before=failing, app=SOUND) as server,
        Senders(server.port) as people,
    ):
        people.await_more(amount(100, 1000), seconds=120)
    injected = Counter((tmp_path / "trace").read_text(encoding="utf-8").split())["(INJECTED)"]
    tell(
        f"R7: {injected} failures of the disk, {len(people.acknowledged)} forms acknowledged, "
        f"{people.statuses[503]} told to come back"
    )
    assert injected > 0
    assert people.statuses[503] > 0
    assert set(people.statuses) == {303, 503}
    found = examine(installation.before, kept(installation.database_url), people.acknowledged)
    assert (found, integrity(str(installation.file))) == (FAULTLESS, "ok")
