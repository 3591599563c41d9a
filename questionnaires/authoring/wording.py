"""Would a citizen of today understand the words? Rules about abbreviations and names stale since 1/7/2025."""

import re
from collections.abc import Callable, Iterator

from questionnaires.authoring.choices import first_of_each_scale
from questionnaires.complaint import Fault
from questionnaires.model import Questionnaire

_ABBREVIATIONS = {
    "HCC": "hành chính công",
    "TTHC": "thủ tục hành chính",
    "CCHC": "cải cách hành chính",
    "CBCC": "cán bộ, công chức",
    "CNTT": "công nghệ thông tin",
    "DVC": "dịch vụ công",
    "PAKN": "phản ánh, kiến nghị",
}
_ABBREVIATION = re.compile(rf"\b({'|'.join(_ABBREVIATIONS)})\b")
# "huyện" must not be found inside "chuyện"
_STALE = re.compile(
    r"\b(huyện|quận|thị xã|sở tt ?(?:&|và) ?tt|sở kh ?(?:&|và) ?đt"
    r"|sở thông tin và truyền thông|sở kế hoạch và đầu tư"
    r"|(?:dvc|dịch vụ công)(?: trực tuyến)? mức độ [34])\b",
    re.IGNORECASE,
)


def shown_texts(questionnaire: Questionnaire) -> Iterator[tuple[str, str]]:
    """Yield every Vietnamese text that a respondent reads, with its place.

    Parameters
    ----------
    questionnaire
        Read without faults.

    Yields
    ------
    tuple of str
        The place ("câu hỏi A1") and the text; a scale or a no-opinion answer shared by several
        questions comes once.
    """
    yield "phần đầu tệp, khóa title", questionnaire.title.vi
    for section in questionnaire.sections:
        yield f"phần {section.id}, khóa title", section.title.vi
        for question in section.questions:
            yield f"câu hỏi {question.id}, khóa text", question.text.vi
            if question.help is not None:
                yield f"câu hỏi {question.id}, khóa help", question.help.vi
    for question in first_of_each_scale(questionnaire):
        for choice in question.choices:
            yield f"câu hỏi {question.id}, phương án {choice.value}", choice.label.vi
    declared = {question.no_opinion: question for question in reversed(tuple(questionnaire.questions()))}
    for no_opinion, question in declared.items():
        if no_opinion is not None:
            yield f"câu hỏi {question.id}, khóa no_opinion", no_opinion.label.vi


def _abbreviations(questionnaire: Questionnaire) -> Iterator[Fault]:
    for where, text in shown_texts(questionnaire):
        for found in dict.fromkeys(_ABBREVIATION.findall(text)):
            yield Fault(
                where=where,
                expected="chữ viết đầy đủ trên phiếu",
                got=f'chữ tắt "{found}"',
                remedy=f'viết "{_ABBREVIATIONS[found]}"',
            )


def _stale_words(questionnaire: Questionnaire) -> Iterator[Fault]:
    for where, text in shown_texts(questionnaire):
        for found in dict.fromkeys(match.group(0) for match in _STALE.finditer(text)):
            yield Fault(
                where=where,
                expected="tên gọi còn dùng sau ngày 01/7/2025 (chính quyền hai cấp)",
                got=f'"{found}"',
                remedy="kiểm tra và thay bằng tên gọi hiện hành",
            )


WARNINGS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (_abbreviations, _stale_words)
