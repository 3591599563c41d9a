"""How do responses and results leave the database by command? As files, each time noted in the log."""

from datetime import datetime
from pathlib import Path

import click

from analysis import periods
from survey_app.commands.plainly import operator, said_plainly
from survey_app.services.log import audit
from survey_app.services.snapshot import surveys_named, take_snapshot
from survey_app.settings import Settings
from survey_app.store import Store, open_store


@click.command()
@click.option("--survey", "survey_id", metavar="MÃ", help="Mã đợt khảo sát; bỏ trống để xuất mọi đợt.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="THƯ_MỤC",
    help="Thư mục nhận tệp <mã đợt>.parquet và <mã đợt>.manifest.json.",
)
def snapshot(survey_id: str | None, out: Path) -> None:
    """Xuất phiếu trả lời thành tệp Parquet để phân tích, kèm tệp kê khai (số dòng, SHA-256, mẫu phiếu)."""
    with said_plainly():
        settings = Settings.from_environment()
        store = open_store(settings.database_url)
        _record(store, "snapshot.taken", survey_id, folder=str(out.resolve()))
        with store.reading() as session:
            folder = settings.questionnaires
            for path in take_snapshot(session, survey_id, questionnaires=folder, out=out.resolve()):
                click.echo(f"Đã ghi {path}")


@click.command()
@click.option("--survey", "survey_id", metavar="MÃ", required=True, help="Mã đợt khảo sát.")
@click.option("--period", metavar="KỲ", help="Kỳ báo cáo, ví dụ 2026-Q4; bỏ trống để lấy toàn bộ thời gian.")
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="MÃ",
    help="Chỉ ghi các dòng của đơn vị này và đơn vị trực thuộc; dùng được nhiều lần.",
)
@click.option("--finished", type=click.Path(exists=True, file_okay=False, path_type=Path), hidden=True)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="THƯ_MỤC", help="Nơi ghi."
)
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="NGÀY",
    help="Tính theo các đơn vị hiện có vào ngày này (2026-09-30); bỏ trống là hôm nay.",
)
def results(
    survey_id: str,
    *,
    period: str | None,
    units: tuple[str, ...],
    finished: Path | None,
    today: datetime | None,
    out: Path,
) -> None:
    """Tính bảng chỉ số của một đợt khảo sát và ghi mọi dạng: CSV, Excel, Word, biểu đồ, JSON."""
    from survey_app.services.calculation import Extent, write_results  # noqa: PLC0415 — pandas costs the other commands 2 s

    with said_plainly():
        settings = Settings.from_environment()
        store = open_store(settings.database_url)
        # What the staff pages have computed stays in the installation; they record what leaves it.
        if not out.resolve().is_relative_to(settings.instance / "results"):
            _record(store, "results.written", survey_id, period=period or "", folder=str(out.resolve()))
        with store.reading() as session:
            folder = settings.questionnaires
            day = today.date() if today else periods.today()
            extent = Extent(period=period, units=units, finished=finished, today=day)
            for path in write_results(session, survey_id, extent, questionnaires=folder, out=out.resolve()):
                click.echo(f"Đã ghi {path}")


def _record(store: Store, event: str, survey_id: str | None, **details: str) -> None:
    """Keep that the data of a survey, or of each, leave the database, before they do."""
    with store.writing() as session:
        for survey in surveys_named(session, survey_id):
            audit.record(session, event, account=operator(), survey=survey.id, **details)
        session.commit()
