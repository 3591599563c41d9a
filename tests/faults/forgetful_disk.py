"""What is on the disk when the power goes? What was synced, and of the rest nothing or any part."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.trace import Act, Made, Removed, Sync, Write


@dataclass
class File:
    """A file: what rests on the disk, what waits in memory, and whether its folder knows it."""

    rests: bytearray = field(default_factory=bytearray)
    waits: list[Write] = field(default_factory=list)
    named: bool = False


class ForgetfulDisk:
    """The files of one folder, as far as a disk has to keep them."""

    def __init__(self, folder: Path, at_first: Mapping[str, bytes]) -> None:
        self.syncs = 0
        self.files = {path: File(bytearray(data), named=True) for path, data in at_first.items()}
        self._folder = str(folder)
        self._syncing: dict[tuple[str, str], list[Write]] = {}

    def see(self, act: Act) -> None:
        """Go one act further."""
        match act:
            case Made(path) if self._holds(path):
                self.files.setdefault(path, File())
            case Removed(path):
                self.files.pop(path, None)
            case Write(path) if path in self.files:
                self.files[path].waits.append(act)
            case Sync(process, path, False) if path in self.files:
                self._syncing[process, path] = list(self.files[path].waits)
            case Sync(process, path, True):
                self._synced(process, path)
            case _:
                pass

    def after_power_loss(self, folder: Path, chance: random.Random | None = None) -> None:
        """Write what is found after the power went now; with ``chance`` some of what waited had arrived."""
        folder.mkdir()
        for path, file in self.files.items():
            # The index in shared memory is no more after a power loss, and SQLite makes it anew.
            if path.endswith("-shm") or not (file.named or (chance and chance.random() < 0.5)):
                continue
            found = bytearray(file.rests)
            for write in file.waits if chance else ():
                if chance and chance.random() < 0.5:
                    _apply(found, write)
            (folder / Path(path).name).write_bytes(found)

    def waits(self, ending: str) -> int:
        """Count the writes to files with this ending that are not yet on the disk."""
        return sum(len(file.waits) for path, file in self.files.items() if path.endswith(ending))

    def _holds(self, path: str) -> bool:
        return path.rpartition("/")[0] == self._folder

    def _synced(self, process: str, path: str) -> None:
        if path == self._folder:
            self.syncs += 1
            for file in self.files.values():
                file.named = True
            return
        covered = self._syncing.pop((process, path), [])
        if path not in self.files:
            return
        self.syncs += 1
        for write in covered:
            # Another process may have synced it in the meantime.
            if write in self.files[path].waits:
                _apply(self.files[path].rests, write)
                self.files[path].waits.remove(write)


def _apply(data: bytearray, write: Write) -> None:
    length = write.offset + len(write.data or b"")
    if write.data is None:
        del data[write.offset :]
    if len(data) < length:
        data.extend(bytes(length - len(data)))
    if write.data is not None:
        data[write.offset : length] = write.data
