"""What do the commands have in common? The options of every table, and how results are written and announced."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from analysis.report.writer import FORMATS, write_reports
from analysis.table import IndexTable
from analysis.wording import REASONS, reason_codes
from questionnaires.codebook import codebook
from questionnaires.model import Questionnaire


def say(sentence: str) -> None:
    """Put a sentence on the screen."""
    click.echo(sentence)


@contextmanager
def step(sentence: str) -> Iterator[None]:
    """Say what is being done, with a moving sign on a terminal."""
    if sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415  # only a terminal can show the moving sign

        with Console(highlight=False).status(sentence):
            yield
    else:
        say(sentence)
        yield


def _formats(_: click.Context, __: click.Parameter, value: str) -> tuple[str, ...]:
    formats = tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))
    unknown = [name for name in formats if name not in FORMATS]
    if unknown or not formats:
        message = f"cần {', '.join(FORMATS)} (cách nhau bằng dấu phẩy), nhận được {value!r}"
        raise click.BadParameter(message)
    return formats


FILE = click.Path(path_type=Path)
OUT = click.option("--out", required=True, type=FILE, metavar="DIR", help="Thư mục nhận kết quả.")
FORMAT = click.option(
    "--format",
    "formats",
    default=",".join(FORMATS),
    show_default=True,
    callback=_formats,
    help="Các dạng kết quả, cách nhau bằng dấu phẩy.",
)
BASIS = click.option(
    "--basis",
    type=click.Choice(["probability", "invited", "voluntary"]),
    default="voluntary",
    show_default=True,
    help="Cách có người trả lời: mẫu xác suất, được mời, hay tự nguyện.",
)
LEVEL = click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Độ tin cậy.",
)


def write(table: IndexTable, out: Path, formats: tuple[str, ...], asked: Questionnaire | None) -> None:
    """Write the reports and say where they are; ``asked`` gives the codebook."""
    with step(f"Ghi {', '.join(formats)} …"):
        paths = write_reports(table, out, formats=formats, codebook=codebook(asked) if asked else None)
    for path in paths:
        say(f"  {path}")


def say_cautions(table: IndexTable) -> None:
    """Name on the screen what a person must look at before using the files."""
    for finding in table.findings:
        say(f"- {finding.where}: {finding.message.vi}")
    units = table.units_by_reason()
    for code in reason_codes(";".join(units)):
        touched = units[code]
        say(f"{REASONS[code].vi}: {', '.join(sorted(touched)[:8])}{' …' if len(touched) > 8 else ''}")
