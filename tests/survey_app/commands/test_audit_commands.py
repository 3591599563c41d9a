"""Do the operator's commands make roots, find what was altered, and keep in the log what they do themselves?"""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from analysis import periods
from survey_app.commands import COMMANDS
from survey_app.settings import Settings
from survey_app.store import open_store
from survey_app.store.models import AuditEntry

ROOT = Path("audit-roots")


def run(folder: Path, *arguments: str) -> Result:
    command = next(command for command in COMMANDS if command.name == arguments[0])
    return CliRunner().invoke(command, arguments[1:], env={"SURVEY_INSTANCE": str(folder)})


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instance") / "new"
    assert run(folder, "prepare").exit_code == 0
    return folder


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    """Return an installation whose first entries were written yesterday, before the roots of that day."""
    shutil.copytree(prepared, tmp_path / "instance")
    return tmp_path / "instance"


@contextmanager
def tomorrow() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        today = periods.today()
        patch.setattr(periods, "today", lambda: today.fromordinal(today.toordinal() + 1))
        yield


def entries(folder: Path) -> list[AuditEntry]:
    settings = Settings.from_environment({"SURVEY_INSTANCE": str(folder)})
    with open_store(settings.database_url).reading() as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))


def spoil(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "survey.sqlite3")) as database, database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)


def test_what_commands_do_stands_in_the_log_under_the_name_of_the_machine_s_user(
    instance: Path, tmp_path: Path
) -> None:
    assert run(instance, "snapshot", "--out", str(tmp_path / "out")).exit_code == 0
    assert run(instance, "results", "--survey", "mau", "--out", str(tmp_path / "results")).exit_code == 0
    assert run(instance, "staff-password", "quan-tri", "--generate").exit_code == 0
    assert run(instance, "staff-account", "create", "can-bo", "--role", "analyst").exit_code == 0
    found = entries(instance)
    assert [entry.event for entry in found] == [
        "survey.created",
        "account.created",
        "snapshot.taken",
        "results.written",
        "password.reset",
        "account.created",
        "grant.given",
    ]
    assert all(entry.account.startswith("lệnh máy chủ (") for entry in found)
    assert found[2].details == {"survey": "mau", "folder": str(tmp_path / "out")}
    assert run(instance, "audit-verify").exit_code == 0


def test_what_is_refused_leaves_no_entry(instance: Path, tmp_path: Path) -> None:
    before = len(entries(instance))
    assert run(instance, "snapshot", "--survey", "khong-co", "--out", str(tmp_path / "out")).exit_code == 2
    assert run(instance, "staff-password", "khong-co", "--generate").exit_code == 2
    assert len(entries(instance)) == before


def test_numbers_that_stay_in_the_installation_are_not_recorded_as_handed_out(instance: Path) -> None:
    before = len(entries(instance))
    out = instance / "results" / "mau" / "a"
    assert run(instance, "results", "--survey", "mau", "--out", str(out)).exit_code == 0
    assert len(entries(instance)) == before


def test_the_root_of_a_day_is_written_when_the_day_has_ended_and_then_found_to_fit(instance: Path) -> None:
    assert "Chưa có ngày nào" in run(instance, "audit-root").output
    with tomorrow():
        done = run(instance, "audit-root")
        again = run(instance, "audit-root")
    assert "Mốc gần nhất" in done.output
    assert "Đã ghi" not in again.output
    (path,) = (instance / ROOT).iterdir()
    (root,) = json.loads(path.read_text(encoding="utf-8"))
    assert root["number"] == len(entries(instance))
    fits = run(instance, "audit-verify", "--root", str(path))
    assert fits.exit_code == 0
    assert "Khớp 1 mốc" in fits.output
    assert "Chưa so với mốc giữ ở nơi khác" in run(instance, "audit-verify").output


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE audit_entry SET account = 'x' WHERE number = 1"], "mục 1 đã bị sửa, xóa hoặc đổi chỗ"),
        (["DELETE FROM audit_entry WHERE number = 1"], "mục 1 đã bị sửa, xóa hoặc đổi chỗ"),
        (["DELETE FROM audit_entry WHERE number = 2", "DELETE FROM audit_root"], "bị CẮT: còn 1 mục"),
        (["DELETE FROM audit_entry", "DELETE FROM audit_root"], "bị CẮT: còn 0 mục"),
    ],
)
def test_what_was_altered_ends_with_status_1_and_says_where(
    instance: Path, tmp_path: Path, statements: list[str], said: str
) -> None:
    with tomorrow():
        assert run(instance, "audit-root").exit_code == 0
    (path,) = (instance / ROOT).iterdir()
    outside = path.rename(tmp_path / "moc.json")
    spoil(instance, *statements)
    found = run(instance, "audit-verify", "--root", str(outside))
    assert found.exit_code == 1
    assert said in found.output


def test_a_root_file_left_in_the_installation_is_compared_as_well(instance: Path) -> None:
    with tomorrow():
        assert run(instance, "audit-root").exit_code == 0
    spoil(instance, "DELETE FROM audit_entry WHERE number = 2", "DELETE FROM audit_root")
    assert run(instance, "audit-verify").exit_code == 1
    shutil.rmtree(instance / ROOT)
    assert run(instance, "audit-verify").exit_code == 0


def test_a_file_that_holds_no_root_is_refused(instance: Path, tmp_path: Path) -> None:
    (tmp_path / "moc.txt").write_bytes(b"\xff\xfe khong phai moc")
    refused = run(instance, "audit-verify", "--root", str(tmp_path / "moc.txt"))
    assert refused.exit_code == 2
    assert "moc.txt" in refused.output
    assert "không thấy mốc niêm phong" in refused.output


def test_no_root_is_made_over_a_broken_log(instance: Path) -> None:
    spoil(instance, "UPDATE audit_entry SET account = 'x' WHERE number = 1")
    with tomorrow():
        refused = run(instance, "audit-root")
    assert refused.exit_code == 2
    assert "mục 1" in refused.output
    assert not (instance / ROOT).exists()
