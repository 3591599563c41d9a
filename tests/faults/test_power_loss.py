"""Is a form on the disk before its sender is thanked, and is it there after the power went?"""

import random
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.amount import amount, tell
from tests.faults.conftest import Installation
from tests.faults.forgetful_disk import ForgetfulDisk
from tests.faults.kept import FAULTLESS, Findings, examine, integrity, kept, words_of
from tests.faults.sending import Form, send
from tests.faults.serving import SOUND, serving
from tests.faults.trace import Act, Spoken, Write, acts, tracing

WORDS = re.compile(rb"phieu-[0-9a-f]{16}")
ONE_BY_ONE = 20
NO_SYNC = "tests.faults.weakened:does_not_sync()"


@dataclass(frozen=True)
class Recording:
    """All that a server did while forms came in, and the files as they were before."""

    installation: Installation
    at_first: dict[str, bytes]
    acts: list[Act]
    sent: list[str]

    def disk(self) -> ForgetfulDisk:
        return ForgetfulDisk(self.installation.folder, self.at_first)


def _record(installation: Installation, folder: Path, app: str) -> Recording:
    """Let some forms come one by one and more at once, before a server whose calls are written down."""
    at_first = {str(installation.file): installation.file.read_bytes()}
    forms = [Form() for _ in range(ONE_BY_ONE + amount(150, 1000))]
    with serving(installation.environ, folder, app=app, before=tracing(folder / "trace")) as server:
        replies = [send(server.port, form) for form in forms[:ONE_BY_ONE]]
        with ThreadPoolExecutor(4) as people:
            replies += people.map(lambda form: send(server.port, form), forms[ONE_BY_ONE:])
    assert {reply.status for reply in replies} == {303}
    return Recording(installation, at_first, list(acts(folder / "trace")), words_of(forms))


def _thanked(done: list[Act]) -> Iterator[tuple[int, str]]:
    """Give for each form that was acknowledged the number of the act, and the form's words."""
    heard: dict[str, bytes] = {}
    for number, act in enumerate(done):
        if isinstance(act, Spoken):
            if not act.told:
                heard[act.line] = heard.get(act.line, b"") + act.data
            elif act.data.startswith(b"HTTP/1.1 303"):
                yield number, WORDS.findall(heard.pop(act.line))[-1].decode()


@pytest.fixture
def recording(request: pytest.FixtureRequest, installation: Installation, tmp_path: Path) -> Recording:
    return _record(installation, tmp_path, request.param)


def _cut(recording: Recording, folder: Path, cuts: int, *, parts: bool) -> list[Findings]:
    """Cut the power at moments that are drawn by lot and, every other time, just after a thank-you."""
    choose = random.Random(3)
    folder.mkdir()
    thanked = dict(_thanked(recording.acts))
    assert len(thanked) == len(recording.sent)
    moments = {*choose.sample(sorted(thanked), cuts // 2)}
    moments |= {*choose.sample(range(min(thanked), len(recording.acts)), cuts - cuts // 2)}
    disk, acknowledged, found = recording.disk(), [], []
    for number, act in enumerate(recording.acts):
        disk.see(act)
        acknowledged += [thanked[number]] if number in thanked else []
        if number in moments:
            place = folder / f"{number}"
            disk.after_power_loss(place, choose if parts else None)
            file = place / recording.installation.file.name
            now = kept(f"sqlite:///{file}")
            assert integrity(str(file)) == "ok"
            found.append(examine(recording.installation.before, now, acknowledged, sent=recording.sent))
    assert any(isinstance(act, Write) and act.path == str(recording.installation.file) for act in recording.acts)
    return found


@pytest.mark.parametrize("recording", [SOUND], indirect=True)
def test_no_power_loss_takes_a_form_that_was_acknowledged(recording: Recording, tmp_path: Path) -> None:
    for parts in (False, True):
        cuts = _cut(recording, tmp_path / f"{parts}", amount(40, 300), parts=parts)
        tell(
            f"R3: {len(cuts)} power losses ({'a part' if parts else 'nothing'} of the unsynced kept), "
            f"{max(found.lost for found in cuts)} forms lost"
        )
        assert cuts == [FAULTLESS] * len(cuts)
    in_order = _in_order(recording)
    tell(f"R4: {in_order} of {ONE_BY_ONE} forms synced before their sender was thanked")
    assert in_order == ONE_BY_ONE


@pytest.mark.parametrize("recording", [NO_SYNC], indirect=True)
def test_the_same_power_losses_take_forms_where_commits_do_not_wait_for_the_disk(
    recording: Recording, tmp_path: Path
) -> None:
    cuts = _cut(recording, tmp_path / "cuts", amount(10, 100), parts=False)
    tell(f"R3, control synchronous=NORMAL: up to {max(found.lost for found in cuts)} forms lost in one power loss")
    assert max(found.lost for found in cuts) > 0
    assert _in_order(recording) == 0


def _in_order(recording: Recording) -> int:
    """Count the forms that came alone for which the log was synced, and nothing of it waited, at the thank-you."""
    disk, syncs_before, in_order = recording.disk(), 0, 0
    thanked = [number for number, _ in _thanked(recording.acts)][:ONE_BY_ONE]
    for number, act in enumerate(recording.acts[: thanked[-1] + 1]):
        disk.see(act)
        if number in thanked:
            in_order += disk.syncs > syncs_before and disk.waits("-wal") == 0
            syncs_before = disk.syncs
    return in_order
