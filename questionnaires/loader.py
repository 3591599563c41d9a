"""Is a file a questionnaire that may be put before people, and which one? Every complaint at once."""

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from questionnaires import authoring
from questionnaires.building import build
from questionnaires.complaint import Complaint, Fault
from questionnaires.model import Questionnaire

_MOST_BYTES = 1_000_000


class QuestionnaireRefused(Exception):
    """A questionnaire file has faults; ``complaints`` names all of them."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Inspection:
    """What the loader found: the questionnaire (None where there are errors), errors and warnings."""

    questionnaire: Questionnaire | None
    errors: tuple[Complaint, ...]
    warnings: tuple[Complaint, ...]


def load_file(path: Path) -> Questionnaire:
    """Return the questionnaire of a file.

    Parameters
    ----------
    path
        A TOML file named after the questionnaire's id.

    Returns
    -------
    Questionnaire
        Frozen; ``hash`` is the SHA-256 of the file's bytes.

    Raises
    ------
    QuestionnaireRefused
        With every complaint, where the file has at least one fault.
    """
    inspection = inspect_file(path)
    if inspection.questionnaire is None:
        raise QuestionnaireRefused(inspection.errors)
    return inspection.questionnaire


def inspect_file(path: Path) -> Inspection:
    """Return the questionnaire of a file together with all errors and warnings.

    Parameters
    ----------
    path
        A TOML file named after the questionnaire's id; it need not exist.

    Returns
    -------
    Inspection
        Without a questionnaire where there are errors; warnings never stop a file.

    Limits
    ------
    Rules that compare questions run only once everything could be read, so mending one round of errors can
    bring up another.
    """
    faults: list[Fault] = []
    content = _content(path, faults)
    document = None if content is None else _document(content, faults)
    if content is None or document is None:
        return Inspection(None, _complaints(path, faults), ())
    digest = hashlib.sha256(content).hexdigest()
    questionnaire = build(document, stem=path.stem, digest=digest, faults=faults)
    readable = not faults
    faults.extend(authoring.refusals_of_questions(questionnaire))
    if readable:
        faults.extend(authoring.refusals_of_the_whole(questionnaire))
    if faults:
        return Inspection(None, _complaints(path, faults), ())
    return Inspection(questionnaire, (), _complaints(path, authoring.warnings(questionnaire)))


def _complaints(path: Path, faults: Iterable[Fault]) -> tuple[Complaint, ...]:
    return tuple(Complaint.about(path.name, fault) for fault in faults)


def _content(path: Path, faults: list[Fault]) -> bytes | None:
    try:
        if path.stat().st_size <= _MOST_BYTES:
            return path.read_bytes()
        got, remedy = f"tệp {path.stat().st_size} byte", "kiểm tra lại có đúng tệp mẫu phiếu không"
    except OSError as error:
        got, remedy = f"không mở được tệp ({error.strerror})", "kiểm tra tên tệp, thư mục và quyền đọc"
    faults.append(Fault(where="cả tệp", expected="tệp đọc được, tối đa 1 MB", got=got, remedy=remedy))
    return None


def _document(content: bytes, faults: list[Fault]) -> dict[str, object] | None:
    try:
        # Notepad puts a byte order mark at the start, which TOML itself does not know
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        faults.append(
            Fault(
                where=f"dòng {line}",
                expected="tệp văn bản mã hóa UTF-8",
                got=f"byte 0x{content[error.start]:02x} không thuộc UTF-8",
                remedy="lưu lại tệp bằng bảng mã UTF-8",
            )
        )
    except (ValueError, RecursionError) as error:
        faults.append(_syntax_fault(error))
    return None


def _syntax_fault(error: Exception) -> Fault:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
    place = f"dòng {found[1]}, cột {found[2]}" if found and found[1] else "cuối tệp" if found else "cả tệp"
    reason = str(error)[: found.start()] if found else type(error).__name__
    return Fault(
        where=place,
        expected="cú pháp TOML đúng, mỗi khóa một lần",
        got=f"chỗ không đọc được ({reason})",
        remedy="kiểm tra dấu ngoặc kép, dấu bằng, ngoặc vuông và khóa trùng ở gần chỗ này",
    )
