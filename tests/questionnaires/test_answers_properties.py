"""Does the checker hold for whatever a browser, a kiosk or an attacker may send?"""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questionnaires import library
from questionnaires.answers import check_answers, check_code, is_valid_form
from questionnaires.model import Questionnaire
from questionnaires.text import clean
from tests.questionnaires.builders import example

FORM = library.load("sipas-2024")
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=30)
IDS = [question.id for question in FORM.questions()]
CODES = sorted({choice.value for question in FORM.questions() for choice in question.every_choice()})
VALUES = st.one_of(st.sampled_from(CODES), ANY_TEXT, st.just("a" * 1001))
SUBMITTED = st.dictionaries(st.one_of(st.sampled_from(IDS), ANY_TEXT), st.lists(VALUES, max_size=3), max_size=12)


def offered(form: Questionnaire) -> st.SearchStrategy[Mapping[str, Sequence[str]]]:
    """Draw answers that a person could give, whether or not they were asked."""
    return st.fixed_dictionaries(
        {},
        optional={
            question.id: st.lists(
                st.sampled_from(question.every_choice()).map(lambda choice: choice.value), max_size=1
            )
            if question.choices
            else st.lists(ANY_TEXT, max_size=1)
            for question in form.questions()
        },
    )


@given(SUBMITTED)
def test_the_checker_never_fails_and_stores_only_what_was_offered(submitted: dict[str, list[str]]) -> None:
    checked = check_answers(FORM, submitted)
    for question_id, code in checked.answers.items():
        assert set(code.split(";")) <= {choice.value for choice in FORM.question(question_id).every_choice()}
    for question_id, text in checked.texts.items():
        assert text == clean(text)
        assert 0 < len(text) <= (FORM.question(question_id).max_length or 0)
    assert not {problem.question_id for problem in checked.problems} & {*checked.answers, *checked.texts}


@given(SUBMITTED)
def test_accepted_answers_check_to_themselves(submitted: dict[str, list[str]]) -> None:
    checked = check_answers(FORM, submitted)
    again = check_answers(FORM, {name: [code] for name, code in (checked.answers | checked.texts).items()})
    assert (again.answers, again.texts, again.problems) == (checked.answers, checked.texts, ())
    assert all(check_code(FORM.question(name), code) is None for name, code in checked.answers.items())


@given(SUBMITTED)
def test_every_value_that_is_not_stored_is_blank_not_asked_or_a_problem(submitted: dict[str, list[str]]) -> None:
    checked = check_answers(FORM, submitted)
    told = {problem.question_id for problem in checked.problems}
    conditional = {question.id for question in FORM.questions() if question.show_if is not None}
    for name, values in submitted.items():
        if name in IDS and any(clean(value) for value in values) and name not in conditional:
            assert (name in checked.answers) + (name in checked.texts) + (name in told) == 1


@pytest.mark.parametrize("questionnaire_id", library.known_ids())
def test_whatever_a_questionnaire_offers_it_accepts(questionnaire_id: str) -> None:
    form = library.load(questionnaire_id)

    @given(offered(form))
    def holds(submitted: Mapping[str, Sequence[str]]) -> None:
        checked = check_answers(form, submitted)
        assert checked.problems == ()
        assert is_valid_form(form, checked.answers) == (
            2 * sum(1 for item in form.index.items if submitted.get(item)) >= len(form.index.items)
        )

    holds()


NUMBERS = st.decimals(min_value=0, max_value=12, places=2).map(lambda number: f"{number:f}".replace(".", ","))


@given(NUMBERS)
def test_a_number_is_accepted_with_a_comma_and_checks_to_itself(typed: str) -> None:
    number = example("number").question("P1")
    assert check_code(number, typed) is None
    (code,) = check_answers(example("number"), {"P1": [typed]}).answers.values()
    assert check_answers(example("number"), {"P1": [code]}).answers == {"P1": code}
    assert float(code) == float(typed.replace(",", "."))
