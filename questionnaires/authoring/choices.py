"""Can a respondent find exactly one true answer? Rules about values, labels, bands and the kind of a choice."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise

from questionnaires.authoring.bands import Band, band
from questionnaires.complaint import Fault
from questionnaires.kinds.handler import NO_OPINION
from questionnaires.model import Choice, Kind, Language, Question, Questionnaire

_SEVERAL = re.compile(
    r"chọn nhiều|\bkênh\b|\b(biết|theo dõi|tìm hiểu)\b.*\b(hình thức|nguồn) nào"
    r"|\bchannels?\b|all that apply|more than one|choose several",
    re.IGNORECASE,
)
# these labels belong to many questions without having been pasted
_EVERYDAY = frozenset(
    ("khác", "hình thức khác", "ý kiến khác", "lý do khác", "có", "không", "không biết", "không rõ", "chưa", "rồi")
)


def first_of_each_scale(questionnaire: Questionnaire) -> Iterator[Question]:
    """Yield the questions whose choices no earlier question has, so that a fault of a scale is told once.

    Parameters
    ----------
    questionnaire
        As read, complete or not.

    Yields
    ------
    Question
        In the order asked.
    """
    seen: set[tuple[Choice, ...]] = set()
    for question in questionnaire.questions():
        if question.choices not in seen:
            seen.add(question.choices)
            yield question


def _repeated_values(question: Question) -> Iterator[Fault]:
    for value, count in Counter(choice.value for choice in question.choices if choice.value).items():
        if count > 1:
            yield Fault(
                where=f"câu hỏi {question.id}, khóa choices",
                expected="mỗi phương án một mã lưu riêng",
                got=f'mã "{value}" ở {count} phương án',
                remedy="đặt mã khác cho phương án bị trùng",
            )


def _repeated_labels(question: Question) -> Iterator[Fault]:
    for language in Language:
        labels = Counter(_plain(choice, language) for choice in question.choices)
        for label, count in labels.items():
            if label and count > 1:
                yield Fault(
                    where=f"câu hỏi {question.id}, khóa choices",
                    expected=f"mỗi phương án một nội dung riêng ({language})",
                    got=f'"{label}" ở {count} phương án',
                    remedy="bỏ hoặc sửa phương án bị trùng",
                )


def _plain(choice: Choice, language: Language = Language.VI) -> str:
    return " ".join(choice.label.in_language(language).casefold().split()).rstrip(" .")


def _no_opinion_label(question: Question) -> Iterator[Fault]:
    if question.no_opinion is None:
        return
    label = _plain(question.no_opinion)
    if label and label in map(_plain, question.choices):
        yield Fault(
            where=f"câu hỏi {question.id}, khóa no_opinion",
            expected="nội dung khác với mọi phương án của câu",
            got=f'"{label}" cũng là một phương án',
            remedy="bỏ phương án đó hoặc bỏ no_opinion",
        )


def _no_opinion_code(question: Question) -> Iterator[Fault]:
    if question.no_opinion is None:
        return
    taken = any(choice.value == NO_OPINION for choice in question.choices)
    low, high = question.minimum, question.maximum
    if taken or (low is not None and high is not None and low <= float(NO_OPINION) <= high):
        came = "một phương án cũng dùng mã này" if taken else "mã này nằm trong khoảng số được nhận"
        yield Fault(
            where=f"câu hỏi {question.id}, khóa no_opinion",
            expected=f'mã "{NO_OPINION}" chỉ dành cho câu trả lời ngoài thang đo',
            got=came,
            remedy="đổi mã phương án, thu hẹp khoảng số hoặc bỏ no_opinion",
        )


def _several_answers(question: Question) -> Iterator[Fault]:
    asked = (question.text.vi, question.text.en, question.help.vi if question.help else "")
    found = next((match for match in map(_SEVERAL.search, asked) if match), None)
    if found and question.kind is Kind.SINGLE:
        yield Fault(
            where=f"câu hỏi {question.id}, khóa kind",
            expected='loại "multiple" cho câu hỏi về kênh thông tin hoặc câu có thể chọn nhiều',
            got=f'loại "single" ("{found[0]}")',
            remedy='đổi thành kind = "multiple"',
        )


def _bands(question: Question) -> Iterator[Fault]:
    if question.kind not in (Kind.SINGLE, Kind.MULTIPLE):
        return
    read = {language: _bands_in(question, language) for language in Language}
    for found in read.values():
        faults = [fault for one, other in pairwise(found) for fault in _meeting(question, one, other)]
        yield from faults
        if faults:
            return
    complete = all(len(found) == len(question.choices) for found in read.values())
    vi, en = ([(one.low, one.high) for one in read[language]] for language in Language)
    if complete and vi != en:
        yield Fault(
            where=f"câu hỏi {question.id}, khóa choices",
            expected="hai ngôn ngữ chia khoảng như nhau",
            got=f"{_listed(read[Language.VI])} và {_listed(read[Language.EN])}",
            remedy="sửa lại phần tiếng Anh cho khớp",
        )


def _bands_in(question: Question, language: Language) -> list[Band]:
    """Return the bands in rising order; none where every label is a single number, which may be years or ranks."""
    found = [one for one in (band(choice.label.in_language(language)) for choice in question.choices) if one]
    return sorted(found) if any(one.low < one.high for one in found) else []


def _listed(found: list[Band]) -> str:
    return ", ".join(f'"{one.label}"' for one in found)


def _meeting(question: Question, one: Band, other: Band) -> Iterator[Fault]:
    if other.low == one.high + 1:
        return
    overlap = other.low <= one.high
    yield Fault(
        where=f"câu hỏi {question.id}, khóa choices",
        expected="các khoảng liền nhau, không chồng lên nhau và không bỏ sót số nào",
        got=f'"{one.label}" và "{other.label}" '
        + (f"cùng chứa {other.low:g}" if overlap else f"bỏ sót {one.high + 1:g}"),
        remedy="chia lại khoảng, ví dụ 18 - 24, 25 - 34, 35 trở lên",
    )


def _pasted_options(questionnaire: Questionnaire) -> Iterator[Fault]:
    labelled = [
        (question, {_plain(choice): choice for choice in question.choices if _plain(choice) not in _EVERYDAY})
        for question in questionnaire.questions()
    ]
    for (first, its), (second, theirs) in combinations(labelled, 2):
        shared = its.keys() & theirs.keys()
        if not 0 < len(shared) <= min(len(its), len(theirs)) / 2:
            continue
        for label in sorted(shared):
            yield Fault(
                where=f"câu hỏi {second.id}, phương án {theirs[label].value}",
                expected="phương án thuộc về câu này",
                got=f'"{theirs[label].label.vi}", cũng là phương án của câu {first.id} vốn có các phương án khác',
                remedy="kiểm tra có phải dán nhầm từ câu khác sang không",
            )


SCALE_REFUSALS: tuple[Callable[[Question], Iterator[Fault]], ...] = (_repeated_values, _repeated_labels, _bands)
QUESTION_REFUSALS: tuple[Callable[[Question], Iterator[Fault]], ...] = (
    _no_opinion_code,
    _no_opinion_label,
    _several_answers,
)
WARNINGS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (_pasted_options,)
