"""Are the six definitions what the field uses, word for word and code for code?"""

import pytest

from questionnaires import library
from questionnaires.codebook import codebook
from questionnaires.loader import inspect_file
from questionnaires.model import Kind, Mode, Question, Questionnaire, Rule
from questionnaires.publish import published_hashes

ALL = library.known_ids()
SIPAS = ("sipas-2017", "sipas-2022", "sipas-2024")
ITEMS = {
    "sipas-2017": {"A": 4, "B": 5, "C": 6, "D": 3, "E": 4},
    "sipas-2022": {"A": 4, "B": 4, "C": 5, "D": 3, "E": 3},
    "sipas-2024": {"A": 3, "B": 4, "C": 3, "D": 3, "E": 3},
    "kiosk-5": dict.fromkeys("ABCDE", 1),
    "ddci-mau": {"A": 2, "B": 3, "C": 2, "D": 2, "E": 2},
    "mot-cua-2018": {},
}
FACTORS = {
    "A": "Tiếp cận dịch vụ",
    "B": "Thủ tục hành chính",
    "C": "Công chức trực tiếp giải quyết công việc",
    "D": "Kết quả dịch vụ",
    "E": "Việc tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
}
SCALE = ["Rất không hài lòng", "Không hài lòng", "Bình thường", "Hài lòng", "Rất hài lòng"]
CHANNELS = (
    "Loa truyền thanh · Họp thôn, tổ dân phố · Niêm yết · Cán bộ hướng dẫn · Người thân, bạn bè · "
    "Báo, đài, ti vi · Cổng, trang thông tin điện tử · Zalo · Facebook · YouTube · Tờ rơi · Khác"
)


NOT_APPLICABLE = "Không áp dụng (tôi nộp hồ sơ trực tuyến hoặc qua bưu chính)"


def by_bank_code(form: Questionnaire, code: str) -> Question:
    return next(question for question in form.questions() if question.bank_code == code)


def labels(question: Question) -> list[str]:
    return [choice.label.vi for choice in question.choices]


@pytest.mark.parametrize("name", ALL)
def test_every_definition_loads_without_a_word(name: str) -> None:
    inspection = inspect_file(library.BUILT_IN / f"{name}.toml")
    assert (inspection.errors, inspection.warnings) == ((), ())


@pytest.mark.parametrize("name", ALL)
def test_every_definition_is_the_one_that_was_published(name: str) -> None:
    assert published_hashes()[name] == library.load(name).hash, (
        f"{name}.toml was in the field with another wording: restore it and make a new version under a new id"
    )


def test_nothing_is_published_that_is_not_there() -> None:
    assert tuple(published_hashes()) == ALL


@pytest.mark.parametrize("name", ALL)
def test_every_factor_has_its_number_of_items(name: str) -> None:
    form = library.load(name)
    assert {section.id: len(section.questions) for section in form.factors()} == ITEMS[name]
    factor_items = [question.id for section in form.factors() for question in section.questions]
    assert list(form.index.items) == (factor_items or ["TT1", "TT2", "TT3"])


@pytest.mark.parametrize("name", [*SIPAS, "kiosk-5"])
def test_the_satisfaction_forms_have_the_five_factors_and_the_five_point_scale(name: str) -> None:
    form = library.load(name)
    assert {section.id: section.title.vi for section in form.factors()} == FACTORS
    assert (form.index.rule, form.index.satisfied_from) == (Rule.SHARE, 4)
    for item in form.index_items():
        assert labels(item) == SCALE
        assert [(choice.value, choice.score) for choice in item.choices] == [(str(n), n) for n in range(1, 6)]


@pytest.mark.parametrize("name", [*SIPAS, "kiosk-5"])
def test_no_opinion_and_not_applicable_stand_where_the_field_needs_them(name: str) -> None:
    for section in library.load(name).factors():
        for item in section.questions:
            outside = "" if item.no_opinion is None else item.no_opinion.label.vi
            wanted = {"A": NOT_APPLICABLE, "C": NOT_APPLICABLE, "E": "Không sử dụng / không có ý kiến"}
            assert outside == wanted.get(section.id, "")


@pytest.mark.parametrize("name", SIPAS)
def test_the_result_is_named_for_what_it_measures(name: str) -> None:
    assert (
        library.load(name).index.name.vi
        == "Chỉ số hài lòng của người dân, tổ chức về giải quyết thủ tục hành chính"
    )


@pytest.mark.parametrize("name", ALL)
def test_no_index_is_called_sipas(name: str) -> None:
    assert "SIPAS" not in library.load(name).index.name.vi.upper()


