"""How is a table read that somebody sent, and where is what became of it kept? A child reads; a day it is kept."""

import json
import re
import secrets
import tempfile
from dataclasses import asdict
from pathlib import Path

from survey_app.services import child, tallies
from survey_app.services.organisation.sheet import GivenBack, Outcome, Sheet
from survey_app.settings import Settings

SECONDS = 30
_ID = re.compile(r"[0-9a-f]{32}")
_REPORT = "import.json"


def read_sheet(path: Path) -> Sheet:
    """Return the table of a CSV or XLSX file; raise as ``child.place`` and ``child.run`` do."""
    with child.place(), tempfile.TemporaryDirectory(prefix="survey-sheet-") as folder:
        rows = Path(folder) / "rows.json"
        child.run(
            child.Command("analysis", ["rows", str(path.resolve()), "--guarded", "--out", str(rows)], {}, SECONDS)
        )
        found = json.loads(rows.read_text(encoding="utf-8"))
    return Sheet(
        place=found["place"],
        sha256=found["sha256"],
        columns=tuple(found["columns"]),
        rows=tuple((number, tuple(cells)) for number, cells in found["rows"]),
    )


def read_upload(settings: Settings, upload: tallies.Upload) -> Sheet:
    """Return the table of an uploaded file, which is not kept; raises what ``read_sheet`` raises."""
    settings.instance.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".sheet-", dir=settings.instance) as folder:
        path = Path(folder) / tallies.safe_name(upload.name)
        path.write_bytes(upload.stream.read())
        return read_sheet(path)


def keep_report(settings: Settings, account: str, what: str, outcome: Outcome) -> str:
    """Keep for a day what became of a table, for one account, and return its id."""
    report_id = secrets.token_hex(16)
    folder = tallies.home_of(settings, account) / report_id
    folder.mkdir(mode=0o700, parents=True)
    text = json.dumps({"what": what, **asdict(outcome)}, ensure_ascii=False)
    (folder / _REPORT).write_text(text, encoding="utf-8")
    return report_id


def find_report(settings: Settings, account: str, report_id: str) -> tuple[str, Outcome] | None:
    """Return what a table was about and what became of it, None where the account has no such report."""
    path = tallies.home_of(settings, account) / report_id / _REPORT
    if not _ID.fullmatch(report_id) or not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    given_back = [
        GivenBack(row["number"], tuple(row["cells"]), row["reason"], row["said"]) for row in found["given_back"]
    ]
    return found["what"], Outcome(tuple(found["columns"]), found["taken"], found["known"], given_back)
