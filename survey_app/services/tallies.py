"""What becomes of an uploaded tally sheet? A child reads it; its reports belong to one account for a day."""

import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO

from analysis.periods import VIETNAM
from survey_app.services import child
from survey_app.settings import Settings

LARGEST_FILE = 1024 * 1024
KEPT_SECONDS = 24 * 60 * 60
MOST_KEPT = 20
SECONDS = 30
FORMATS = "csv,xlsx,docx,png,json"
FILES = (
    "index.docx",
    "index.xlsx",
    "index.csv",
    "reconciliation.csv",
    "chart-overall.png",
    "chart-overall.svg",
    "index.json",
    "datapackage.json",
)

_ID = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: its content, its name, and how the forms behind its counts came in."""

    stream: IO[bytes]
    name: str
    basis: str


def take_upload(settings: Settings, account: str, upload: Upload) -> str:
    """Reconcile an uploaded table and return the id of its reports; the upload itself is not kept.

    Raises ChildBusy, ChildRefused or ChildFailed (``services.child``); then nothing is kept.
    """
    upload_id = secrets.token_hex(16)
    folder = home_of(settings, account) / upload_id
    with child.place():
        folder.mkdir(mode=0o700, parents=True)
        try:
            sheet = folder / safe_name(upload.name)
            with sheet.open("xb") as file:
                shutil.copyfileobj(upload.stream, file)
            child.run(_command(sheet, upload.basis, folder / "reports"))
            sheet.unlink()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
    for surplus in uploads_of(settings, account)[MOST_KEPT:]:
        delete_upload(settings, account, surplus)
    return upload_id


def reports_of(settings: Settings, account: str, upload_id: str) -> Path | None:
    """Return the folder of an upload's reports, None where the account has none (any more)."""
    folder = home_of(settings, account) / upload_id / "reports"
    return folder if _ID.fullmatch(upload_id) and folder.is_dir() and not _is_old(folder.parent) else None


def uploads_of(settings: Settings, account: str) -> list[str]:
    """Return the ids of the uploads that an account still has, the latest first."""
    found = [path for path in _folders(home_of(settings, account)) if reports_of(settings, account, path.name)]
    return [path.name for path in sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)]


def uploaded_at(folder: Path) -> datetime:
    """Return when the upload was made that these reports are about, in Việt Nam."""
    return datetime.fromtimestamp(folder.stat().st_mtime, VIETNAM)


def delete_upload(settings: Settings, account: str, upload_id: str) -> None:
    """Delete an upload's reports, if the account has them."""
    if _ID.fullmatch(upload_id):
        shutil.rmtree(home_of(settings, account) / upload_id, ignore_errors=True)


def delete_old_uploads(settings: Settings) -> None:
    """Delete what was uploaded more than a day ago, of every account."""
    for home in _folders(settings.instance / "uploads"):
        for folder in filter(_is_old, _folders(home)):
            shutil.rmtree(folder, ignore_errors=True)


def _command(sheet: Path, basis: str, out: Path) -> child.Command:
    arguments = ["counts", str(sheet), "--guarded", "--basis", basis, "--format", FORMATS, "--out", str(out)]
    return child.Command("analysis", arguments, {}, SECONDS)


def home_of(settings: Settings, account: str) -> Path:
    """Return the folder of what an account sent during the last day."""
    return settings.instance / "uploads" / sha256(account.encode()).hexdigest()[:32]


def _folders(home: Path) -> Iterator[Path]:
    yield from (path for path in (home.iterdir() if home.is_dir() else ()) if path.is_dir())


def _is_old(folder: Path) -> bool:
    try:
        return time.time() - folder.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return True


def safe_name(name: str) -> str:
    """Return a file name that a person recognises and that leads nowhere else; messages name the file by it."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = re.sub(r"[^\w.() -]", "_", last).strip(" .-")
    stem, dot, ending = plain.rpartition(".")
    return (
        f"{(stem if dot else plain)[:_LONGEST_NAME]}.{ending[:5]}"
        if dot
        else plain[:_LONGEST_NAME] or "bang-tong-hop"
    )
