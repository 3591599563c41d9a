"""Does every check of the doctor find the fault that it is there for, and say what to do about it?"""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import event

from questionnaires.library import BUILT_IN
from questionnaires.publish import BUILT_IN_REGISTER
from survey_app import doctor
from survey_app.commands import installation
from survey_app.commands.preparation import prepare
from survey_app.doctor import BROKEN, FINE, LOOK, Finding, data, machine, product
from survey_app.services.log import audit
from survey_app.store import open_store
from survey_app.store.engine import open_engine, store_over
from tests.survey_app.services.log.tampering import remove_triggers

PACKAGE = Path(doctor.__file__).parents[1]
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared") / "instance"
    list(prepare({"SURVEY_INSTANCE": str(folder)}))
    return folder


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "instance"
    shutil.copytree(prepared, folder)
    return folder


def examine(instance: Path, **environ: str) -> dict[str, Finding]:
    found = list(doctor.examine({"SURVEY_INSTANCE": str(instance), **environ}))
    for finding in found:
        assert (finding.remedy == "") == (finding.verdict == FINE), finding
    return {finding.check: finding for finding in found}


def run(instance: Path, *arguments: str) -> Result:
    return CliRunner().invoke(installation.doctor, arguments, env={"SURVEY_INSTANCE": str(instance)})


def alter(instance: Path, statement: str) -> None:
    with closing(sqlite3.connect(instance / "survey.sqlite3")) as database, database:
        database.execute(statement)


def test_a_prepared_installation_is_in_order_and_only_wants_a_survey_of_its_own(instance: Path) -> None:
    found = examine(instance)
    assert len(found) >= 14
    assert {name for name, finding in found.items() if finding.verdict != FINE} <= {
        "Đợt khảo sát đang mở",
        "Dung lượng đĩa",
    }
    assert "mô phỏng" in found["Đợt khảo sát đang mở"].found


def test_the_command_says_it_line_by_line_or_for_machines_and_ends_with_its_verdict(instance: Path) -> None:
    fine = run(instance)
    assert fine.exit_code == 0
    assert "ĐẠT      Ghi thử: ghi được" in fine.output
    assert "CẦN XEM  Đợt khảo sát đang mở" in fine.output
    (instance / "secrets.toml").chmod(0o644)
    broken = run(instance)
    assert broken.exit_code == 1
    assert "HỎNG     Thiết lập và khóa bí mật" in broken.output
    assert "→ Người khác đọc được tệp bí mật" in broken.output
    told = run(instance, "--json")
    assert told.exit_code == 1
    read = json.loads(told.output)
    assert read["broken"] is True
    assert {"check", "verdict", "found", "remedy"} == set(read["findings"][0])
    assert {finding["verdict"] for finding in read["findings"]} >= {FINE, BROKEN}


def test_an_examination_changes_nothing_not_even_in_an_empty_folder(instance: Path, tmp_path: Path) -> None:
    def state() -> list[str]:
        with closing(sqlite3.connect(instance / "survey.sqlite3")) as database:
            return [*database.iterdump(), *sorted(map(str, instance.iterdir()))]

    before = state()
    examine(instance)
    assert state() == before
    (tmp_path / "empty").mkdir(mode=0o700)
    assert run(tmp_path / "empty").exit_code == 1
    assert list((tmp_path / "empty").iterdir()) == []


def test_no_secret_and_no_name_of_an_account_is_printed(instance: Path) -> None:
    secrets = [line.split('"')[1] for line in (instance / "secrets.toml").read_text().splitlines() if '"' in line]
    assert len(secrets) == 2
    for said in (run(instance).output, run(instance, "--json").output):
        assert not any(secret in said for secret in secrets)
        assert "quan-tri" not in said


