"""Which questionnaires are there, and where is the one with this id? Built-in definitions and an office's own."""

import difflib
from functools import cache
from pathlib import Path

from questionnaires.loader import load_file
from questionnaires.model import Questionnaire

BUILT_IN = Path(__file__).parent / "definitions"
REGISTER_NAME = "published.toml"


class UnknownQuestionnaire(Exception):
    """No questionnaire has this id; the message names those that there are."""

    def __init__(self, questionnaire_id: str, known: tuple[str, ...]) -> None:
        near = difflib.get_close_matches(questionnaire_id, known, n=1)
        hint = f'có phải ý là "{near[0]}"' if near else "chọn một mã trong danh sách"
        super().__init__(
            f'mẫu phiếu: cần một trong các mã {", ".join(known)}; thực tế: "{questionnaire_id[:60]}". '
            f"Cách sửa: {hint}."
        )


def known_ids(folder: Path | None = None) -> tuple[str, ...]:
    """Return the ids of all questionnaires, sorted.

    Parameters
    ----------
    folder
        An office's own questionnaires, or None; it need not exist.

    Returns
    -------
    tuple of str
        The names of the files, whether or not they are free of faults.
    """
    return tuple(sorted(_paths(folder)))


def load(questionnaire_id: str, folder: Path | None = None) -> Questionnaire:
    """Return the questionnaire with this id.

    Parameters
    ----------
    questionnaire_id
        Anything; only the names of existing files are ever opened.
    folder
        An office's own questionnaires, or None. A built-in definition counts before a file of the same name.

    Returns
    -------
    Questionnaire
        Frozen.

    Raises
    ------
    UnknownQuestionnaire
        Where no file has this id.
    QuestionnaireRefused
        Where the file has faults.
    """
    path = _paths(folder).get(questionnaire_id)
    if path is None:
        raise UnknownQuestionnaire(questionnaire_id, known_ids(folder))
    return _built_in(path) if path.parent == BUILT_IN else load_file(path)


def _paths(folder: Path | None) -> dict[str, Path]:
    own = {} if folder is None else _files(folder)
    return own | _files(BUILT_IN)


def _files(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in folder.glob("*.toml") if path.name != REGISTER_NAME}


# The definitions that come with the product do not change while it runs; an office's own may.
_built_in = cache(load_file)
