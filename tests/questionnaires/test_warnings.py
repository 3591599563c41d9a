"""Is an author told of what should be looked at again, without the file being refused?"""

from pathlib import Path

import pytest

from tests.questionnaires.builders import cases, changed, inspected, said

WARNINGS = cases("warnings")


@pytest.mark.parametrize("case", WARNINGS)
def test_the_author_is_warned_and_the_file_still_loads(case: str, tmp_path: Path) -> None:
    inspection = inspected(WARNINGS[case].toml, tmp_path)
    assert inspection.questionnaire is not None
    told = [warning for warning in inspection.warnings if warning.where == WARNINGS[case].where]
    assert WARNINGS[case].says in said(told)


@pytest.mark.parametrize("words", ["Câu chuyện rõ ràng", "Quân nhân, quần chúng rõ ràng", "Số hồ sơ TTHCM"])
def test_words_that_only_look_stale_or_short_are_left_alone(words: str, tmp_path: Path) -> None:
    assert said(inspected(changed(("Biển hiệu rõ ràng", words)), tmp_path).warnings) == ""


def test_everyday_options_may_stand_in_many_questions(tmp_path: Path) -> None:
    toml = changed(('vi = "Trực tuyến", en = "Online"', 'vi = "Khác", en = "Another way"'))
    assert said(inspected(toml, tmp_path).warnings) == ""


def test_a_warning_of_a_shared_answer_is_told_once(tmp_path: Path) -> None:
    toml = changed(("Không áp dụng", "Không áp dụng TTHC"), ("Rất hài lòng", "Rất hài lòng về TTHC"))
    assert len(inspected(toml, tmp_path).warnings) == 2
