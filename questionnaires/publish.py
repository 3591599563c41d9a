"""Has the wording of a published questionnaire changed? A register of hashes that only grows."""

import hashlib
import tomllib
from pathlib import Path

from questionnaires.library import BUILT_IN, REGISTER_NAME
from questionnaires.loader import load_file

BUILT_IN_REGISTER = Path(__file__).parent / REGISTER_NAME
_HEADER = """\
# SHA-256 of every questionnaire that has been in the field: its file never changes again.
# Written by `python -m questionnaires publish FILE`. Another wording is a new version with a new id.

"""


class PublishedFileChanged(Exception):
    """A file carries the id of a published questionnaire without being that file."""

    def __init__(self, path: Path, *, published: str, found: str) -> None:
        super().__init__(
            f"{path.name}: mẫu phiếu đã công bố: cần tệp giữ nguyên như khi công bố (SHA-256 {published[:12]}…); "
            f"thực tế: tệp khác (SHA-256 {found[:12]}…). Cách sửa: khôi phục tệp cũ và lập phiên bản mới "
            f'với mã mới, ví dụ "{path.stem}-b", cho nội dung đã sửa.'
        )


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes.

    Parameters
    ----------
    path
        An existing file.

    Returns
    -------
    str
        64 hexadecimal digits, the same as ``Questionnaire.hash``.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    return hashlib.sha256(path.read_bytes()).hexdigest()


def register_for(path: Path) -> Path:
    """Return the register that a questionnaire file belongs to.

    Parameters
    ----------
    path
        A questionnaire file.

    Returns
    -------
    Path
        The product's register for a built-in definition, else ``published.toml`` in the file's own folder.
    """
    folder = path.resolve().parent
    return BUILT_IN_REGISTER if folder == BUILT_IN.resolve() else folder / REGISTER_NAME


def published_hashes(register: Path = BUILT_IN_REGISTER) -> dict[str, str]:
    """Return the hashes of all published questionnaires.

    Parameters
    ----------
    register
        A ``published.toml``; a missing one is an empty one.

    Returns
    -------
    dict
        SHA-256 by questionnaire id.

    Raises
    ------
    tomllib.TOMLDecodeError
        Where somebody has damaged the register by hand.
    """
    if not register.exists():
        return {}
    return {name: str(digest) for name, digest in tomllib.loads(register.read_text("utf-8")).items()}


def refuse_a_change(path: Path, register: Path | None = None) -> str:
    """Raise where another wording is published under the file's id.

    Parameters
    ----------
    path
        A questionnaire file named after its id.
    register
        Where to look; by default the file's own register. The product's register counts as well, so that an
        office's file cannot pass for a built-in one.

    Returns
    -------
    str
        The file's SHA-256.

    Raises
    ------
    PublishedFileChanged
        Where the hashes differ.
    """
    hashes = published_hashes(register or register_for(path)) | published_hashes(BUILT_IN_REGISTER)
    published = hashes.get(path.stem)
    found = hash_of(path)
    if published is not None and published != found:
        raise PublishedFileChanged(path, published=published, found=found)
    return found


def publish(path: Path, register: Path | None = None) -> bool:
    """Enter a questionnaire's hash in the register.

    Parameters
    ----------
    path
        A questionnaire file without faults.
    register
        Where to enter it; by default the file's own register.

    Returns
    -------
    bool
        True where it is new, False where the same file was published before.

    Raises
    ------
    PublishedFileChanged
        Where another file was published under this id.
    QuestionnaireRefused
        Where the file has faults.
    """
    register = register or register_for(path)
    questionnaire = load_file(path)
    digest = refuse_a_change(path, register)
    hashes = published_hashes(register)
    if questionnaire.id in hashes:
        return False
    _write(register, hashes | {questionnaire.id: digest})
    return True


def _write(register: Path, hashes: dict[str, str]) -> None:
    lines = [f'"{name}" = "{hashes[name]}"\n' for name in sorted(hashes)]
    draft = register.with_suffix(".new")
    draft.write_text(_HEADER + "".join(lines), "utf-8", newline="\n")
    draft.replace(register)
