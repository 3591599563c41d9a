"""What can an operator do from the command line? Prepare, examine, take out responses, let staff in."""

import json
import re
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from analysis import periods
from survey_app import account_commands, audit_commands, key_commands, unit_commands
from survey_app.doctor import BROKEN, FINE, LOOK, examine, is_broken
from survey_app.plainly import Refused, operator, said_plainly
from survey_app.preparation import prepare as prepare_installation
from survey_app.services import audit
from survey_app.services.snapshot import surveys_named, take_snapshot
from survey_app.settings import Settings
from survey_app.store import Store, open_store
from survey_app.store.roles import give_rights, print_rights
from survey_app.store.trouble import named_trouble


@click.command()
def prepare() -> None:
    """Chuẩn bị bản cài đặt: thư mục, khóa bí mật, cơ sở dữ liệu, đợt khảo sát mẫu nếu còn trống.

    Chạy lại bao nhiêu lần cũng được; những gì đã có được giữ nguyên.
    """
    with said_plainly():
        for line in prepare_installation():
            click.echo(line)


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


@click.command("database-roles")
@click.option(
    "--prefix", default="survey", show_default=True, metavar="TÊN", help="Phần đầu tên của ba tài khoản."
)
@click.option("--apply", is_flag=True, help="Chạy các câu lệnh thay vì chỉ in ra.")
def database_roles(prefix: str, *, apply: bool) -> None:
    """In các câu lệnh SQL tạo ba tài khoản PostgreSQL (app, mixer, audit), mỗi tài khoản chỉ có quyền cần dùng.

    Chạy bằng tài khoản sở hữu các bảng (SURVEY_OWNER_DATABASE_URL), và chạy lại sau mỗi lần nâng cấp.
    """
    if not re.fullmatch("[a-z][a-z0-9_]{0,40}", prefix):
        raise Refused(f"--prefix “{prefix}”: chỉ dùng chữ thường không dấu, chữ số và dấu gạch dưới.")
    with said_plainly():
        engine = open_store(Settings.from_environment().owner_url).engine
        if engine.dialect.name != "postgresql":
            raise Refused("Lệnh này chỉ dành cho PostgreSQL; tệp SQLite không có tài khoản riêng.")
        try:
            with named_trouble(), engine.begin() as connection:
                made = give_rights(connection, prefix) if apply else print_rights(connection, prefix)
        finally:
            engine.dispose()
    for line in made:
        click.echo(line)


_VERDICTS = {FINE: "ĐẠT", LOOK: "CẦN XEM", BROKEN: "HỎNG"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="In ra JSON để chương trình khác đọc.")
def doctor(*, as_json: bool) -> None:
    """Kiểm tra bản cài đặt và nói rõ việc cần làm; kết thúc với mã 1 khi có chỗ hỏng.

    Lệnh này không sửa gì và chỉ nói về những gì đã kiểm tra.
    """
    findings = list(examine())
    broken = is_broken(findings)
    if as_json:
        told = {"broken": broken, "findings": [asdict(finding) for finding in findings]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for finding in findings:
            click.echo(f"{_VERDICTS[finding.verdict]:<8} {finding.check}: {finding.found}")
            if finding.remedy:
                click.echo(f"{'':<8} → {finding.remedy}")
    sys.exit(1 if broken else 0)


COMMANDS = (
    prepare,
    snapshot,
    results,
    database_roles,
    doctor,
    *account_commands.COMMANDS,
    *audit_commands.COMMANDS,
    key_commands.api_key,
    unit_commands.units,
)