@pytest.mark.parametrize("name", SIPAS)
def test_harassment_and_payment_are_asked_and_marked_sensitive(name: str) -> None:
    form = library.load(name)
    for code in ("ST-2", "ST-3"):
        assert by_bank_code(form, code).sensitive
        assert len(by_bank_code(form, code).choices) == 3
    assert Mode.KIOSK not in form.modes


@pytest.mark.parametrize("name", SIPAS)
def test_the_channels_are_those_that_reports_count(name: str) -> None:
    channels = library.load(name).question("K1")
    assert channels.kind is Kind.MULTIPLE
    assert channels.text.vi == "Ông/Bà biết thông tin về thủ tục này qua kênh nào? (có thể chọn nhiều)"
    assert labels(channels) == CHANNELS.split(" · ")


@pytest.mark.parametrize("name", SIPAS)
def test_why_not_online_is_asked_of_those_who_did_not(name: str) -> None:
    form = library.load(name)
    condition = form.question("K3").show_if
    assert form.question("K3").text.vi == "Vì sao Ông/Bà chưa nộp hồ sơ trực tuyến?"
    assert condition is not None
    assert (condition.item, condition.values) == ("K2", ("truc-tiep", "buu-chinh"))


@pytest.mark.parametrize("name", SIPAS)
def test_the_person_is_asked_for_capacity_sex_and_age_band_only(name: str) -> None:
    form = library.load(name)
    about = next(section for section in form.sections if section.id == "P")
    assert about.questions[0].text.vi == "Ông/Bà làm thủ tục với tư cách:"
    assert [labels(question) for question in about.questions] == [
        ["Cá nhân", "Đại diện tổ chức, doanh nghiệp"],
        ["Nam", "Nữ"],
        ["18 - 24 tuổi", "25 - 34 tuổi", "35 - 49 tuổi", "50 - 60 tuổi", "Trên 60 tuổi"],
    ]


@pytest.mark.parametrize("name", SIPAS)
def test_the_comment_is_short_and_sends_those_who_want_a_reply_elsewhere(name: str) -> None:
    comments = [question for question in library.load(name).questions() if question.kind is Kind.TEXT]
    assert [comment.max_length for comment in comments] == [1000]
    assert comments[0].help is not None
    assert comments[0].help.vi.startswith("Xin không ghi tên, số điện thoại")
    assert "Muốn được trả lời, xin gửi qua Cổng Dịch vụ công quốc gia" in comments[0].help.vi


def test_trips_are_asked_as_in_the_form_of_the_time() -> None:
    assert labels(by_bank_code(library.load("sipas-2017"), "ST-1")) == [
        "1 lần",
        "2 lần",
        "3 lần",
        "Từ 4 lần trở lên",
    ]
    for name in ("sipas-2022", "sipas-2024", "kiosk-5"):
        assert labels(by_bank_code(library.load(name), "ST-1b")) == ["0 lần", "01 lần", "02 lần trở lên"]


def test_the_kiosk_form_is_short_and_asks_nothing_delicate() -> None:
    form = library.load("kiosk-5")
    assert set(form.modes) == {Mode.KIOSK, Mode.PHONE}
    assert [question.id for question in form.questions()] == ["O1", "A1", "B1", "C1", "D1", "E1", "S1"]
    assert not any(question.sensitive or question.kind is Kind.TEXT for question in form.questions())
    assert "rút gọn" in form.index.name.vi
    assert form.note is not None


def test_the_one_stop_form_says_that_it_is_not_the_eighteen_point_scale() -> None:
    form = library.load("mot-cua-2018")
    assert form.index.rule is Rule.POINTS
    assert [[choice.score for choice in item.choices] for item in form.index_items()] == [[2, 1, 0]] * 3
    assert form.note is not None
    assert "3 trong 9 chỉ số" in form.note.vi
    assert "không phải thang 18 điểm" in form.note.vi


def test_the_business_form_is_marked_as_an_illustration_throughout() -> None:
    form = library.load("ddci-mau")
    assert form.index.rule is Rule.MEAN
    assert [choice.score for choice in form.index_items()[0].choices] == list(range(1, 11))
    assert form.note is not None
    assert "minh họa" in form.title.vi
    assert "minh họa" in form.note.vi
    assert all("illustrative" in question.status for question in form.questions())


def test_wordings_that_could_not_be_verified_are_marked_in_the_codebook() -> None:
    marked = {row.question_id for row in codebook(library.load("sipas-2017")) if "unverified" in row.status}
    assert marked == {"A1", "A2", "A3", "A4", "B2", "B3", "B4", "C2", "C5", "S1"}
