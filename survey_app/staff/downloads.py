"""How do the files of a result folder reach a person? Listed with their size, sent one by one or all in one."""

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort

from analysis.wording import number
from survey_app.staff.speech import language, phrases

EVERYTHING = "all.zip"

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Download:
    """A file that can be had: its name, what it is, how large, and where."""

    name: str
    label: str
    size: str
    address: str


def downloads(folder: Path, names: Sequence[str], *, address: Callable[[str], str]) -> list[Download]:
    """Return the files that are there, in this order, then all of them as one; ``address`` says where each is."""
    there = [name for name in names if (folder / name).is_file()]
    labels = phrases()["downloads"]["files"]
    return [
        Download(
            name,
            labels[name.replace(".", "-")],
            _size((folder / name).stat().st_size) if name != EVERYTHING else "",
            address(name),
        )
        for name in (*there, EVERYTHING)
    ]


def send_report(folder: Path | None, name: str, *, names: Sequence[str], prefix: str) -> Response:
    """Send a file of the folder under a name that says what it is about; 404 for any other."""
    if folder is None or name not in {*names, EVERYTHING}:
        abort(404)
    content = _packed(folder, names) if name == EVERYTHING else _content(folder / name)
    response = Response(content, content_type=_TYPES[Path(name).suffix])
    response.headers.set("Content-Disposition", "attachment", filename=f"{prefix}_{name}")
    return response


def _content(path: Path) -> bytes:
    if not path.is_file():
        abort(404)
    return path.read_bytes()


def _packed(folder: Path, names: Sequence[str]) -> bytes:
    """Return the files as an archive under the names by which datapackage.json describes them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            if (folder / name).is_file():
                archive.write(folder / name, name)
    return packed.getvalue()


def _size(octets: int) -> str:
    return f"{number(max(octets / 1024, 1), 0, language())} kB"