def test_an_old_python_and_a_wrong_clock_are_found() -> None:
    assert machine.check_python((3, 11, 0)).verdict == FINE
    assert machine.check_python((3, 10, 14)).verdict == BROKEN
    assert machine.check_clock(NOW).verdict == FINE
    assert machine.check_clock(datetime(2000, 1, 1, tzinfo=UTC)).verdict == BROKEN
    assert machine.check_clock(NOW, NOW - timedelta(days=1)).verdict == FINE
    assert machine.check_clock(NOW, NOW + timedelta(days=1)).verdict == BROKEN


def test_a_clock_that_went_back_behind_the_log_is_found(instance: Path) -> None:
    store = open_store(f"sqlite:///{instance / 'survey.sqlite3'}")
    with store.writing() as session:
        remove_triggers(session)
        audit.record(session, "unit.created", account="x").at = (NOW + timedelta(days=3)).replace(tzinfo=None)
        session.commit()
    store.engine.dispose()
    found = [
        finding for finding in doctor.examine({"SURVEY_INSTANCE": str(instance)}) if finding.check == "Đồng hồ"
    ]
    assert [finding.verdict for finding in found] == [FINE, BROKEN]


@pytest.mark.parametrize("mode", [0o750, 0o705])
def test_a_folder_that_others_can_enter_is_found(instance: Path, mode: int) -> None:
    instance.chmod(mode)
    assert examine(instance)["Thư mục cài đặt"].remedy == f"Chạy: chmod 700 {instance}"


def test_a_folder_that_is_missing_or_not_ours_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert examine(tmp_path / "none")["Thư mục cài đặt"].verdict == BROKEN
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "không đọc và ghi được" in next(machine.check_folder(tmp_path)).found


@pytest.mark.parametrize(("megabytes", "verdict"), [(99, BROKEN), (100, LOOK), (1023, LOOK), (1024, FINE)])
def test_a_disk_without_room_is_found(megabytes: int, verdict: str) -> None:
    assert machine.check_room(megabytes).verdict == verdict


def test_weak_secrets_are_found(instance: Path) -> None:
    (instance / "secrets.toml").write_text('secret_key = "change-me"\npepper = "change-me"\n', encoding="utf-8")
    found = examine(instance)
    assert found["Thiết lập và khóa bí mật"].verdict == BROKEN
    assert "Cơ sở dữ liệu" not in found, "what was not checked is not mentioned"


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("https://khaosat.tinh.gov.vn", FINE),
        ("http://localhost:8000", FINE),
        ("http://10.0.0.5", LOOK),
        ("http://localhost.tinh.vn", LOOK),
    ],
)
def test_an_address_that_browsers_do_not_trust_is_found(instance: Path, address: str, verdict: str) -> None:
    found = examine(instance, SURVEY_BASE_URL=address)["Địa chỉ cho người dân"]
    assert found.verdict == verdict
    assert ("kiosk ngoại tuyến không chạy trên HTTP trong mạng nội bộ" in found.found) == (verdict == LOOK)


def test_https_without_a_proxy_that_is_known_is_found(instance: Path) -> None:
    both = {"SURVEY_BASE_URL": "https://khaosat.vn", "SURVEY_STAFF_BASE_URL": "https://canbo.vn"}
    found = examine(instance, **both)
    assert found["Máy chủ phía trước"].verdict == LOOK
    assert found["Địa chỉ cho cán bộ"].found == "https://canbo.vn"
    assert "Máy chủ phía trước" not in examine(instance, **both, SURVEY_PROXIES="1")


def test_a_database_that_is_missing_or_none_is_found_and_not_made(instance: Path) -> None:
    (instance / "survey.sqlite3").unlink()
    assert examine(instance)["Cơ sở dữ liệu"].verdict == BROKEN
    assert not (instance / "survey.sqlite3").exists()
    (instance / "survey.sqlite3").write_bytes(b"no database at all, but long enough to be read as one" * 40)
    assert examine(instance)["Cơ sở dữ liệu"].verdict == BROKEN
    assert examine(instance, SURVEY_DATABASE_URL="mysql://x/y")["Cơ sở dữ liệu"].verdict == BROKEN


