"""How does an analyst compute an index table? ``python -m analysis index``."""

from pathlib import Path
from typing import TypedDict, Unpack, get_args

import click
import pyarrow as pa

from analysis.commands.reporting import BASIS, FILE, FORMAT, LEVEL, OUT, say, say_cautions, step, write
from analysis.design import DesignColumns, LonelyPsu
from analysis.index import IndexRequest, index_table
from analysis.index.unit_map_file import read_unit_map
from analysis.refusal import Refusal
from analysis.responses import open_responses
from analysis.stream.pandas_free import spare_pandas
from analysis.table import Basis
from analysis.wording import count, estimate_text, interval_text
from questionnaires.library import UnknownQuestionnaire, known_ids, load
from questionnaires.model import Questionnaire

TWO_STAGES = "Mẫu hai cấp không tính ở đây: dùng analysis.survey_design trong Python."


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
    ssu: str | None
    fpc2: str | None
    nest: bool
    lonely_psu: LonelyPsu
    unit_map: Path | None


def _request(choices: _IndexChoices) -> IndexRequest:
    return IndexRequest(
        by=choices["by"],
        parent=choices["parent"],
        basis=choices["basis"],
        period=choices["period"],
        level=choices["level"],
        design=DesignColumns(
            strata=choices["strata"],
            psu=choices["psu"],
            weights=choices["weights"],
            fpc=choices["fpc"],
            ssu=choices["ssu"],
            fpc2=choices["fpc2"],
        ),
        nest=choices["nest"],
        lonely_psu=choices["lonely_psu"],
        unit_map=read_unit_map(choices["unit_map"]) if choices["unit_map"] else None,
    )


@click.command()
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
@click.option("--ssu", metavar="C", help=TWO_STAGES)
@click.option("--fpc2", metavar="C", help=TWO_STAGES)
@click.option("--nest", is_flag=True, help="Mã cụm được đánh lại từ đầu trong mỗi tầng.")
@click.option(
    "--lonely-psu",
    type=click.Choice(get_args(LonelyPsu)),
    default="fail",
    show_default=True,
    help="Tầng chỉ có một cụm: từ chối (fail), coi là chắc chắn (certainty), so với trung bình chung (adjust), "
    "lấy trung bình các tầng khác (average), bỏ qua (remove); nghĩa như trong R survey.",
)
@click.option(
    "--unit-map",
    type=FILE,
    metavar="FILE",
    help="Bảng chuyển đổi đơn vị cũ sang mới (CSV, Excel): old_code, new_code, effective_date; có thể thêm share, "
    "new_name, new_parent_code, new_parent_name, old_name, legal_basis.",
)
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
    # Arrow's own allocator keeps what it once had; a stream of row groups needs little and gives it back
    pa.set_memory_pool(pa.system_memory_pool())
    spare_pandas()
    asked = _questionnaire(questionnaire, definitions)
    request = _request(choices)
    with step(f"Đọc {len(files)} tệp và tính chỉ số …"):
        stream = open_responses(files, asked, named_columns=request.named_columns())
        table = index_table(stream, asked, request)
    write(table, out, formats, asked)
    whole = table.rows[-1]
    say(
        f"{table.title.vi}: {estimate_text(whole, table.measure)} "
        f"({interval_text(whole, table.measure)}), n = {count(whole.n_responses)} phiếu, {whole.method}."
    )
    say_cautions(table)


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
