"""When are a survey's numbers computed again, how often at a time, and what happens when that fails?"""

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from survey_app.services import child, scoring
from survey_app.services.access.scopes import Scope
from survey_app.services.child import ChildBusy, ChildFailed, ChildRefused, Command
from survey_app.services.received import Received, periods_of
from survey_app.services.scoring import Question, known_folder, result_folder
from tests.survey_app.building import TODAY, make_settings, make_survey

COUNTS = (Received("26734", "2026-10-2", 12), Received("26734", "2026-11-1", 7))
UNITS = (("26734", "Phường Bến Sông", "Thành phố Biển Xanh"),)

WRITES_A_FOLDER = """
import pathlib, sys, time
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
time.sleep(0.3)
(out.parent.parent / "runs").open("a").write("x")
out.mkdir()
"""
"""Stands for the command that computes: what is asked here is when it runs, not what it computes."""


def question(**changes: object) -> Question:
    asked = Question(survey=make_survey(), units=UNITS, received=COUNTS, period=None, today=TODAY)
    return replace(asked, **changes)  # type: ignore[arg-type]  # - any field may change


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let the module ``flask`` of the children be a script that a test writes."""
    folder = tmp_path / "commands"
    folder.mkdir()
    monkeypatch.setattr(child, "_ROOT", folder)
    (folder / "flask.py").write_text(WRITES_A_FOLDER, encoding="utf-8")
    yield folder
    scoring._jobs.clear()


def test_the_key_changes_with_everything_that_the_numbers_depend_on() -> None:
    survey = make_survey()
    survey.questionnaire_hash = "0" * 64
    renamed, closing = make_survey(), make_survey()
    renamed.title_vi = "Tên khác"
    closing.closes_on = date(2026, 12, 1)
    keys = [
        question().key(),
        question(survey=survey).key(),
        question(survey=renamed).key(),
        question(survey=closing).key(),
        question(units=(("26734", "Phường Khác", "Thành phố Biển Xanh"),)).key(),
        question(received=(*COUNTS, Received("26737", "2026-11-1", 1))).key(),
        question(received=(Received("26734", "2026-10-2", 13), COUNTS[1])).key(),
        question(received=(Received("26734", "2026-10-1", 12), COUNTS[1])).key(),
        question(period="2026-10").key(),
        question(period="2026-11").key(),
        question(period="2026-Q4").key(),
    ]
    assert len(set(keys)) == len(keys)
    assert question().key() == keys[0]


def test_another_version_of_the_code_has_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    before = question().key()
    monkeypatch.setattr(scoring, "code_mark", lambda: "another version")
    assert question().key() != before


def test_new_forms_of_another_month_leave_the_numbers_of_a_closed_month_alone() -> None:
    more = (COUNTS[0], Received("26734", "2026-11-1", 8))
    assert question(period="2026-10").key() == question(period="2026-10", received=more).key()
    assert question(period="2026-Q4").key() != question(period="2026-Q4", received=more).key()
    assert question(period="2026-10").forms() == 12
    assert question(period="2026-Q4").forms() == 19


def test_the_periods_are_those_in_which_forms_came_in() -> None:
    periods = periods_of({"2025-12-2", "2026-06-1", "2026-07-1", "2026-11-1"})
    assert periods.years == ("2026", "2025")
    assert periods.halves == ("2026-H2", "2026-H1", "2025-H2")
    assert periods.quarters == ("2026-Q4", "2026-Q3", "2026-Q2", "2025-Q4")
    assert periods.months == ("2026-11", "2026-07", "2026-06", "2025-12")


def test_views_at_the_same_time_and_later_ones_compute_once(tmp_path: Path, commands: Path) -> None:
    settings = make_settings(tmp_path)
    with ThreadPoolExecutor(2) as views:
        folders = set(views.map(lambda _: result_folder(settings, question()), range(2)))
    folders.add(result_folder(settings, question()))
    assert len(folders) == 1
    assert (tmp_path / "results" / "runs").read_text(encoding="utf-8") == "x"
    other = result_folder(settings, question(period="2026-10"))
    assert other not in folders
    assert (tmp_path / "results" / "runs").read_text(encoding="utf-8") == "xx"
    assert commands.is_dir()


def test_more_views_than_may_wait_are_told_to_come_back(tmp_path: Path, commands: Path) -> None:
    settings = make_settings(tmp_path)

    def view(period: str) -> bool:
        try:
            return result_folder(settings, question(period=period)).is_dir()
        except ChildBusy:
            return False

    with ThreadPoolExecutor(6) as views:
        served = list(views.map(view, ["2026-10", "2026-11", "2026-Q4", "2026-H2", "2026", "2026-10"]))
    assert 1 <= sum(served) < len(served)
    assert view("2026-11")
    assert commands.is_dir()


def test_what_takes_longer_than_a_person_waits_goes_on_and_is_found_later(
    tmp_path: Path, commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = make_settings(tmp_path)
    monkeypatch.setattr(scoring, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(ChildBusy):
        result_folder(settings, question())
    monkeypatch.setattr(scoring, "PATIENCE_SECONDS", 20)
    assert result_folder(settings, question()).is_dir()
    assert (commands.parent / "results" / "runs").read_text(encoding="utf-8") == "x"


FAILURES: dict[str, tuple[str, type[Exception], str]] = {
    "fails": ("import sys; sys.exit('Mất phiếu của bà A, 0912345678')", ChildFailed, "^$"),
    "refuses": ("import sys; sys.stderr.write('Error: Thiếu cột A1'); sys.exit(2)", ChildRefused, "Thiếu cột A1"),
    "is killed": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", ChildFailed, "bộ nhớ"),
    "does not end": ("while True: pass", ChildFailed, "quá nhiều thời gian"),
}


@pytest.mark.parametrize("how", FAILURES)
def test_a_child_that_fails_is_named_leaves_nothing_and_logs_no_data(
    tmp_path: Path, commands: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, *, how: str
) -> None:
    script, error, said = FAILURES[how]
    monkeypatch.setattr(scoring, "SECONDS", 1)
    (commands / "flask.py").write_text(script, encoding="utf-8")
    with caplog.at_level(logging.DEBUG), pytest.raises(error, match=said):
        result_folder(make_settings(tmp_path), question())
    assert "0912345678" not in caplog.text
    assert [path.name for path in (tmp_path / "results" / "hai-long").iterdir()] == [".lock"]
    (commands / "flask.py").write_text(WRITES_A_FOLDER, encoding="utf-8")
    assert result_folder(make_settings(tmp_path), question()).is_dir()


def test_old_folders_and_unfinished_ones_are_deleted_and_the_used_ones_kept(
    tmp_path: Path, commands: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "KEPT_FOLDERS", 3)
    settings = make_settings(tmp_path)
    home = tmp_path / "results" / "hai-long"
    for age in range(5):
        folder = home / f"{age:032x}"
        folder.mkdir(parents=True)
        os.utime(folder, (time.time() - 100 * age, time.time() - 100 * age))
    (home / f".{'f' * 32}-abcd").mkdir()
    made = result_folder(settings, question())
    kept = {path.name for path in home.iterdir() if path.is_dir()}
    assert kept == {f"{0:032x}", f"{1:032x}", made.name}
    assert commands.is_dir()


def test_only_a_folder_of_a_key_is_found(tmp_path: Path) -> None:
    settings = make_settings(tmp_path)
    (tmp_path / "results" / "hai-long" / ("a" * 32)).mkdir(parents=True)
    assert known_folder(settings, "hai-long", "a" * 32, None) is not None
    for key in ("b" * 32, "..", ".", "", "A" * 32, "a" * 31 + "/"):
        assert known_folder(settings, "hai-long", key, None) is None


def test_a_key_leads_to_the_folder_of_its_own_scope_only(tmp_path: Path) -> None:
    settings, home = make_settings(tmp_path), tmp_path / "results" / "hai-long"
    commune = Scope(("26734",), frozenset({"26734"}))
    grown = Scope(("26734",), frozenset({"26734", "26735"}))
    whole, part = question().key(), question(scope=commune).key()
    for key in (whole, part):
        (home / key).mkdir(parents=True)
    assert known_folder(settings, "hai-long", part, commune) == home / part
    assert known_folder(settings, "hai-long", part, grown) is None
    assert known_folder(settings, "hai-long", part, None) is None
    assert known_folder(settings, "hai-long", whole, commune) is None


def test_a_part_is_cut_out_of_the_whole_which_is_computed_once(tmp_path: Path, commands: Path) -> None:
    settings = make_settings(tmp_path)
    for unit in ("26734", "26737"):
        folder = result_folder(settings, question(scope=Scope((unit,), frozenset({unit}))))
        assert folder.name.endswith(question().key())
    assert (tmp_path / "results" / "runs").read_text(encoding="utf-8") == "xxx"
    assert commands.is_dir()


def test_a_child_gets_no_input_and_its_own_settings(tmp_path: Path, commands: Path) -> None:
    (commands / "asks.py").write_text(
        "import os, sys, pathlib\n"
        "assert sys.stdin.read() == ''\n"
        "pathlib.Path(sys.argv[1]).write_text(os.environ['SURVEY_INSTANCE'])\n",
        encoding="utf-8",
    )
    child.run(Command("asks", [str(tmp_path / "said")], {"SURVEY_INSTANCE": "ở đây"}, 10))
    assert (tmp_path / "said").read_text(encoding="utf-8") == "ở đây"
