"""How is a questionnaire drawn as a form? Fields by WTForms, made once for each version and language."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict
from wtforms import Field, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm

from questionnaires.model import Condition, Kind, Language, Question, Questionnaire, Section

SECONDS_A_QUESTION = 8
MANY_CHOICES = 6

_FIELDS = {
    Kind.LIKERT: RadioField,
    Kind.SINGLE: RadioField,
    Kind.MULTIPLE: SelectMultipleField,
    Kind.NUMBER: StringField,
    Kind.TEXT: StringField,
}
_FACES = {3: (1, 3, 5), 5: (1, 2, 3, 4, 5)}

_unbound: dict[tuple[str, Language], dict[str, UnboundField]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question as it stands on the page; ``faces`` has the face of each choice, worst to best."""

    question: Question
    number: int
    text: str
    help: str | None
    field: Field
    faces: tuple[int, ...]
    problem: str | None

    @property
    def anchor(self) -> str:
        """Return the id of the question's element on the page."""
        return f"q{self.question.id}"

    @property
    def layout(self) -> str:
        """Return how the choices stand: five or two side by side where there is room, long scales in rows."""
        many = len(self.question.choices) >= MANY_CHOICES
        if self.question.kind is Kind.LIKERT:
            return "scale" if many else "five" if len(self.faces) == 5 else ""
        return "pair" if many and self.question.kind is Kind.MULTIPLE else ""

    @property
    def described_by(self) -> str:
        """Return the ids of the elements that say more about the question."""
        said = ((self.help, "h"), (self.problem, "e"))
        return " ".join(f"{self.anchor}-{letter}" for sentence, letter in said if sentence)

    @property
    def entered(self) -> list[str]:
        """Return everything that was entered."""
        return list(self.field.raw_data or ())

    @property
    def without_opinion(self) -> bool:
        """Say whether the answer outside the scale was chosen beside a typed one."""
        return self.question.no_opinion is not None and self.question.no_opinion.value in self.entered

    @property
    def typed(self) -> str:
        """Return what was typed."""
        outside = self.question.no_opinion.value if self.question.no_opinion else None
        return next((value for value in self.entered if value != outside), "")


def asked_sections(
    questionnaire: Questionnaire,
    language: Language,
    *,
    values: Mapping[str, Sequence[str]],
    problems: Mapping[str, str],
) -> list[tuple[Section, list[Asked]]]:
    """Return the questions by section, with what was entered and what is wrong with it."""
    form = BaseForm(_fields(questionnaire, language))
    form.process(MultiDict([(name, value) for name, several in values.items() for value in several]))
    numbers = {question.id: number for number, question in enumerate(questionnaire.questions(), start=1)}

    def asked(question: Question) -> Asked:
        return Asked(
            question=question,
            number=numbers[question.id],
            text=question.text.in_language(language),
            help=question.help.in_language(language) if question.help else None,
            field=form[question.id],
            faces=_faces(question),
            problem=problems.get(question.id),
        )

    return [(section, list(map(asked, section.questions))) for section in questionnaire.sections]


def minutes(questionnaire: Questionnaire) -> int:
    """Return about how long the form takes."""
    return math.ceil(len(list(questionnaire.questions())) * SECONDS_A_QUESTION / 60)


def hiding_style(questionnaire: Questionnaire) -> str:
    """Return the style that hides a question until its condition is met.

    A browser that does not know ``:has`` ignores it and shows every question; the server leaves out what was not
    asked. A condition on a typed answer cannot be expressed, and its question is always shown.
    """
    rules = "".join(_hiding_rules(questionnaire))
    return f"@supports selector(:has(a)){{@media screen{{{rules}}}}}" if rules else ""


def _hiding_rules(questionnaire: Questionnaire) -> Iterator[str]:
    for question in questionnaire.questions():
        if question.show_if is None:
            continue
        boxes = ",".join(_boxes(questionnaire.question(question.show_if.item), question.show_if))
        if boxes:
            yield f"form:not(:has({boxes})) #q{question.id}{{display:none}}"


def _boxes(item: Question, condition: Condition) -> Iterator[str]:
    for place, choice in enumerate(item.every_choice()):
        if choice.value in condition.values:
            yield f"#q{item.id}-{place}:checked"


def _fields(questionnaire: Questionnaire, language: Language) -> dict[str, UnboundField]:
    key = (questionnaire.hash, language)
    if key not in _unbound:
        _unbound[key] = {question.id: _field(question, language) for question in questionnaire.questions()}
    return _unbound[key]


def _field(question: Question, language: Language) -> UnboundField:
    kind = _FIELDS[question.kind]
    if kind is StringField:
        return StringField()
    choices = [SelectChoice(c.value, c.label.in_language(language)) for c in question.every_choice()]
    # The questionnaire alone checks answers; the field only draws them.
    return kind(choices=choices, validate_choice=False)


def _faces(question: Question) -> tuple[int, ...]:
    """Return a face for each choice of a scale of three or five, in the order of their scores."""
    scores = [choice.score for choice in question.choices if choice.score is not None]
    if question.kind is not Kind.LIKERT or len(scores) != len(question.choices):
        return ()
    faces = _FACES.get(len(set(scores)), ())
    return tuple(faces[sorted(scores).index(score)] for score in scores) if len(faces) == len(scores) else ()
