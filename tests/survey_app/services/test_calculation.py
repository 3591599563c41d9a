"""Does the command write the numbers of the survey that was asked for, whole or not at all?"""

import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from analysis.table import WHOLE, IndexTable
from survey_app.commands import data
from survey_app.services.scoring import FILES
from survey_app.store import open_store
from survey_app.store.models import Survey, SurveyUnit, Unit, UnitSuccessor
from tests.survey_app.building import make_settings
from tests.survey_app.staff.staff_building import add_answers, close, make_staff_app


def results(folder: Path, *options: str) -> Result:
    arguments = ["--survey", "hai-long", "--out", str(folder / "out" / "results"), *options]
    return CliRunner().invoke(data.results, arguments, env={"SURVEY_INSTANCE": str(folder)})


def table_in(folder: Path) -> IndexTable:
    return IndexTable.from_json((folder / "out" / "results" / "index.json").read_text(encoding="utf-8"))


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    app = make_staff_app(tmp_path)
    add_answers(app, "26734", 12, window="2026-10-2")
    add_answers(app, "26737", 9, window="2026-11-1")
    change(app)
    close(app)
    return tmp_path


def change(app: Flask) -> None:
    """Mark the survey as simulated and invited, and ask about a unit of another province, too."""
    with app.extensions["parts"].store.writing() as session:
        survey = session.get_one(Survey, "hai-long")
        survey.simulated, survey.basis = True, "invited"
        session.add(Unit(code="01", name="Thành phố Núi Cao"))
        session.flush()
        session.add(Unit(code="00004", name="Phường Đỉnh Mây", parent_code="01"))
        session.flush()
        session.add(SurveyUnit(survey_id="hai-long", unit_code="00004"))
        session.commit()
    add_answers(app, "00004", 6, window="2026-11-1")


def test_every_report_is_written_with_the_basis_and_the_mark_of_the_survey(instance: Path) -> None:
    done = results(instance)
    assert done.exit_code == 0, done.output
    assert {path.name for path in (instance / "out" / "results").iterdir()} == set(FILES)
    assert [path.name for path in (instance / "out").iterdir()] == ["results"]
    table = table_in(instance)
    assert table.simulated
    assert {row.basis for row in table.rows} == {"invited"}
    whole = next(unit for unit in table.units if unit.unit_code == WHOLE)
    assert whole.received == 27


def test_units_stand_below_the_units_above_where_there_are_several(instance: Path) -> None:
    assert results(instance).exit_code == 0
    parents = {row.unit_code: row.parent_code for row in table_in(instance).rows}
    assert parents == {"00004": "01", "26734": "79", "26737": "79", "01": WHOLE, "79": WHOLE, WHOLE: None}


def test_a_period_has_the_forms_of_its_windows_alone(instance: Path) -> None:
    assert results(instance, "--period", "2026-11").exit_code == 0
    counted = {unit.unit_code: unit.received for unit in table_in(instance).units}
    assert counted == {"00004": 6, "26737": 9, "01": 6, "79": 9, WHOLE: 15}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--survey", "khong-co"), "Các đợt hiện có: hai-long"),
        (("--period", "tháng mười"), "Nhận được: “tháng mười”"),
        (("--period", "2025"), "các đợt có trong tệp: 2026-10-2, 2026-11-1"),
    ],
)
def test_what_cannot_be_computed_is_refused_and_nothing_is_written(
    instance: Path, options: tuple[str, ...], said: str
) -> None:
    refused = results(instance, *options)
    assert refused.exit_code == 2, refused.output
    assert said in refused.output
    assert not (instance / "out").exists() or list((instance / "out").iterdir()) == []


def succeed(folder: Path, *lines: tuple[str, str, float, date]) -> None:
    """Say in the map of units what became of some."""
    store = open_store(make_settings(folder).database_url)
    with store.writing() as session:
        session.add_all(
            UnitSuccessor(old_code=old, old_name=f"Cũ {old}", new_code=new, share=share, effective_on=day)
            for old, new, share, day in lines
        )
        session.commit()
    store.engine.dispose()


def overall(folder: Path) -> dict[str, tuple[int, str, str]]:
    return {
        row.unit_code: (row.n_responses, row.status, row.reason)
        for row in table_in(folder).rows
        if row.score == "overall"
    }


def test_the_series_of_a_unit_runs_on_across_a_merger_and_is_marked(instance: Path) -> None:
    succeed(instance, ("26734", "26737", 1.0, date(2026, 11, 15)))
    assert results(instance, "--today", "2026-11-14").exit_code == 0
    before = overall(instance)
    assert (before["26734"][0], before["26737"][0]) == (12, 9)
    assert "successor" not in str(before)
    shutil.rmtree(instance / "out")
    assert results(instance, "--today", "2026-11-15").exit_code == 0
    after = overall(instance)
    marked = "small_sample;successor@2026-11-15"
    assert after == {
        "26737": (21, "flagged", marked),
        "00004": (6, "flagged", "small_sample"),
        "79": (21, "flagged", marked),
        "01": (6, "flagged", "small_sample"),
        WHOLE: (27, "flagged", marked),
    }
    rows = [row for row in table_in(instance).rows if row.unit_code == "26737"]
    assert {row.unit_name for row in rows} == {"Xã Đồng Sen"}


def test_a_period_after_the_merger_has_no_mark_and_one_before_shows_the_units_of_today(instance: Path) -> None:
    succeed(instance, ("26734", "26737", 1.0, date(2026, 11, 1)))
    assert results(instance, "--period", "2026-11", "--today", "2026-11-20").exit_code == 0
    assert overall(instance)["26737"] == (9, "flagged", "small_sample")
    shutil.rmtree(instance / "out")
    assert results(instance, "--period", "2026-10", "--today", "2026-11-20").exit_code == 0
    assert overall(instance)["26737"] == (12, "flagged", "small_sample;successor@2026-11-01")


def test_a_unit_that_was_split_counts_in_both_parts_and_people_once_in_all(instance: Path) -> None:
    succeed(instance, ("26734", "26737", 0.6, date(2026, 11, 1)), ("26734", "00004", 0.4, date(2026, 11, 1)))
    assert results(instance, "--today", "2026-11-20").exit_code == 0
    n = {code: forms for code, (forms, *_) in overall(instance).items()}
    assert n == {"26737": 21, "00004": 18, "79": 21, "01": 18, WHOLE: 27}
    table = table_in(instance)
    assert "split@2026-11-01" in overall(instance)["00004"][2]
    assert [name for name, _ in table.provenance.inputs] == ["hai-long.parquet", "unit-map.csv"]
    words = (instance / "out" / "results" / "index.csv").read_text(encoding="utf-8-sig")
    assert "split@2026-11-01" in words
