"""Claims about the tree itself: sizes, names, docstrings and what must not stand in any file."""

import ast
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "manager"}
HEADINGS = ("Parameters", "Returns", "Raises", "References", "Limits")


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(path for line in listed.stdout.splitlines() if (path := ROOT / line).is_file())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_without_docstring(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body
    first = body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - docstring


def test_modules_and_templates_stay_small_enough_to_read() -> None:
    long = [p for p in tracked("*.py") if len(p.read_text(encoding="utf-8").splitlines()) > 400]
    long += [p for p in tracked("*.html") if len(p.read_text(encoding="utf-8").splitlines()) > 150]
    assert not long


def test_functions_stay_within_forty_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in tracked("*.py")
        for node in functions(path)
        if lines_without_docstring(node) > 40
    ]
    assert not long


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [p for p in tracked("*.py") if p.stem in FORBIDDEN_NAMES or p.parent.name in FORBIDDEN_NAMES]


def test_every_module_opens_with_the_question_it_answers() -> None:
    for path in tracked("*.py"):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        assert docstring, path
        assert len(docstring.splitlines()[0]) > 20, path


def test_the_root_folder_stays_readable_at_a_glance() -> None:
    entries = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert len(entries) <= 18, sorted(entries)


def test_suppressions_are_rare_and_each_has_its_reason() -> None:
    pattern = re.compile(r"#\s*(noqa|type:\s*ignore)\b(.*)")
    code = [(path, line) for path in tracked("*.py") for line in path.read_text(encoding="utf-8").splitlines()]
    found = [(path, match) for path, line in code if (match := pattern.search(line))]
    without_reason = [str(path) for path, match in found if not re.search(r"(?:—| - |  # ).{8,}", match.group(2))]
    assert not without_reason
    assert len(found) <= 2 * len(code) / 1000


def public_functions(path: Path) -> Iterator[ast.FunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


def missing_headings(path: Path, headings: tuple[str, ...]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{node.name} lacks {heading}"
        for node in public_functions(path)
        for heading in headings
        if f"{heading}\n---" not in (ast.get_docstring(node) or "")
        and not (heading == "Parameters" and not node.args.args and not node.args.kwonlyargs)
    ]


ESTIMATORS = ["disclosure", "example", "responses", "counts/reconcile", "counts/table"]
ESTIMATORS += ["design/check", "design/finite_population"]
ESTIMATORS += ["estimate/estimates", "estimate/intervals", "estimate/quantiles", "estimate/variance"]
ESTIMATORS += ["estimate/variance_ratio", "index/calculation", "index/intake", "index/levels", "index/scores"]
ESTIMATORS += ["index/succession", "index/totals", "index/unit_map_file", "unit_map"]
ESTIMATORS += ["reduce/arrays", "reduce/domain_sums", "reduce/sql"]
ESTIMATORS += ["stream/coding", "stream/delimited", "stream/identity", "stream/parquet"]
ESTIMATORS += ["survey/calibration", "survey/chisq", "survey/composite", "survey/contrasts", "survey/interface"]
ESTIMATORS += ["survey/means", "survey/proportion", "survey/proportion_intervals", "survey/quantile"]
ESTIMATORS += ["survey/replicates", "survey/residuals"]


@pytest.mark.parametrize("module", ESTIMATORS)
def test_public_estimators_say_what_goes_in_comes_out_fails_and_where_not_to_trust_them(module: str) -> None:
    assert not missing_headings(ROOT / f"analysis/{module}.py", HEADINGS)


INTERFACE = [
    "questionnaires/answers",
    "questionnaires/codebook",
    "questionnaires/library",
    "questionnaires/loader",
]
INTERFACE += ["questionnaires/publish", "analysis/wording", "analysis/report/charts", "analysis/report/layout"]
INTERFACE += ["analysis/report/writer", "analysis/periods"]


@pytest.mark.parametrize("module", INTERFACE)
def test_what_others_call_says_what_goes_in_and_comes_out(module: str) -> None:
    assert not missing_headings(ROOT / f"{module}.py", ("Parameters", "Returns"))


def test_everything_written_is_nfc() -> None:
    for path in tracked("*.py", "*.toml", "*.html", "*.md", "*.txt", "*.csv"):
        text = path.read_text(encoding="utf-8")
        assert text == unicodedata.normalize("NFC", text), path


def test_no_file_names_a_machine_or_a_package_registry() -> None:
    hosts = "|".join(
        ["py" + r"pi\.org", "python" + r"hosted\.org", "registry\\.npm" + r"js\.org", "index-" + "url"]
    )
    pattern = re.compile(rf"{hosts}|(?<![\w.])/(?:home|root|work)/\w", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in tracked()
        if path.suffix not in {".png", ".svg"}
        for match in [pattern.search(path.read_text(encoding="utf-8"))]
        if match
    ]
    assert not found
