"""Is every kind of question drawn so that it can be answered, and hidden only where it is not asked?"""

import re
from dataclasses import replace

from markupsafe import escape

from questionnaires.model import (
    Choice,
    Condition,
    IndexDefinition,
    Kind,
    Language,
    Mode,
    Question,
    Questionnaire,
    Rule,
    Section,
    Text,
)
from survey_app.public.form import asked_sections, hiding_style, minutes
from survey_app.style import page_style


def _question(
    question_id: str,
    kind: Kind,
    *,
    choices: tuple[Choice, ...] = (),
    show_if: Condition | None = None,
    no_opinion: Choice | None = None,
) -> Question:
    text = Text(f"Câu {question_id}?", f"Question {question_id}?")
    drawn = Question(id=question_id, kind=kind, text=text, status="test")
    return replace(drawn, choices=choices, show_if=show_if, no_opinion=no_opinion)


def _choices(*scores: float | None) -> tuple[Choice, ...]:
    return tuple(
        Choice(f"v{n}", Text(f"Lựa {n}", f"Choice {n}"), score) for n, score in enumerate(scores, start=1)
    )


def _questionnaire(*questions: Question) -> Questionnaire:
    section = Section(id="A", title=Text("Phần", "Part"), questions=questions)
    index = IndexDefinition(name=Text("Chỉ số", "Index"), items=(), rule=Rule.MEAN)
    return Questionnaire(
        id="thu",
        title=Text("Thử", "Trial"),
        sections=(section,),
        index=index,
        modes=(Mode.PHONE,),
        hash=str(hash(questions)),
    )


def _faces(*scores: float | None, kind: Kind = Kind.LIKERT) -> tuple[int, ...]:
    drawn = _questionnaire(_question("A1", kind, choices=_choices(*scores)))
    return asked_sections(drawn, Language.VI, values={}, problems={})[0][1][0].faces


def test_scales_of_three_and_five_have_faces_from_worst_to_best() -> None:
    assert _faces(1, 2, 3, 4, 5) == (1, 2, 3, 4, 5)
    assert _faces(5, 4, 3, 2, 1) == (5, 4, 3, 2, 1)
    assert _faces(0, 1, 2) == (1, 3, 5)


def test_other_scales_and_questions_without_a_score_have_none() -> None:
    assert _faces(*range(1, 11)) == ()
    assert _faces(1, 2, None) == ()
    assert _faces(1, 1, 2) == ()
    assert _faces(1, 2, 3, kind=Kind.SINGLE) == ()


def test_a_question_is_hidden_until_one_of_the_boxes_of_its_condition_is_ticked() -> None:
    item = _question("A1", Kind.SINGLE, choices=_choices(None, None, None))
    follow_up = _question("A2", Kind.TEXT, show_if=Condition("A1", ("v1", "v3")))
    assert hiding_style(_questionnaire(item, follow_up)) == (
        "@supports selector(:has(a)){@media screen{"
        "form:not(:has(#qA1-0:checked,#qA1-2:checked)) #qA2{display:none}}}"
    )
    assert hiding_style(_questionnaire(item)) == ""


def test_a_question_that_depends_on_a_typed_answer_stays_visible() -> None:
    item = _question("A1", Kind.NUMBER)
    follow_up = _question("A2", Kind.TEXT, show_if=Condition("A1", ("0",)))
    assert hiding_style(_questionnaire(item, follow_up)) == ""


def test_styles_stand_in_the_page_as_they_are_hashed() -> None:
    follow_up = _question("A2", Kind.TEXT, show_if=Condition("A1", ("v1",)))
    rules = hiding_style(_questionnaire(_question("A1", Kind.SINGLE, choices=_choices(None)), follow_up))
    for style in (page_style(), rules):
        assert str(escape(style)) == style
    assert len(page_style()) > 3000
    assert not re.search(r"/\*|\s\s", page_style())


def test_a_number_keeps_what_was_typed_apart_from_the_answer_outside_the_scale() -> None:
    outside = Choice("99", Text("Không nhớ", "Do not remember"))
    drawn = _questionnaire(_question("A1", Kind.NUMBER, no_opinion=outside))
    asked = asked_sections(drawn, Language.VI, values={"A1": ["99", "12,5"]}, problems={"A1": "sai"})[0][1][0]
    assert (asked.typed, asked.without_opinion, asked.described_by) == ("12,5", True, "qA1-e")


def test_the_form_says_about_how_long_it_takes() -> None:
    assert minutes(_questionnaire(*(_question(f"A{n}", Kind.TEXT) for n in range(26)))) == 4
    assert minutes(_questionnaire(_question("A1", Kind.TEXT))) == 1
