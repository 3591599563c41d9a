"""What is a questionnaire made of? Frozen objects that every other part reads and none can change."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language that every text of a questionnaire is written in."""

    VI = "vi"
    EN = "en"


class Kind(StrEnum):
    """The kinds of question; each has a checker, a page fragment and an example questionnaire."""

    LIKERT = "likert"
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    TEXT = "text"


class Rule(StrEnum):
    """How the answers of a set of items become one number.

    ``share``: percentage of valid answers whose score reaches ``satisfied_from``; ``mean``: mean score on the
    items' own scale; ``points``: mean points of an item, added over the items.
    """

    SHARE = "share"
    MEAN = "mean"
    POINTS = "points"


class Mode(StrEnum):
    """The ways in which a questionnaire may be put before a person (hình thức khảo sát)."""

    PHONE = "phone"
    KIOSK = "kiosk"
    PAPER = "paper"
    INTERVIEW = "interview"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Vietnamese and English, both NFC."""

    vi: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return the sentence in the given language."""
        return self.vi if language is Language.VI else self.en


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be picked: what is stored, what is shown, and what it is worth in an index.

    ``score`` is None for answers that are worth nothing in an index (background questions, no opinion).
    """

    value: str
    label: Text
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """A question is asked only where the answer to ``item`` is one of ``values``."""

    item: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question as it is asked, stored and counted.

    ``no_opinion`` is the declared answer outside the scale, left out of every denominator. ``minimum`` and
    ``maximum`` bound a number, both included; ``max_length`` bounds a text in characters. ``status`` says where
    the wording comes from (kept as data, shown in the codebook), ``bank_code`` names the row of the question
    bank. ``sensitive`` marks what must never be asked on a shared screen.
    """

    id: str
    kind: Kind
    text: Text
    status: str
    bank_code: str | None = None
    help: Text | None = None
    choices: tuple[Choice, ...] = ()
    no_opinion: Choice | None = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    show_if: Condition | None = None
    sensitive: bool = False

    def every_choice(self) -> tuple[Choice, ...]:
        """Return the choices in the order shown, the declared no-opinion answer last."""
        return self.choices if self.no_opinion is None else (*self.choices, self.no_opinion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Questions under one heading; a section with ``factor`` is a factor (yếu tố) of the index."""

    id: str
    title: Text
    questions: tuple[Question, ...]
    factor: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDefinition:
    """How the index (chỉ số) of a questionnaire is computed: which items, which rule.

    ``satisfied_from`` is the lowest score that counts as satisfied, only for ``Rule.SHARE``. Answers are pooled
    over the items of a person, a factor or the whole.
    """

    name: Text
    items: tuple[str, ...]
    rule: Rule
    satisfied_from: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """One version of a questionnaire (mẫu phiếu).

    ``hash`` is the SHA-256 of the definition file, ``modes`` the ways in which it may be asked, ``valid_share``
    the share of index items that must be answered for a valid form (phiếu hợp lệ), in (0, 1]. ``note`` is what
    must be said wherever results are shown (legacy, illustrative), or None.
    """

    id: str
    title: Text
    sections: tuple[Section, ...]
    index: IndexDefinition
    modes: tuple[Mode, ...]
    hash: str
    valid_share: float = 0.5
    note: Text | None = None

    def questions(self) -> Iterator[Question]:
        """Yield every question in the order asked."""
        for section in self.sections:
            yield from section.questions

    def question(self, question_id: str) -> Question:
        """Return the question with this id; raise KeyError where there is none."""
        for question in self.questions():
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def factors(self) -> tuple[Section, ...]:
        """Return the sections that are factors of the index, in the order asked."""
        return tuple(section for section in self.sections if section.factor)

    def index_items(self) -> tuple[Question, ...]:
        """Return the questions that enter the index, in the index's order."""
        by_id = {question.id: question for question in self.questions()}
        return tuple(by_id[item] for item in self.index.items)