def test_a_database_that_keeps_no_promises_is_found() -> None:
    assert data.check_promises(open_engine("sqlite://")).verdict == BROKEN


def test_tables_of_another_version_and_none_at_all_are_found(instance: Path) -> None:
    alter(instance, "UPDATE alembic_version SET version_num = '0001'")
    assert "bản 0001" in examine(instance)["Cấu trúc dữ liệu"].found
    alter(instance, "DROP TABLE alembic_version")
    assert examine(instance)["Cấu trúc dữ liệu"].verdict == BROKEN


def test_a_database_that_another_program_holds_is_found(instance: Path) -> None:
    engine = open_engine(f"sqlite:///{instance / 'survey.sqlite3'}")
    event.listen(engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout = 50").close())
    assert data.check_writable(store_over(engine)).verdict == FINE
    with closing(sqlite3.connect(instance / "survey.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert data.check_writable(store_over(engine)).verdict == BROKEN
    engine.dispose()


def test_an_installation_that_nobody_can_administer_is_found(instance: Path) -> None:
    alter(instance, "DELETE FROM staff_account")
    assert "staff-account create" in examine(instance)["Người quản trị"].remedy


def test_a_real_survey_that_takes_forms_is_named_and_none_at_all_is_found(instance: Path) -> None:
    alter(instance, "UPDATE survey SET simulated = 0")
    assert examine(instance)["Đợt khảo sát đang mở"] == Finding("Đợt khảo sát đang mở", FINE, "mau")
    alter(instance, "UPDATE survey SET opens_on = '2020-01-01', closes_on = '2020-02-01'")
    assert "không có đợt nào" in examine(instance)["Đợt khảo sát đang mở"].found


@pytest.mark.parametrize(
    "fault",
    ["UPDATE survey SET questionnaire_hash = 'ffff'", "UPDATE survey SET questionnaire_id = 'khong-co'"],
)
def test_a_survey_whose_questionnaire_is_another_or_gone_is_found(instance: Path, fault: str) -> None:
    alter(instance, fault)
    assert examine(instance)["Mẫu phiếu của các đợt khảo sát"].verdict == BROKEN


def test_a_published_questionnaire_that_was_touched_or_removed_is_found(tmp_path: Path) -> None:
    shutil.copytree(BUILT_IN, tmp_path / "definitions")
    assert product.check_published(tmp_path / "definitions", BUILT_IN_REGISTER).verdict == FINE
    touched = tmp_path / "definitions" / "sipas-2024.toml"
    touched.write_text(touched.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    (tmp_path / "definitions" / "kiosk-5.toml").unlink()
    found = product.check_published(tmp_path / "definitions", BUILT_IN_REGISTER)
    assert found.verdict == BROKEN
    assert {"sipas-2024", "kiosk-5"} == set(found.found.partition(": ")[2].split(", "))


@pytest.mark.parametrize("part", [".", "staff"])
def test_a_language_that_lacks_a_sentence_or_is_missing_is_found(tmp_path: Path, part: str) -> None:
    shutil.copytree(PACKAGE / "translations", tmp_path / "translations")
    assert product.check_translations(tmp_path / "translations").verdict == FINE
    english = tmp_path / "translations" / part / "en.toml"
    lines = english.read_text(encoding="utf-8").splitlines()
    lines.remove(next(line for line in lines if line.startswith("title = ")))
    english.write_text("\n".join(lines), encoding="utf-8")
    assert "en.toml: " in product.check_translations(tmp_path / "translations").found
    english.unlink()
    assert product.check_translations(tmp_path / "translations").verdict == BROKEN


@pytest.mark.parametrize("name", product.STYLES)
def test_a_style_sheet_that_is_missing_is_found(tmp_path: Path, name: str) -> None:
    shutil.copytree(PACKAGE / "static", tmp_path / "static")
    assert product.check_styles(tmp_path / "static").verdict == FINE
    (tmp_path / "static" / name).unlink()
    assert name in product.check_styles(tmp_path / "static").found
