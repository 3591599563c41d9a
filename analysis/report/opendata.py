"""How is an index table published as open data? JSON that gives the table back, and a list of all files."""

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from analysis import wording
from analysis.table import IndexTable
from questionnaires.model import Text

_DESCRIPTIONS: Final[dict[str, Text]] = {
    "index.json": Text(
        "Bảng chỉ số đầy đủ, đọc lại được nguyên vẹn", "The whole index table; reads back unchanged"
    ),
    "index.csv": Text("Bảng chỉ số, mỗi dòng một kết quả", "The index table, one number a row"),
    "reconciliation.csv": Text("Đối chiếu số liệu đầu vào", "Reconciliation of the input"),
    "index.xlsx": Text("Bảng chỉ số dạng Excel", "The index table as an Excel workbook"),
    "index.docx": Text("Phụ lục dạng Word", "The annex as a Word document"),
    "chart-overall.png": Text("Biểu đồ chỉ số chung", "Chart of the index"),
    "chart-overall.svg": Text("Biểu đồ chỉ số chung (véc-tơ)", "Chart of the index (vector)"),
}
_MEDIA_TYPES: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "png": "image/png",
    "svg": "image/svg+xml",
}
_FIELDS: Final[dict[str, tuple[str, Text]]] = {
    "survey": ("string", Text("Mã đợt khảo sát", "Survey id")),
    "period": ("string", Text("Kỳ báo cáo", "Reporting period")),
    "unit_code": ("string", Text("Mã đơn vị; ALL là kết quả chung", "Unit code; ALL is the whole")),
    "unit_name": ("string", Text("Tên đơn vị", "Unit name")),
    "score": ("string", Text("Mã tiêu chí, yếu tố hoặc chỉ số", "Id of the item, factor or index")),
    "level": ("number", Text("Mức tin cậy của khoảng, từ 0 đến 1", "Level of the interval, 0 to 1")),
    "method": ("string", Text("Phương pháp: quy tắc/cách gộp/khoảng", "Method: rule/combination/interval")),
    "basis": ("string", Text("Cơ sở của mẫu", "How people came to answer")),
    "n_responses": ("integer", Text("Số người có câu trả lời", "People who answered")),
    "n_answers": ("integer", Text("Số câu trả lời hợp lệ", "Valid answers")),
    "estimate": ("number", Text("Kết quả", "Estimate")),
    "se": ("number", Text("Sai số chuẩn; trống khi không xác định", "Standard error; empty where undefined")),
    "ci_low": ("number", Text("Cận dưới của khoảng", "Lower end of the interval")),
    "ci_high": ("number", Text("Cận trên của khoảng", "Upper end of the interval")),
    "df": ("number", Text("Bậc tự do", "Degrees of freedom")),
    "deff": ("number", Text("Hệ số thiết kế mẫu", "Design effect")),
    "status": ("string", Text("Tình trạng công bố", "Publication status")),
    "reason": ("string", Text("Lý do, các mã cách nhau bằng ;", "Reasons, codes joined by ;")),
    "where": ("string", Text("Vị trí trong số liệu đầu vào", "Place in the input")),
    "code": ("string", Text("Mã phát hiện", "Code of the finding")),
    "message_vi": ("string", Text("Nội dung, tiếng Việt", "Message in Vietnamese")),
    "message_en": ("string", Text("Nội dung, tiếng Anh", "Message in English")),
}
_MEASURED: Final = frozenset({"estimate", "se", "ci_low", "ci_high"})


def write_index_json(table: IndexTable, path: Path) -> Path:
    """Write the whole table; ``IndexTable.from_json`` reads it back.

    Parameters
    ----------
    table
        Any index table.
    path
        The file to write, UTF-8.

    Returns
    -------
    Path
        The written file.
    """
    return _write_json(path, table.to_json())


def write_datapackage(table: IndexTable, files: Sequence[Path], path: Path) -> Path:
    """Write a Data Package descriptor of the files beside it.

    Parameters
    ----------
    table
        The table that the files were made from.
    files
        Written files in the folder of ``path``; their sizes and hashes are those of this moment.
    path
        The descriptor to write.

    Returns
    -------
    Path
        The written descriptor.

    References
    ----------
    Data Package 2.0, datapackage.org (2024).
    """
    basis_texts = {row.basis: wording.BASES[row.basis] for row in table.rows}
    package: dict[str, Any] = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "index-table",
        "title": table.title.vi,
        "title_en": table.title.en,
        "simulated": table.simulated,
        "basis": {basis: {"vi": text.vi, "en": text.en} for basis, text in sorted(basis_texts.items())},
        "sources": [{"title": name, "hash": f"sha256:{digest}"} for name, digest in table.provenance.inputs],
        "provenance": {
            "questionnaire": table.provenance.questionnaire,
            "questionnaire_hash": table.provenance.questionnaire_hash,
            "interval": table.provenance.interval,
            "design": table.provenance.design,
            "code_version": table.provenance.code_version,
        },
        "resources": [_resource(table, file) for file in files],
    }
    if table.simulated:
        package["description"] = f"{wording.SIMULATED.vi} / {wording.SIMULATED.en}"
    return _write_json(path, json.dumps(package, ensure_ascii=False, indent=1))


def _write_json(path: Path, text: str) -> Path:
    """Write JSON as UTF-8; a lone surrogate, which UTF-8 cannot hold, is escaped and reads back the same."""
    path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))
    return path


def _resource(table: IndexTable, file: Path) -> dict[str, Any]:
    content = file.read_bytes()
    description = _DESCRIPTIONS.get(file.name, Text(file.name, file.name))
    kind = file.suffix.removeprefix(".")
    resource: dict[str, Any] = {
        "name": file.name.lower().replace(".", "-"),
        "path": file.name,
        "title": description.vi,
        "title_en": description.en,
        "format": kind,
        "mediatype": _MEDIA_TYPES.get(kind, "application/octet-stream"),
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
    if kind == "csv":
        names = next(csv.reader(content.decode("utf-8-sig").splitlines()))
        resource |= {"type": "table", "encoding": "utf-8", "schema": _schema(table, names)}
    return resource


def _schema(table: IndexTable, names: Sequence[str]) -> dict[str, Any]:
    return {"fields": [_field(table, name) for name in names], "missingValues": [""]}


def _field(table: IndexTable, name: str) -> dict[str, str]:
    kind, text = _FIELDS.get(name, ("string", Text("Phân tổ của kết quả", "A further column of the domain")))
    unit = wording.measure_unit(table.measure) if name in _MEASURED else None
    vi = f"{text.vi} (đơn vị tính: {unit.vi})" if unit else text.vi
    en = f"{text.en} (unit: {unit.en})" if unit else text.en
    return {"name": name, "type": kind, "description": vi, "description_en": en}
