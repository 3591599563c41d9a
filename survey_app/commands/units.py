"""How does an operator load units, their map and the catalogue from the command line? ``flask units``."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.wording import count
from survey_app.commands.plainly import Refused, operator, said_plainly
from survey_app.services.child import ChildBusy, ChildFailed, ChildRefused
from survey_app.services.organisation.import_catalogue import import_catalogue
from survey_app.services.organisation.import_succession import import_map
from survey_app.services.organisation.import_units import import_units
from survey_app.services.organisation.sheet import Outcome, Sheet, UnknownHeadings
from survey_app.services.organisation.sheet_reading import read_sheet
from survey_app.services.organisation.vietnam import UnknownProvince, load_vietnam
from survey_app.settings import Settings
from survey_app.store import open_store
from survey_app.store.models import Unit

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="TỆP")
GIVEN_BACK = click.option(
    "--given-back",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="TỆP",
    help="Ghi các dòng không nhận được, kèm lý do, vào tệp CSV này để sửa và nạp lại.",
)


@click.group()
def units() -> None:
    """Đơn vị: nạp danh mục, bảng chuyển đổi đơn vị cũ sang mới, thủ tục hành chính; liệt kê."""


@units.command("load-vietnam")
@click.option("--province", metavar="MÃ", help="Chỉ nạp một tỉnh, thành phố (mã hai chữ số, ví dụ 79).")
def load(province: str | None) -> None:
    """Nạp danh mục 34 tỉnh, thành phố và 3.321 xã, phường, đặc khu; đơn vị đã có được giữ nguyên."""
    with _refused_plainly():
        _say(_stored(lambda session: load_vietnam(session, account=operator(), province=province)), None)


@units.command("import")
@FILE
@GIVEN_BACK
def import_file(file: Path, given_back: Path | None) -> None:
    """Nạp đơn vị từ tệp CSV hoặc Excel: code, name; có thể thêm kind, parent_code, valid_from, valid_to."""
    _take(import_units, file, given_back)


@units.command("map")
@FILE
@GIVEN_BACK
def map_file(file: Path, given_back: Path | None) -> None:
    """Nạp bảng chuyển đổi: old_code, new_code, effective_date; có thể thêm old_name, share, legal_basis."""
    _take(import_map, file, given_back)


@units.command("procedures")
@FILE
@GIVEN_BACK
def procedures_file(file: Path, given_back: Path | None) -> None:
    """Nạp thủ tục hành chính: procedure_code, name; có thể thêm unit_code, field_code, field_name."""
    _take(import_catalogue, file, given_back)


@units.command("list")
@click.option("--parent", metavar="MÃ", help="Chỉ liệt kê các đơn vị trực thuộc đơn vị này.")
def list_units(parent: str | None) -> None:
    """Liệt kê đơn vị: mã, tên, loại, mã đơn vị cấp trên, từ ngày, đến ngày; các cột cách nhau bằng phím Tab."""
    with said_plainly(), open_store(Settings.from_environment().database_url).reading() as session:
        query = select(Unit).order_by(Unit.code)
        for unit in session.scalars(query.where(Unit.parent_code == parent) if parent else query):
            cells = (unit.code, unit.name, unit.kind, unit.parent_code, unit.valid_from, unit.valid_to)
            click.echo("\t".join("" if cell is None else str(cell) for cell in cells))


def _take(importer: Callable[..., Outcome], file: Path, given_back: Path | None) -> None:
    with _refused_plainly():
        sheet: Sheet = read_sheet(file)
        _say(
            _stored(lambda session: importer(session, sheet, account=operator(), may_change=lambda _: True)),
            given_back,
        )


def _stored(work: Callable[[Session], Outcome]) -> Outcome:
    with open_store(Settings.from_environment().database_url).writing() as session:
        outcome = work(session)
        session.commit()
    return outcome


@contextmanager
def _refused_plainly() -> Iterator[None]:
    """Turn what can be wrong with a file into one sentence, beside what can always go wrong."""
    try:
        with said_plainly():
            yield
    except UnknownHeadings as refused:
        needed = ", ".join(refused.missing)
        raise Refused(f"Dòng tiêu đề của tệp thiếu cột {needed}. Thêm cột này rồi nạp lại.") from None
    except (UnknownProvince, ChildRefused) as refused:
        raise Refused(str(refused)) from None
    except (ChildBusy, ChildFailed) as failed:
        raise Refused(f"Không đọc được tệp: {failed}. Lưu bảng thành tệp CSV rồi nạp lại.") from None


def _say(outcome: Outcome, given_back: Path | None) -> None:
    """Say how many rows were taken and why others were not; write these to a file where one is named."""
    rows = list(outcome.in_order())
    new, known, back = map(count, (outcome.taken, outcome.known, len(rows)))
    click.echo(f"Đã nhận {new} dòng; {known} dòng đã có từ trước; {back} dòng trả lại.")
    sentences = [_sentence(row.reason, dict(row.said)) for row in rows]
    for row, sentence in zip(rows, sentences, strict=True):
        click.echo(f"Dòng {row.number}: {sentence}", err=True)
    if given_back and rows:
        with given_back.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow([*outcome.columns, "Lý do"])
            writer.writerows([*row.cells, sentence] for row, sentence in zip(rows, sentences, strict=True))


def _sentence(reason: str, said: dict[str, Any]) -> str:
    # The sentences stand in the catalogue of the staff pages, which other commands do not need.
    phrases = import_module("survey_app.staff.speech").PHRASES["vi"]
    return str(phrases["import"]["reasons"][reason].format(**said))
