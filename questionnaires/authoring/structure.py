"""Does a questionnaire hold together? Rules about ids, numbering, factors and conditions."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

from questionnaires.complaint import Fault
from questionnaires.model import Condition, Question, Questionnaire, Section

_SECTION_ID = re.compile(r"[A-Z]{1,3}")
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")


def _section_ids(questionnaire: Questionnaire) -> Iterator[Fault]:
    for section in questionnaire.sections:
        if section.factor and not (len(section.id) == 1 and _SECTION_ID.fullmatch(section.id)):
            yield Fault(
                where=f"phần {section.id}",
                expected="mã yếu tố là một chữ cái in hoa từ A đến Z",
                got=f'mã "{section.id}"',
                remedy='đặt lại mã yếu tố, ví dụ "A"',
            )
        elif not _SECTION_ID.fullmatch(section.id):
            yield Fault(
                where=f"phần {section.id}",
                expected="mã phần gồm một đến ba chữ cái in hoa từ A đến Z",
                got=f'mã "{section.id}"',
                remedy='đặt lại mã phần, ví dụ "P"',
            )


def _repeated_ids(questionnaire: Questionnaire) -> Iterator[Fault]:
    section_ids = Counter(section.id for section in questionnaire.sections)
    question_ids = Counter(question.id for question in questionnaire.questions())
    for noun, ids in (("phần", section_ids), ("câu hỏi", question_ids)):
        for name, count in ids.items():
            if count > 1:
                yield Fault(
                    where=f"{noun} {name}",
                    expected="mỗi mã chỉ dùng một lần trong mẫu phiếu",
                    got=f'mã "{name}" dùng {count} lần',
                    remedy=f"đặt mã khác cho {noun} bị trùng",
                )


def _numbering(questionnaire: Questionnaire) -> Iterator[Fault]:
    for section in questionnaire.sections:
        misnamed = [question for question in section.questions if _number_in(section, question) is None]
        for question in misnamed:
            yield _misnamed(section, question)
        if not misnamed:
            yield from _gaps(section)


def _number_in(section: Section, question: Question) -> int | None:
    number = question.id.removeprefix(section.id)
    is_numbered = question.id.startswith(section.id) and _NUMBER.fullmatch(number)
    return int(number) if is_numbered else None


def _misnamed(section: Section, question: Question) -> Fault:
    owner = "chữ cái của yếu tố" if section.factor else "mã của phần"
    return Fault(
        where=f"câu hỏi {question.id}",
        expected=f'mã gồm {owner} "{section.id}" và số thứ tự, ví dụ "{section.id}1"',
        got=f'mã "{question.id}"',
        remedy="đặt lại mã câu hỏi",
    )


def _gaps(section: Section) -> Iterator[Fault]:
    numbers = [_number_in(section, question) for question in section.questions]
    for place, number in enumerate(numbers, 1):
        if place not in numbers:
            yield Fault(
                where=f"phần {section.id}",
                expected=f"các câu đánh số liền nhau, có câu {section.id}{place}",
                got=f"thiếu câu {section.id}{place} (đánh số đến {section.id}{max(n or 0 for n in numbers)})",
                remedy=f"bổ sung câu {section.id}{place} bị sót hoặc đánh số lại",
            )
        elif number != place and len(set(numbers)) == len(numbers) == max(n or 0 for n in numbers):
            yield Fault(
                where=f"câu hỏi {section.id}{number}",
                expected=f"các câu xếp theo số thứ tự, câu {section.id}{place} ở vị trí này",
                got=f"câu {section.id}{number}",
                remedy="xếp lại thứ tự hoặc đánh số lại",
            )
            return


def _factors_and_index(questionnaire: Questionnaire) -> Iterator[Fault]:
    for section in questionnaire.factors():
        for question in section.questions:
            if question.id not in questionnaire.index.items:
                yield Fault(
                    where=f"câu hỏi {question.id}",
                    expected=f"mọi câu của yếu tố {section.id} đều thuộc chỉ số",
                    got="câu không có trong [index]",
                    remedy="thêm câu vào [index] hoặc chuyển câu sang một phần không phải yếu tố",
                )


def _conditions(questionnaire: Questionnaire) -> Iterator[Fault]:
    all_ids = {question.id for question in questionnaire.questions()}
    earlier: dict[str, Question] = {}
    for question in questionnaire.questions():
        if question.show_if is not None:
            yield from _condition_faults(question, question.show_if, earlier, all_ids)
        earlier[question.id] = question


def _condition_faults(
    question: Question, condition: Condition, earlier: dict[str, Question], all_ids: set[str]
) -> Iterator[Fault]:
    if condition.item not in earlier:
        exists = condition.item in all_ids
        yield Fault(
            where=f"câu hỏi {question.id}, khóa show_if.item",
            expected="mã của một câu hỏi đứng trước",
            got=f'"{condition.item}" ' + ("không đứng trước câu này" if exists else "không có trong mẫu phiếu"),
            remedy="sửa mã hoặc chuyển câu làm điều kiện lên trước",
        )
        return
    values = [choice.value for choice in earlier[condition.item].every_choice()]
    for value in condition.values:
        if value not in values:
            yield Fault(
                where=f"câu hỏi {question.id}, khóa show_if.in",
                expected=f"mã phương án của câu {condition.item}: {', '.join(values) or '(không có phương án)'}",
                got=f'"{value}"',
                remedy="sửa mã phương án trong điều kiện",
            )


REFUSALS: tuple[Callable[[Questionnaire], Iterator[Fault]], ...] = (
    _section_ids,
    _repeated_ids,
    _numbering,
    _factors_and_index,
    _conditions,
)
