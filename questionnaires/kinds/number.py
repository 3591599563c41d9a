"""Which answers does a question for a number accept? Plain digits within bounds, with comma or point."""

import re
from collections.abc import Sequence
from decimal import Decimal

from questionnaires.kinds.handler import TOO_MANY, AnswerSpace, Handler, Scales, read_no_opinion
from questionnaires.model import Question, Text
from questionnaires.reading import Table

# Two decimals at most: "1.000" would be a thousand to a Vietnamese reader and one to an English one.
_NUMBER = re.compile(r"-?[0-9]{1,12}([.,][0-9]{1,2})?")
_NOT_A_NUMBER = Text(
    "Xin ghi số bằng chữ số, tối đa hai chữ số thập phân, không dùng dấu ngăn cách hàng nghìn, ví dụ 3 hoặc 3,5.",
    "Please write a number in digits, with at most two decimals and no thousands separator, such as 3 or 3.5.",
)


def _read(table: Table, _scales: Scales) -> AnswerSpace:
    minimum, maximum = table.number("minimum"), table.number("maximum")
    if minimum > maximum:
        table.fault(
            "minimum",
            expected=f"số không lớn hơn maximum ({_shown(maximum)})",
            got=f"số {_shown(minimum)}",
            remedy="đổi lại hai giới hạn",
        )
    return AnswerSpace(minimum=minimum, maximum=maximum, no_opinion=read_no_opinion(table))


def _check(question: Question, values: Sequence[str]) -> str | Text:
    if len(values) > 1:
        return TOO_MANY
    if question.no_opinion is not None and values[0] == question.no_opinion.value:
        return values[0]
    if not _NUMBER.fullmatch(values[0]):
        return _NOT_A_NUMBER
    number = Decimal(values[0].replace(",", "."))
    if not _within(question, number):
        return _out_of_bounds(question)
    return "0" if number == 0 else f"{number.normalize():f}"


def _within(question: Question, number: Decimal) -> bool:
    above = question.minimum is None or number >= Decimal(str(question.minimum))
    return above and (question.maximum is None or number <= Decimal(str(question.maximum)))


def _out_of_bounds(question: Question) -> Text:
    low, high = _shown(question.minimum), _shown(question.maximum)
    return Text(
        f"Xin ghi số trong khoảng từ {low.replace('.', ',')} đến {high.replace('.', ',')}.",
        f"Please write a number from {low} to {high}.",
    )


def _shown(bound: float | None) -> str:
    return "…" if bound is None else f"{Decimal(str(bound)).normalize():f}"


NUMBER = Handler(keys=frozenset({"minimum", "maximum", "no_opinion"}), read=_read, check=_check)
