"""Is the questionnaire with an id found, and only that?"""

from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.loader import QuestionnaireRefused
from tests.questionnaires.builders import SOUND

DEFINITIONS = ("ddci-mau", "kiosk-5", "mot-cua-2018", "sipas-2017", "sipas-2022", "sipas-2024")


def test_the_six_definitions_are_known() -> None:
    assert library.known_ids() == DEFINITIONS


def test_an_offices_own_questionnaire_is_found_beside_the_built_in_ones(tmp_path: Path) -> None:
    (tmp_path / "mau.toml").write_text(SOUND, "utf-8")
    (tmp_path / "published.toml").write_text("", "utf-8")
    assert library.known_ids(tmp_path) == tuple(sorted((*DEFINITIONS, "mau")))
    assert library.load("mau", tmp_path).id == "mau"
    assert library.load("sipas-2024", tmp_path).id == "sipas-2024"


def test_an_offices_file_is_read_anew_each_time(tmp_path: Path) -> None:
    path = tmp_path / "mau.toml"
    path.write_text(SOUND, "utf-8")
    before = library.load("mau", tmp_path)
    path.write_text(SOUND.replace("Phiếu khảo sát", "Phiếu hỏi"), "utf-8")
    after = library.load("mau", tmp_path)
    assert (before.title.vi, after.title.vi) == ("Phiếu khảo sát", "Phiếu hỏi")
    assert before.hash != after.hash


def test_an_offices_file_cannot_stand_in_for_a_built_in_definition(tmp_path: Path) -> None:
    (tmp_path / "kiosk-5.toml").write_text(SOUND.replace('"mau"', '"kiosk-5"'), "utf-8")
    assert len(library.load("kiosk-5", tmp_path).index.items) == 5


def test_a_file_with_faults_is_refused_by_its_id(tmp_path: Path) -> None:
    (tmp_path / "mau.toml").write_text(SOUND.replace('"number"', '"stars"'), "utf-8")
    with pytest.raises(QuestionnaireRefused, match="câu hỏi K4, khóa kind"):
        library.load("mau", tmp_path)


@pytest.mark.parametrize(
    "wanted", ["", "sipas", "../published", "definitions/sipas-2024", "sipas-2024.toml", "\x00"]
)
def test_an_unknown_id_opens_no_file_and_is_told_what_there_is(wanted: str, tmp_path: Path) -> None:
    with pytest.raises(library.UnknownQuestionnaire, match="ddci-mau, kiosk-5, mot-cua-2018, sipas-2017"):
        library.load(wanted, tmp_path / "khong-co")


def test_a_slip_of_the_pen_is_told_the_nearest_id() -> None:
    with pytest.raises(library.UnknownQuestionnaire, match='có phải ý là "sipas-2024"'):
        library.load("sipas-2O24")
