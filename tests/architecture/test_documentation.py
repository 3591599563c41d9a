"""Claims about the documentation: what the README names is there, and what it says to type runs."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

import analysis

ROOT = Path(__file__).parents[2]
READMES = ["README.md", "README.vi.md"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", READMES)
def test_every_path_that_a_readme_names_exists(name: str) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", text(name))
    named = re.findall(
        r"`((?:analysis|questionnaires|survey_app|migrations|tests|docs|script)/[^`*\s]*)`", text(name)
    )
    assert len(links) > 5
    assert len(named) > 8
    assert not [path for path in (*links, *named) if not (ROOT / path).exists()]


@pytest.mark.parametrize("name", READMES)
def test_a_readme_can_be_read_in_five_minutes(name: str) -> None:
    assert len(text(name).splitlines()) <= 150


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_a_readme_explains_itself(name: str) -> None:
    block = "\n".join(re.findall(r"```sh\n(.*?)```", text(name), re.DOTALL))
    commands = {line.split("#")[0].strip() for line in block.splitlines() if line.strip()}
    assert len(commands) >= 7
    for command in commands:
        words = [word.strip() for word in command.split()]
        program = {"python": [".venv/bin/python"], "flask": [".venv/bin/python", "-m", "flask"]}.get(
            words[0], [words[0]]
        )
        stop = next((i for i, w in enumerate(words) if i > 0 and (w.startswith("--out") or "." in w)), len(words))
        asked = [*program, *words[1:stop], "--help"]
        done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert len(done.stdout) > 100, command


def test_both_readmes_name_the_same_commands_and_pictures() -> None:
    for pattern in (r"```sh\n(.*?)```", r"\(docs/pictures/[a-z]+\.png\)"):
        found = [
            [re.sub(r"#.*", "", part).split() for part in re.findall(pattern, text(n), re.DOTALL)] for n in READMES
        ]
        assert found[0] == found[1]


def test_the_version_is_the_same_wherever_it_stands() -> None:
    assert tomllib.loads(text("pyproject.toml"))["project"]["version"] == analysis.__version__


def test_every_direct_dependency_has_a_sentence_why_it_is_there_and_is_pinned() -> None:
    project = tomllib.loads(text("pyproject.toml"))
    listed = {
        "requirements.txt": project["project"]["dependencies"],
        "requirements-dev.txt": project["dependency-groups"]["dev"],
    }
    assert len(listed["requirements.txt"]) <= 25
    for pins, names in listed.items():
        for name in names:
            listed_as, package = re.escape(name), name.partition("[")[0]
            assert re.search(rf'^  "{listed_as}",\s+# .{{15,}}', text("pyproject.toml"), re.MULTILINE), name
            assert re.search(rf"^{package}==", text(pins), re.MULTILINE), name


def test_every_package_is_pinned_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "script/uv.txt"):
        pins = re.findall(
            r"^([a-z0-9-]+)==\S+.*?\\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text(name), re.MULTILINE
        )
        assert len(pins) == len(re.findall(r"^[a-z0-9]", text(name), re.MULTILINE))


def test_decision_records_have_context_decision_and_consequences() -> None:
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(records) + 1))
    for record in records:
        body = record.read_text(encoding="utf-8")
        assert all(f"**{part}.**" in body for part in ("Context", "Decision", "Consequences")), record
