"""Can an operator give a system a key, see it, and take it back?"""

import re
from pathlib import Path

from click.testing import CliRunner, Result
from sqlalchemy import select

from survey_app.commands import keys as key_commands
from survey_app.services import keys
from survey_app.settings import create_secrets
from survey_app.store import open_store
from survey_app.store.models import AuditEntry
from tests.survey_app.building import make_settings, prepare


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(key_commands.api_key, arguments, env={"SURVEY_INSTANCE": str(folder)})


def test_a_key_is_printed_once_listed_without_its_secret_and_taken_back(tmp_path: Path) -> None:
    prepare(make_settings(tmp_path))
    create_secrets(tmp_path / "secrets.toml")
    assert "Chưa có khóa" in run(tmp_path, "list").output
    made = run(tmp_path, "create", "--system", "Một cửa", "--scope", "units:read", "--unit", "26734")
    assert made.exit_code == 0
    printed = re.search(r"chỉ in một lần\): ([a-z2-9]{10}\.\S{43})\n", made.output)
    assert printed is not None
    prefix, _, secret = printed[1].partition(".")
    listed = run(tmp_path, "list").output
    assert f"{prefix}  Một cửa  [units:read]  26734" in listed
    assert "chưa dùng" in listed
    assert secret not in listed
    assert "đã thu hồi" in run(tmp_path, "revoke", prefix).output
    assert run(tmp_path, "revoke", prefix).exit_code == 0
    with open_store(make_settings(tmp_path).database_url).reading() as session:
        assert keys.key_of(session, printed[1]) is None
        found = list(session.scalars(select(AuditEntry).order_by(AuditEntry.number)))
    assert [(entry.event, entry.unit_code) for entry in found] == [
        ("key.created", "26734"),
        ("key.revoked", "26734"),
    ]
    assert not any(secret in str(entry.details) for entry in found)


def test_what_cannot_be_a_key_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    prepare(make_settings(tmp_path))
    create_secrets(tmp_path / "secrets.toml")
    for arguments, said in {
        ("--system", "Một cửa", "--scope", "units:write"): "units:read, surveys:read",
        ("--system", "x", "--scope", "units:read"): "từ 3 đến 80 ký tự",
        ("--system", "Một cửa", "--scope", "units:read", "--unit", "99999"): "Không có đơn vị mang mã “99999”",
    }.items():
        refused = run(tmp_path, "create", *arguments)
        assert refused.exit_code == 2
        assert said in refused.output
    assert "Chưa có khóa" in run(tmp_path, "list").output
    assert "Không có khóa kết nối “abc”" in run(tmp_path, "revoke", "abc").output
