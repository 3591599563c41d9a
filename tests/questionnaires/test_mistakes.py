"""Are the mistakes that authors really make refused, each with a remedy, and let pass once mended?"""

from pathlib import Path

import pytest

from tests.questionnaires.builders import cases, changed, inspected, said

MISTAKES = cases("mistakes")


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mistake_is_refused_with_place_and_remedy(mistake: str, tmp_path: Path) -> None:
    inspection = inspected(MISTAKES[mistake].toml, tmp_path)
    assert inspection.questionnaire is None
    told = [error for error in inspection.errors if error.where.endswith(MISTAKES[mistake].where)]
    assert MISTAKES[mistake].says in said(told)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_mended_file_loads(mistake: str, tmp_path: Path) -> None:
    assert said(inspected(MISTAKES[mistake].mended, tmp_path).errors) == ""


def test_a_fault_of_a_shared_scale_is_told_once(tmp_path: Path) -> None:
    assert len(inspected(changed(('value = "5"', 'value = "4"')), tmp_path).errors) == 1


def test_a_comment_that_warns_off_names_and_numbers_asks_for_none(tmp_path: Path) -> None:
    toml = changed(("chưa nộp trực tuyến?", "chưa nộp trực tuyến? (xin không ghi họ tên, số điện thoại, email)"))
    assert said(inspected(toml, tmp_path).errors) == ""


def test_a_statement_about_name_badges_is_not_a_question_for_a_name(tmp_path: Path) -> None:
    toml = changed(("Biển hiệu rõ ràng", "Công chức đeo thẻ ghi họ tên"))
    assert said(inspected(toml, tmp_path).errors) == ""


def test_years_and_ranks_are_not_taken_for_bands(tmp_path: Path) -> None:
    years = [("18 - 24 tuổi", "2022"), ("25 - 34 tuổi", "2024"), ("Từ 35 tuổi trở lên", "2026")]
    english = [("18 to 24", "2022"), ("25 to 34", "2024"), ("35 or older", "2026")]
    assert said(inspected(changed(*years, *english), tmp_path).errors) == ""
