"""Claims about what may import what, seen from a running interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


BLOCK = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ImportError(f"{{name}} is blocked here")
sys.meta_path.insert(0, Block())
"""


def test_the_analysis_runs_where_no_web_and_no_database_is_installed() -> None:
    code = BLOCK.format(blocked={"flask", "sqlalchemy", "wtforms", "alembic"})
    code += "import analysis.__main__, analysis.report.writer, analysis.report.charts"
    done = run(code)
    assert done.returncode == 0, done.stderr


def test_the_block_of_that_test_blocks() -> None:
    done = run(BLOCK.format(blocked={"flask"}) + "import flask")
    assert "flask is blocked here" in done.stderr


@pytest.mark.parametrize("module", ["loader", "library", "answers", "codebook", "publish", "__main__"])
def test_questionnaires_need_nothing_but_the_standard_library(module: str) -> None:
    done = run(
        f"import sys, questionnaires.{module}\n"
        "own = {'questionnaires', '__main__'}\n"
        "tops = {name.partition('.')[0] for name in sys.modules}\n"
        "own |= {t for t in tops if t in sys.stdlib_module_names or t.startswith('_')}\n"
        "print(sorted(tops - own))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def test_the_table_and_its_words_are_light_enough_for_a_web_process() -> None:
    done = run(
        "import sys, analysis.table, analysis.wording, analysis.report.layout\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'matplotlib', 'pyarrow'} & set(sys.modules)))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
