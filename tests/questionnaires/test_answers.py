"""Does the one checker store what was meant, and refuse what was not offered?"""

from pathlib import Path

import pytest

from questionnaires.answers import check_answers, check_code, is_valid_form
from questionnaires.model import Questionnaire
from tests.questionnaires.builders import sound

FULL = {"A1": ["4"], "A2": ["99"], "A3": ["1"], "B1": ["5"], "K1": ["zalo", "loa"], "K2": ["truc-tiep"]}


@pytest.fixture
def form(tmp_path: Path) -> Questionnaire:
    return sound(tmp_path)


def problems(form: Questionnaire, **submitted: list[str]) -> list[str]:
    return [f"{problem.question_id}: {problem.message.vi}" for problem in check_answers(form, submitted).problems]


def test_accepted_answers_come_back_as_stored_codes(form: Questionnaire) -> None:
    checked = check_answers(form, FULL | {"K3": [" Không  biết\r\n"], "K4": ["3,50"]})
    assert checked.problems == ()
    assert checked.answers == {
        "A1": "4",
        "A2": "99",
        "A3": "1",
        "B1": "5",
        "K1": "loa;zalo",
        "K2": "truc-tiep",
        "K4": "3.5",
    }
    assert checked.texts == {"K3": "Không  biết"}


def test_a_blank_answer_is_a_missing_answer(form: Questionnaire) -> None:
    checked = check_answers(form, {"A1": [""], "A2": [" \u200b"], "A3": [], "K1": [""], "K4": [" "], "K3": ["\n"]})
    assert checked.problems == ()
    assert checked.nothing_answered()


def test_a_comment_alone_is_an_answer(form: Questionnaire) -> None:
    assert not check_answers(form, {"K2": ["truc-tiep"], "K3": ["tốt"]}).nothing_answered()


@pytest.mark.parametrize("value", ["0", "2", "6", "4.0", "04", "4;5", "＄", "<b>4</b>", "4 5"])
def test_a_value_outside_the_scale_is_a_problem_beside_its_question(form: Questionnaire, value: str) -> None:
    checked = check_answers(form, {"A1": [value], "A2": ["4"]})
    assert [problem.question_id for problem in checked.problems] == ["A1"]
    assert checked.answers == {"A2": "4"}


def test_no_opinion_counts_only_where_it_is_declared(form: Questionnaire) -> None:
    assert check_answers(form, {"A1": ["99"]}).answers == {"A1": "99"}
    assert problems(form, B1=["99"]) == ["B1: Câu trả lời không có trong các lựa chọn của câu này. Xin chọn lại."]


def test_two_values_for_a_single_choice_are_a_problem(form: Questionnaire) -> None:
    assert problems(form, A1=["4", "5"]) == ["A1: Câu này chỉ nhận một câu trả lời. Xin chọn lại."]
    assert problems(form, K4=["1", "2"]) == ["K4: Câu này chỉ nhận một câu trả lời. Xin chọn lại."]
    assert problems(form, K2=["truc-tiep"], K3=["một", "hai"]) == [
        "K3: Câu này chỉ nhận một câu trả lời. Xin chọn lại."
    ]


def test_the_same_value_sent_twice_is_one_value(form: Questionnaire) -> None:
    assert check_answers(form, {"A1": ["4", "4"], "K1": ["loa", "loa"]}).answers == {"A1": "4", "K1": "loa"}


def test_several_choices_are_stored_in_the_order_of_the_definition(form: Questionnaire) -> None:
    assert check_answers(form, {"K1": ["khac", "loa"]}).answers == {"K1": "loa;khac"}
    assert check_answers(form, {"K1": ["khac;loa"]}).answers == {"K1": "loa;khac"}


def test_several_choices_do_not_go_with_no_opinion(form: Questionnaire) -> None:
    assert check_answers(form, {"K1": ["99"]}).answers == {"K1": "99"}
    assert "không chọn cả hai" in problems(form, K1=["loa", "99"])[0]


@pytest.mark.parametrize("value", ["facebook", "loa;facebook", "loa;", ";"])
def test_a_choice_that_was_not_offered_is_a_problem(form: Questionnaire, value: str) -> None:
    assert len(problems(form, K1=[value])) == 1


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("3", "3"),
        ("3.5", "3.5"),
        ("3,5", "3.5"),
        ("03", "3"),
        ("3,00", "3"),
        ("-0", "0"),
        ("12.5", "12.5"),
        ("10", "10"),
    ],
)
def test_a_number_is_stored_in_one_form(form: Questionnaire, typed: str, stored: str) -> None:
    assert check_answers(form, {"K4": [typed]}).answers == {"K4": stored}


@pytest.mark.parametrize("typed", ["ba", "1.000", "1,000", "3.", ".5", "1e1", "٣", "+3", "3 giờ", "9" * 5000])
def test_what_is_not_plainly_a_number_is_a_problem(form: Questionnaire, typed: str) -> None:
    assert "Xin ghi số bằng chữ số" in problems(form, K4=[typed])[0]


