"""Do the operator's commands do the whole thing, say what they did, and fail without leaving half of it?"""

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from survey_app import create_app
from survey_app.commands import data, installation
from survey_app.settings import Settings


def _run(folder: Path, *arguments: str) -> Result:
    command = {"prepare": installation.prepare, "snapshot": data.snapshot}[arguments[0]]
    return CliRunner().invoke(command, arguments[1:], env={"SURVEY_INSTANCE": str(folder)})


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("instance") / "new"
    done = _run(folder, "prepare")
    assert done.exit_code == 0, done.output
    assert "DỮ LIỆU MÔ PHỎNG" in done.output
    assert "http://127.0.0.1:8000/\n" in done.output
    return folder


def test_prepare_makes_an_installation_that_starts(instance: Path) -> None:
    app = create_app(Settings.from_environment({"SURVEY_INSTANCE": str(instance)}), ("public",))
    page = app.test_client().get("/").text
    assert "DỮ LIỆU MÔ PHỎNG" in page
    assert "/s/mau/" in page
    assert stat.S_IMODE(instance.stat().st_mode) == 0o700


def test_prepare_keeps_what_is_there(instance: Path) -> None:
    secrets = (instance / "secrets.toml").read_bytes()
    again = _run(instance, "prepare")
    assert again.exit_code == 0
    assert "đã nạp" not in again.output
    assert (instance / "secrets.toml").read_bytes() == secrets


def test_a_snapshot_is_named_counted_and_sealed(instance: Path, tmp_path: Path) -> None:
    assert _run(instance, "snapshot", "--survey", "mau", "--out", str(tmp_path / "out")).exit_code == 0
    manifest = json.loads((tmp_path / "out" / "mau.manifest.json").read_text(encoding="utf-8"))
    table = pq.read_table(tmp_path / "out" / "mau.parquet")
    assert manifest["rows"] == table.num_rows > 800
    assert manifest["sha256"] == sha256((tmp_path / "out" / "mau.parquet").read_bytes()).hexdigest()
    assert (manifest["questionnaire"], manifest["basis"], manifest["simulated"]) == (
        "sipas-2024",
        "voluntary",
        True,
    )
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mau.manifest.json", "mau.parquet"]
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_two_snapshots_of_the_same_responses_are_the_same_file(instance: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert _run(instance, "snapshot", "--out", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a" / "mau.parquet").read_bytes() == (tmp_path / "b" / "mau.parquet").read_bytes()


def test_a_snapshot_of_an_unknown_survey_says_which_there_are_and_writes_nothing(
    instance: Path, tmp_path: Path
) -> None:
    refused = _run(instance, "snapshot", "--survey", "khong-co", "--out", str(tmp_path / "out"))
    assert refused.exit_code == 2
    assert "“khong-co”" in refused.output
    assert "mau" in refused.output
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_that_fails_halfway_leaves_the_folder_as_it_was(
    instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert _run(instance, "snapshot", "--out", str(out)).exit_code == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr("survey_app.services.snapshot.file_digest", lambda *_: 1 / 0)
    assert isinstance(_run(instance, "snapshot", "--out", str(out)).exception, ZeroDivisionError)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_commands_on_an_unprepared_folder_say_what_to_do(tmp_path: Path) -> None:
    refused = _run(tmp_path, "snapshot", "--out", str(tmp_path / "out"))
    assert refused.exit_code == 2
    assert "flask --app survey_app prepare" in refused.output


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    refused = _run(tmp_path / "file" / "instance", "prepare")
    assert refused.exit_code == 2
    assert "Không đọc hoặc ghi được" in refused.output
    assert str(tmp_path / "file") in refused.output


def test_a_database_of_a_newer_program_is_left_alone(instance: Path, tmp_path: Path) -> None:
    shutil.copytree(instance, tmp_path / "newer")
    with closing(sqlite3.connect(tmp_path / "newer" / "survey.sqlite3")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = _run(tmp_path / "newer", "prepare")
    assert refused.exit_code == 2
    assert "bản chương trình mới hơn" in refused.output


def test_the_flask_program_finds_the_commands_before_there_are_secrets(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "survey_app", "prepare", "--help"],
        env={**os.environ, "SURVEY_INSTANCE": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "khóa bí mật" in told
    assert not (tmp_path / "none").exists()
