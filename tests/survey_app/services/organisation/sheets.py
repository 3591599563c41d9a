"""What does a test send instead of a file? Rows under headings, and who may change what."""

from collections.abc import Sequence

from survey_app.services.organisation.sheet import Outcome, Sheet


def sheet(columns: str, *rows: str) -> Sheet:
    """Return a table: headings and cells separated by ``;``, the first row below the heading is number 2."""
    cells = [tuple(row.split(";")) for row in rows]
    return Sheet("Tệp bang.csv", "0" * 64, tuple(columns.split(";")), tuple(enumerate(cells, start=2)))


def anything(_: Sequence[str]) -> bool:
    return True


def below_79(path: Sequence[str]) -> bool:
    return "79" in path


def reasons(outcome: Outcome) -> dict[int, str]:
    return {row.number: row.reason for row in outcome.in_order()}
