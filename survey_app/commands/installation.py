"""Is this installation ready, and what is wrong with it? Prepared, examined, its accounts kept apart."""

import json
import re
import sys
from dataclasses import asdict

import click

from survey_app.commands.plainly import Refused, said_plainly
from survey_app.commands.preparation import prepare as prepare_installation
from survey_app.doctor import BROKEN, FINE, LOOK, examine, is_broken
from survey_app.settings import Settings
from survey_app.store import open_store
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
