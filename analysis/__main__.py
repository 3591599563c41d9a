"""What can an analyst run? ``python -m analysis index``, ``counts`` and ``example``: files in, reports out."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict, Unpack

import click
from questionnaires.codebook import codebook
from questionnaires.library import UnknownQuestionnaire, known_ids, load
from rich.console import Console

from analysis.counts import counts_table
from analysis.design import DesignColumns
from analysis.example import generate
from analysis.index import IndexRequest, index_table
from analysis.refusal import Refusal
from analysis.report.writer import FORMATS, write_reports
from analysis.responses import read_responses
from analysis.spreadsheet import limit_this_process, read_table
from analysis.table import WHOLE, Basis, IndexTable
from analysis.wording import REASONS, count, estimate_text, interval_text
from questionnaires.model import Questionnaire

BAD_INPUT = 2

screen = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def _step(sentence: str) -> Iterator[None]:
    """Say what is being done, with a moving sign on a terminal."""
    if screen.is_terminal:
        with screen.status(sentence):
            yield
    else:
        screen.print(sentence)
        yield


class _RefusingGroup(click.Group):
    """Turns a refusal into its sentence on stderr and exit status 2."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            errors.print(f"Không thực hiện được. {refusal}", markup=False)
            ctx.exit(BAD_INPUT)


class _IndexChoices(TypedDict):
    """The options of ``index`` that describe the sample and the table."""

    by: tuple[str, ...]
    parent: str | None
    basis: Basis
    period: str | None
    level: float
    strata: str | None
    psu: str | None
    weights: str | None
    fpc: str | None


def _request(choices: _IndexChoices) -> IndexRequest:
    return IndexRequest(
        by=choices["by"],
        parent=choices["parent"],
        basis=choices["basis"],
        period=choices["period"],
        level=choices["level"],
        design=DesignColumns(
            strata=choices["strata"], psu=choices["psu"], weights=choices["weights"], fpc=choices["fpc"]
        ),
    )


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


@click.group(cls=_RefusingGroup)
def main() -> None:
    """Tính chỉ số hài lòng từ tệp dữ liệu (score satisfaction indices from files)."""


@main.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--questionnaire", required=True, metavar="ID", help="Mã mẫu phiếu, ví dụ sipas-2024.")
@click.option("--definitions", type=FILE, metavar="DIR", help="Thư mục có mẫu phiếu riêng của cơ quan (*.toml).")
@click.option(
    "--by", multiple=True, default=("unit_code",), show_default=True, help="Cột để chia; dùng được nhiều lần."
)
@click.option("--parent", metavar="C", help="Cột mã đơn vị cấp trên.")
@click.option("--strata", metavar="C", help="Cột tầng chọn mẫu.")
@click.option("--psu", metavar="C", help="Cột cụm điều tra (thôn, tổ dân phố).")
@click.option("--weights", metavar="C", help="Cột trọng số.")
@click.option("--fpc", metavar="C", help="Cột số cụm của tổng thể, hoặc tỷ lệ chọn mẫu.")
@click.option("--period", metavar="P", help="Kỳ báo cáo, ví dụ 2026-Q3, 2026-H1, 2026, 2026-Q3r.")
@BASIS
@LEVEL
@FORMAT
@OUT
def index(
    files: tuple[Path, ...],
    *,
    questionnaire: str,
    definitions: Path | None,
    formats: tuple[str, ...],
    out: Path,
    **choices: Unpack[_IndexChoices],
) -> None:
    """Tính chỉ số của từng đơn vị từ tệp phiếu trả lời CSV hoặc Parquet."""
    asked = _questionnaire(questionnaire, definitions)
    request = _request(choices)
    with _step(f"Đọc {len(files)} tệp …"):
        responses = read_responses(files, asked, named_columns=request.named_columns())
    with _step(f"Tính chỉ số từ {count(len(responses.frame))} phiếu …"):
        table = index_table(responses, asked, request)
    _write(table, out, formats, asked)
    whole = [row for row in table.rows if row.unit_code == WHOLE and row.score == "overall"]
    for row in whole[-1:]:
        screen.print(
            f"{table.title.vi}: {estimate_text(row, table.measure)} "
            f"({interval_text(row, table.measure)}), n = {count(row.n_responses)} phiếu, {row.method}."
        )
    _say_cautions(table)


@main.command()
@click.argument("file", type=FILE)
@BASIS
@LEVEL
@click.option("--guarded", is_flag=True, help="Giới hạn bộ nhớ và thời gian xử lý: dùng cho tệp do người lạ gửi.")
@FORMAT
@OUT
def counts(file: Path, *, formats: tuple[str, ...], out: Path, guarded: bool, basis: Basis, level: float) -> None:
    """Đối soát bảng tổng hợp số phiếu (CSV, Excel) và tính tỷ lệ với khoảng tin cậy."""
    if guarded:
        limit_this_process()
    with _step(f"Đọc và đối soát {file.name} …"):
        table = counts_table(read_table(file), basis=basis, level=level)
    _write(table, out, formats, None)
    _say_cautions(table)


@main.command()
@click.option("--seed", default=2026, show_default=True, help="Cùng số thì cùng dữ liệu.")
@OUT
def example(seed: int, out: Path) -> None:
    """Tạo dữ liệu mô phỏng của một tỉnh tưởng tượng (responses.csv, responses.parquet)."""
    with _step("Tạo dữ liệu mô phỏng …"):
        frame = generate(seed).frame
    out.mkdir(parents=True, exist_ok=True)
    frame.to_csv(out / "responses.csv", index=False)
    frame.to_parquet(out / "responses.parquet", index=False)
    screen.print(f"{count(len(frame))} phiếu mô phỏng: {out / 'responses.csv'}, {out / 'responses.parquet'}")


def _questionnaire(questionnaire_id: str, definitions: Path | None) -> Questionnaire:
    try:
        return load(questionnaire_id, definitions)
    except UnknownQuestionnaire:
        raise Refusal(
            f"Tùy chọn --questionnaire {questionnaire_id}",
            expected=f"một trong các mẫu phiếu {', '.join(known_ids(definitions))}",
            got=questionnaire_id,
            remedy="sửa mã mẫu phiếu, hoặc chỉ thư mục mẫu phiếu riêng bằng --definitions",
        ) from None


def _write(table: IndexTable, out: Path, formats: tuple[str, ...], asked: Questionnaire | None) -> None:
    with _step(f"Ghi {', '.join(formats)} …"):
        paths = write_reports(table, out, formats=formats, codebook=codebook(asked) if asked else None)
    for path in paths:
        screen.print(f"  {path}")


def _say_cautions(table: IndexTable) -> None:
    """Name on the screen what a person must look at before using the files."""
    for finding in table.findings:
        screen.print(f"- {finding.where}: {finding.message.vi}", markup=False)
    for code, text in REASONS.items():
        touched = {row.unit_name for row in table.rows if code in row.reason.split(";")}
        if touched:
            screen.print(
                f"{text.vi}: {', '.join(sorted(touched)[:8])}{' …' if len(touched) > 8 else ''}", markup=False
            )


if __name__ == "__main__":
    main()
