"""Which answers does a question for free text accept? One text within its length."""

from collections.abc import Sequence

from questionnaires.kinds.handler import TOO_MANY, AnswerSpace, Handler, Scales
from questionnaires.model import Question, Text
from questionnaires.reading import Table, described


def _read(table: Table, _scales: Scales) -> AnswerSpace:
    length = table.integer("max_length")
    if table.has("max_length") and not 1 <= length <= 10_000:
        table.fault(
            "max_length",
            expected="số ký tự từ 1 đến 10.000",
            got=described(length),
            remedy="đặt giới hạn, ví dụ 1000",
        )
    return AnswerSpace(max_length=length)


def _check(question: Question, values: Sequence[str]) -> str | Text:
    if len(values) > 1:
        return TOO_MANY
    limit = question.max_length
    if limit is not None and len(values[0]) > limit:
        return Text(
            f"Xin viết ngắn lại: tối đa {_dotted(limit)} ký tự, hiện có {_dotted(len(values[0]))} ký tự.",
            f"Please shorten the text: {limit:,} characters at most, there are {len(values[0]):,} now.",
        )
    return values[0]


def _dotted(count: int) -> str:
    return f"{count:,}".replace(",", ".")


TEXT = Handler(keys=frozenset({"max_length"}), read=_read, check=_check)