@pytest.mark.parametrize("typed", ["-1", "12,51", "99"])
def test_a_number_out_of_bounds_is_told_the_bounds(form: Questionnaire, typed: str) -> None:
    (problem,) = check_answers(form, {"K4": [typed]}).problems
    assert problem.message.vi == "Xin ghi số trong khoảng từ 0 đến 12,5."
    assert problem.message.en == "Please write a number from 0 to 12.5."


def test_a_text_is_measured_after_cleaning(form: Questionnaire) -> None:
    online = {"K2": ["truc-tiep"]}
    assert check_answers(form, online | {"K3": ["e\u0302" * 100 + " "]}).texts == {"K3": "ê" * 100}
    (problem,) = check_answers(form, online | {"K3": ["a" * 1101]}).problems
    assert problem.message.vi == "Xin viết ngắn lại: tối đa 100 ký tự, hiện có 1.101 ký tự."


def test_an_unknown_question_is_a_problem_and_its_name_is_cut_short(form: Questionnaire) -> None:
    checked = check_answers(form, {"Z9" * 500: ["1"]})
    assert [problem.question_id for problem in checked.problems] == ["Z9" * 20]
    assert checked.nothing_answered()


def test_an_answer_to_a_question_that_was_not_asked_is_left_out_silently(form: Questionnaire) -> None:
    for given in (["truc-tuyen"], [], ["bua"]):
        assert "K3" not in check_answers(form, {"K2": given, "K3": ["vì …" * 500]}).texts
    assert problems(form, K2=["truc-tuyen"], K3=["a" * 101]) == []


def test_a_condition_on_several_choices_is_met_by_any_of_them(tmp_path: Path) -> None:
    form = sound(tmp_path, ('{ item = "K2", in = ["truc-tiep"] }', '{ item = "K1", in = ["zalo", "khac"] }'))
    assert check_answers(form, {"K1": ["loa", "zalo"], "K3": ["vì"]}).texts == {"K3": "vì"}
    assert check_answers(form, {"K1": ["loa"], "K3": ["vì"]}).texts == {}


def test_a_condition_may_be_met_by_no_opinion(tmp_path: Path) -> None:
    form = sound(tmp_path, ('{ item = "K2", in = ["truc-tiep"] }', '{ item = "A1", in = ["99"] }'))
    assert check_answers(form, {"A1": ["99"], "K3": ["vì"]}).texts == {"K3": "vì"}


def test_a_question_behind_one_that_was_not_asked_is_not_asked_either(tmp_path: Path) -> None:
    form = sound(
        tmp_path,
        ('id = "K2"\nkind = "single"', 'id = "K2"\nkind = "single"\nshow_if = { item = "K1", in = ["zalo"] }'),
    )
    checked = check_answers(form, {"K1": ["loa"], "K2": ["truc-tiep"], "K3": ["vì"]})
    assert (checked.answers, checked.texts, checked.problems) == ({"K1": "loa"}, {}, ())


@pytest.mark.parametrize(
    ("question", "code"), [("A1", "4"), ("A1", "99"), ("A1", ""), ("K1", "loa;zalo"), ("K4", "3.5"), ("K3", "tốt")]
)
def test_a_stored_code_passes(form: Questionnaire, question: str, code: str) -> None:
    assert check_code(form.question(question), code) is None


@pytest.mark.parametrize(
    ("question", "code"),
    [("A1", "6"), ("A1", "4.0"), ("B1", "99"), ("K1", "loa;dai"), ("K4", "13"), ("K3", "a" * 101)],
)
def test_a_wrong_code_is_named_with_its_question(form: Questionnaire, question: str, code: str) -> None:
    problem = check_code(form.question(question), code)
    assert problem is not None
    assert problem.question_id == question
    assert problem.message.vi.endswith(".")


@pytest.mark.parametrize(
    ("answers", "is_valid"),
    [
        ({"A1": "4", "A2": "99"}, True),
        ({"A1": "4"}, False),
        ({"A1": "4", "A2": "", "A3": " "}, False),
        ({"A1": "4", "K1": "loa", "K2": "truc-tiep"}, False),
        ({}, False),
    ],
)
def test_a_form_is_valid_from_half_of_the_index_items(
    form: Questionnaire, answers: dict[str, str], *, is_valid: bool
) -> None:
    assert is_valid_form(form, answers) is is_valid


def test_the_share_of_a_valid_form_is_reckoned_without_rounding(tmp_path: Path) -> None:
    # 0.55 of 20 items is 11, while the floating-point product is a hair more
    items = "\n".join(
        f'[[sections.questions]]\nid = "C{n}"\nkind = "likert"\nscale = "three"\nstatus = "t"\n'
        f'text = {{ vi = "c{n}", en = "c{n}" }}'
        for n in range(1, 17)
    )
    heading = '[[sections]]\nid = "C"\nfactor = true\ntitle = { vi = "C", en = "C" }'
    form = sound(
        tmp_path,
        ('[[sections]]\nid = "K"', f'{heading}\n{items}\n\n[[sections]]\nid = "K"'),
        ('["A", "B"]', '["A", "B", "C"]'),
        ('id = "mau"', 'id = "mau"\nvalid_share = 0.55'),
    )
    assert len(form.index.items) == 20
    assert is_valid_form(form, {f"C{n}": "4" for n in range(1, 12)})
    assert not is_valid_form(form, {f"C{n}": "4" for n in range(1, 11)})
