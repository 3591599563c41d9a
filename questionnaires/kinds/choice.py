"""Which answers do questions with fixed choices accept? One of a scale, one choice, or several."""

import re
from collections.abc import Sequence

from questionnaires.kinds.handler import JOIN, TOO_MANY, AnswerSpace, Handler, Scales, read_no_opinion
from questionnaires.model import Choice, Question, Text
from questionnaires.reading import Table, described

_VALUE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_NOT_OFFERED = Text(
    "Câu trả lời không có trong các lựa chọn của câu này. Xin chọn lại.",
    "This answer is not among the choices of the question. Please choose again.",
)
_OPINION_AND_NONE = Text(
    "Xin chọn câu trả lời, hoặc chọn không áp dụng / không có ý kiến, không chọn cả hai.",
    "Please choose answers, or not applicable / no opinion, but not both.",
)


def read_choices(table: Table) -> tuple[Choice, ...]:
    """Return the choices declared in a scale or a question.

    Parameters
    ----------
    table
        A table whose key ``choices`` lists tables of ``value``, ``vi``, ``en`` and, where the answer counts in an
        index, ``score``.

    Returns
    -------
    tuple of Choice
        At least two, in the order written; fewer only together with a fault.
    """
    choices = tuple(_read_choice(choice) for choice in table.tables("choices", "phương án"))
    if len(choices) == 1:
        table.fault("choices", expected="ít nhất hai phương án", got="một phương án", remedy="thêm phương án")
    return choices


def _read_choice(table: Table) -> Choice:
    value = table.string("value")
    if value and not (_VALUE.fullmatch(value) and len(value) <= 32):
        table.fault(
            "value",
            expected="mã lưu gồm chữ thường không dấu, chữ số và gạch nối, tối đa 32 ký tự",
            got=described(value),
            remedy='đặt mã ngắn, ví dụ "niem-yet"',
        )
    score = table.number("score") if table.has("score") else None
    choice = Choice(value, Text(table.sentence("vi"), table.sentence("en")), score)
    table.close()
    return choice


def _read_answers(table: Table, scales: Scales) -> AnswerSpace:
    both = table.has("scale") and table.has("choices")
    if both:
        table.fault("scale", expected="scale hoặc choices", got="cả hai khóa", remedy="bỏ một trong hai khóa")
    choices = _from_scale(table, scales) if table.has("scale") else read_choices(table)
    return AnswerSpace(choices=choices, no_opinion=read_no_opinion(table))


def _from_scale(table: Table, scales: Scales) -> tuple[Choice, ...]:
    name = table.string("scale")
    if name and name not in scales:
        declared = ", ".join(scales) or "(chưa có thang nào)"
        table.fault(
            "scale",
            expected=f"tên một thang đo đã khai báo: {declared}",
            got=described(name),
            remedy=f"khai báo [scales.{name}] hoặc sửa tên thang",
        )
    return scales.get(name, ())


def _check_one(question: Question, values: Sequence[str]) -> str | Text:
    if len(values) > 1:
        return TOO_MANY
    offered = any(choice.value == values[0] for choice in question.every_choice())
    return values[0] if offered else _NOT_OFFERED


def _check_many(question: Question, values: Sequence[str]) -> str | Text:
    # one stored answer "a;b" and two ticked boxes are the same answer
    picked = {code for value in values for code in value.split(JOIN)}
    offered = [choice.value for choice in question.every_choice()]
    if not picked.issubset(offered):
        return _NOT_OFFERED
    if question.no_opinion is not None and question.no_opinion.value in picked and len(picked) > 1:
        return _OPINION_AND_NONE
    return JOIN.join(code for code in offered if code in picked)


_KEYS = frozenset({"scale", "choices", "no_opinion"})

LIKERT = Handler(keys=_KEYS, read=_read_answers, check=_check_one)
SINGLE = Handler(keys=_KEYS, read=_read_answers, check=_check_one)
MULTIPLE = Handler(keys=_KEYS, read=_read_answers, check=_check_many)
