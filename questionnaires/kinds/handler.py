"""What must a kind of question provide? A reader of its own keys and a checker of its answers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.model import Choice, Question, Text
from questionnaires.reading import Table

NO_OPINION = "99"
"""The stored code of every declared answer outside the scale."""

JOIN = ";"
"""What stands between the codes of a multiple choice in one stored answer."""

Scales = Mapping[str, tuple[Choice, ...]]

TOO_MANY = Text(
    "Câu này chỉ nhận một câu trả lời. Xin chọn lại.",
    "This question takes one answer only. Please choose again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSpace:
    """What a question accepts, as its kind has read it from the file."""

    choices: tuple[Choice, ...] = ()
    no_opinion: Choice | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """A kind of question: the keys that it reads, its reader, and its checker.

    ``check`` takes the question and the cleaned values that came, each not blank and no two equal, and returns
    the code to store or the sentence that says what is wrong.
    """

    keys: frozenset[str]
    read: Callable[[Table, Scales], AnswerSpace]
    check: Callable[[Question, Sequence[str]], str | Text]


def read_no_opinion(table: Table) -> Choice | None:
    """Return the declared answer outside the scale, or None where the question has none.

    Parameters
    ----------
    table
        The question's table; its key ``no_opinion`` holds the label in both languages.

    Returns
    -------
    Choice or None
        A choice with the code 99 and no score.
    """
    label = table.optional_text("no_opinion")
    return None if label is None else Choice(NO_OPINION, label)
