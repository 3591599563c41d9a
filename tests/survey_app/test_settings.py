"""When may the application start, and when not?"""

import stat
from pathlib import Path

import pytest

from survey_app import create_app
from survey_app.settings import SURFACES, Settings, SettingsRefused, create_secrets, surfaces_from

GOOD = 'secret_key = "qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A"\npepper = "uE6iOa1RyT3wQ5sDf7gHj9KlZx2CvB4n"\n'


def _start(folder: Path, secrets: str | None = GOOD, mode: int = 0o600, **environ: str) -> Settings:
    if secrets is not None:
        (folder / "secrets.toml").write_text(secrets, encoding="utf-8")
        (folder / "secrets.toml").chmod(mode)
    return Settings.from_environment({"SURVEY_INSTANCE": str(folder), **environ})


def test_good_secrets_are_enough_to_start(tmp_path: Path) -> None:
    settings = _start(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'survey.sqlite3'}"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert not settings.secure


def test_the_environment_sets_address_port_and_hosts(tmp_path: Path) -> None:
    assert _start(tmp_path, PORT="9000").base_url == "http://127.0.0.1:9000"
    settings = _start(tmp_path, SURVEY_BASE_URL="https://khaosat.tinh.gov.vn/")
    assert settings.base_url == "https://khaosat.tinh.gov.vn"
    assert settings.hosts_of(["public", "staff"]) == ["khaosat.tinh.gov.vn", "127.0.0.1", "localhost"]
    assert settings.secure
    assert _start(tmp_path, SURVEY_TRUSTED_HOSTS="a.vn, b.vn").trusted_hosts == ("a.vn", "b.vn")


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        (None, "Chưa có tệp bí mật"),
        ("", "“secret_key” đang để trống"),
        (GOOD.replace("pepper", "salt"), "“pepper” đang để trống"),
        (GOOD.replace("qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A", "qT8vYw2L"), "chỉ có 8 ký tự, cần ít nhất 32"),
        (GOOD.replace("qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A", "a" * 40), "giá trị mẫu"),
        (GOOD.replace("qT8vYw2LkZr5", "please-change-me"), "giá trị mẫu"),
        (GOOD.replace("uE6iOa1RyT3wQ5sDf7gHj9KlZx2CvB4n", "qT8vYw2LkZr5Nn0bXc7Hs1Gd4Jf9Mp3A"), "giống nhau"),
        ("secret_key = ", "Không đọc được tệp bí mật"),
    ],
)
def test_a_secret_that_is_missing_short_or_default_is_refused(
    tmp_path: Path, secrets: str | None, said: str
) -> None:
    with pytest.raises(SettingsRefused, match=said):
        _start(tmp_path, secrets)


@pytest.mark.parametrize("fault", ["missing", "short", "a sample", "the same twice", "open to others"])
def test_the_program_itself_does_not_start_on_such_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    key, pepper = GOOD.split('"')[1::2]
    faulty = {"missing": "", "short": key[:20], "a sample": "x" * 40, "the same twice": pepper}.get(fault, key)
    path = tmp_path / "secrets.toml"
    path.write_text(GOOD.replace(key, faulty), encoding="utf-8")
    path.chmod(0o644 if fault == "open to others" else 0o600)
    monkeypatch.setenv("SURVEY_INSTANCE", str(tmp_path))
    with pytest.raises(SettingsRefused):
        create_app()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_secrets_that_others_can_read_are_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsRefused, match="chmod 600"):
        _start(tmp_path, mode=mode)


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="SURVEY_BASE_URL"):
        _start(tmp_path, SURVEY_BASE_URL="khaosat.tinh.gov.vn")


def test_secrets_are_drawn_at_random_for_nobody_else_to_read_and_never_drawn_again(tmp_path: Path) -> None:
    path, other = tmp_path / "secrets.toml", tmp_path / "other.toml"
    assert create_secrets(path)
    assert create_secrets(other)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = path.read_text(encoding="utf-8")
    assert written != other.read_text(encoding="utf-8")
    assert not create_secrets(path)
    assert path.read_text(encoding="utf-8") == written
    assert len(_start(tmp_path, secrets=None).pepper) == 64


def test_staff_may_have_an_address_of_their_own(tmp_path: Path) -> None:
    assert _start(tmp_path, SURVEY_BASE_URL="https://khaosat.vn").staff_url == "https://khaosat.vn"
    settings = _start(tmp_path, SURVEY_BASE_URL="https://khaosat.vn", SURVEY_STAFF_BASE_URL="https://canbo.vn/")
    assert settings.staff_url == "https://canbo.vn"
    assert settings.hosts_of(["public"]) == ["khaosat.vn", "127.0.0.1", "localhost"]
    assert settings.hosts_of(["staff"]) == ["canbo.vn", "127.0.0.1", "localhost"]


@pytest.mark.parametrize(
    "environ",
    [
        {"SURVEY_STAFF_BASE_URL": "canbo.vn"},
        {"SURVEY_BASE_URL": "https://khaosat.vn", "SURVEY_STAFF_BASE_URL": "http://canbo.vn"},
        {"SURVEY_PROXIES": "2"},
        {"SURVEY_PROXIES": "-1"},
        {"SURVEY_PROXIES": "có"},
    ],
)
def test_settings_that_would_weaken_the_installation_are_refused_by_name(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(SettingsRefused, match=max(environ)):
        _start(tmp_path, GOOD, 0o600, **environ)


def test_a_process_serves_the_surfaces_that_it_is_told_and_refuses_what_is_none() -> None:
    assert surfaces_from({}) == SURFACES
    assert surfaces_from({"SURVEY_SURFACES": "public"}) == ("public",)
    assert surfaces_from({"SURVEY_SURFACES": " staff, public,staff"}) == ("staff", "public")
    for wrong in ("settings", "public,fax", ",", "../public"):
        with pytest.raises(SettingsRefused, match="SURVEY_SURFACES"):
            surfaces_from({"SURVEY_SURFACES": wrong})
