"""What does a process hold that serves respondents and other systems, and no staff?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from survey_app import create_app
from survey_app.settings import create_secrets
from tests.survey_app.building import make_settings, prepare

LOOK = """
import sys
from dataclasses import replace
from datetime import date
from survey_app import create_app
app = create_app(surfaces=("public", "api"))
app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: date(2026, 11, 21))
assert app.test_client().get("/s/hai-long/26734").status_code == 200
assert app.test_client().post("/s/hai-long/26734", data={"A1": "4", "form_id": "0" * 32}).status_code == 303
exec(sys.argv[1])
heavy = {"pandas", "numpy", "scipy", "matplotlib", "pyarrow", "alembic", "docx", "xlsxwriter"}
assert app.test_client().get("/api/v1/openapi.json").status_code == 200
assert app.test_client().get("/api/v1/units").status_code == 401
print(*sorted((heavy | {"survey_app.staff"}) & set(sys.modules)))
"""


def _modules_held(folder: Path, extra: str) -> list[str]:
    prepare(make_settings(folder))
    create_secrets(folder / "secrets.toml")
    environ = {**os.environ, "SURVEY_INSTANCE": str(folder)}
    command = [sys.executable, "-c", LOOK, extra]
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()


def test_a_process_for_respondents_and_systems_holds_nothing_of_staff_or_analysis(tmp_path: Path) -> None:
    assert _modules_held(tmp_path, "") == []


def test_the_look_at_the_modules_would_find_them(tmp_path: Path) -> None:
    assert _modules_held(tmp_path, "import pyarrow, alembic") == ["alembic", "numpy", "pyarrow"]


def test_a_surface_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    prepare(make_settings(tmp_path))
    with pytest.raises(ModuleNotFoundError, match=r"survey_app\.fax"):
        create_app(make_settings(tmp_path), ("fax",))
