"""Claims about the imaginary province."""

from analysis.example import SIMULATED, generate
from questionnaires.answers import check_code
from questionnaires.model import Kind


def test_the_same_seed_gives_the_same_answers_and_another_seed_others() -> None:
    assert generate(5).frame.equals(generate(5).frame)
    assert not generate(5).frame.equals(generate(6).frame)


def test_every_simulated_answer_is_one_that_the_questionnaire_offers() -> None:
    province = generate()
    for question in province.questionnaire.questions():
        if question.kind is Kind.TEXT:
            assert question.id not in province.frame.columns
            continue
        stored = province.frame[question.id].dropna().unique()
        assert len(stored) > 1
        assert all(check_code(question, code) is None for code in stored)


def test_the_province_has_what_a_first_look_should_meet() -> None:
    province = generate()
    frame = province.frame
    items = list(province.questionnaire.index.items)
    sizes = frame.groupby("unit_name").size()
    assert sizes["Đặc khu Hòn Mây"] < 5  # thin: withheld
    assert 5 <= sizes["Xã Thung Lũng"] < 30  # small: for orientation
    assert set(frame.loc[frame["unit_name"] == "Xã Núi Vàng", items].stack().unique()) <= {"4", "5", "99"}
    assert frame["mode"].nunique() == 2
    assert frame["weight"].astype(float).std() > 0
    assert 0.02 < frame[items].isna().to_numpy().mean() < 0.06
    assert frame["village_code"].nunique() == sum(frame.groupby("unit_code")["village_code"].nunique())
    assert (frame["simulated"] == SIMULATED).all()
    assert frame["response_id"].is_unique


def test_rows_are_in_no_order_of_units() -> None:
    codes = generate().frame["unit_code"].tolist()
    assert codes != sorted(codes)
