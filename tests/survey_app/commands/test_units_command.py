"""Does ``flask units`` load, map and list units, and give bad rows back as a file?"""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey_app.commands import units as unit_commands
from survey_app.commands.plainly import operator
from survey_app.settings import create_secrets
from survey_app.store import open_store
from survey_app.store.models import AuditEntry, Unit
from tests.survey_app.building import make_settings, prepare


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    prepare(make_settings(tmp_path))
    create_secrets(tmp_path / "secrets.toml")
    return tmp_path


def run(folder: Path, *arguments: object) -> Result:
    environ = {
        "SURVEY_INSTANCE": str(folder),
        "SURVEY_DATABASE_URL": make_settings(folder).database_url,
    }
    return CliRunner().invoke(unit_commands.units, [str(argument) for argument in arguments], env=environ)


def write(folder: Path, text: str) -> Path:
    path = folder / "bang.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_province_is_loaded_and_listed(instance: Path) -> None:
    loaded = run(instance, "load-vietnam", "--province", "48")
    assert loaded.exit_code == 0, loaded.output
    assert "Đã nhận 95 dòng; 0 dòng đã có từ trước; 0 dòng trả lại." in loaded.output
    listed = run(instance, "list", "--parent", "48")
    assert len(listed.output.splitlines()) == 94
    assert "\tphường\t48\t2025-07-01\t" in listed.output
    assert "48\tThành phố Đà Nẵng\tthành phố" in run(instance, "list").output
    assert run(instance, "load-vietnam", "--province", "x").exit_code == 2


def test_bad_rows_are_named_and_written_to_a_file(instance: Path) -> None:
    table = write(instance, "code;name;parent_code\nH26;Sở Nội vụ;79\nH27;Sở Y tế;80\n")
    done = run(instance, "import", table, "--given-back", instance / "lai.csv")
    assert done.exit_code == 0, done.output
    assert "Đã nhận 1 dòng; 0 dòng đã có từ trước; 1 dòng trả lại." in done.output
    assert "Dòng 3: Không có đơn vị cấp trên mang mã 80" in done.output
    back = (instance / "lai.csv").read_text(encoding="utf-8-sig").splitlines()
    assert back[0] == "code;name;parent_code;Lý do"
    assert back[1].startswith("H27;Sở Y tế;80;Không có")


def test_the_map_and_the_catalogue_come_in_by_file_and_the_log_says_who(instance: Path) -> None:
    table = write(instance, "old_code,old_name,new_code,effective_date\n27001,Xã Cũ,26734,01/07/2025\n")
    assert "Đã nhận 1 dòng" in run(instance, "map", table).output
    table = write(instance, "unit_code,procedure_code,name\n26734,1.1,Khai sinh\n")
    assert "Đã nhận 1 dòng" in run(instance, "procedures", table).output
    store = open_store(make_settings(instance).database_url)
    with store.reading() as session:
        assert [(entry.event, entry.account) for entry in session.query(AuditEntry)] == [
            ("unit_map.imported", operator()),
            ("procedure.imported", operator()),
        ]
        assert session.query(Unit).count() == 3
    store.engine.dispose()


@pytest.mark.parametrize(
    ("text", "said"), [("", "tệp trống"), ("Tên\nX\n", "thiếu cột code"), ("%PDF-1", "tệp PDF")]
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(instance: Path, text: str, said: str) -> None:
    refused = run(instance, "import", write(instance, text))
    assert refused.exit_code == 2
    assert said in refused.output
    assert "Traceback" not in refused.output
