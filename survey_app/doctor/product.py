"""Is the program itself whole? Its published questionnaires, its sentences in every language, its style sheets."""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from questionnaires.library import BUILT_IN
from questionnaires.publish import BUILT_IN_REGISTER, hash_of, published_hashes
from survey_app.doctor.finding import BROKEN, FINE, Finding

_PACKAGE = Path(__file__).parents[1]
STYLES = ("staff.css", "dark.css")
_REMEDY = (
    "Tải lại bản phát hành đầy đủ của phần mềm rồi chép đè; dữ liệu trong thư mục cài đặt không bị ảnh hưởng."
)


def check_product() -> Iterator[Finding]:
    """Yield what was found about the files of the program."""
    yield check_published(BUILT_IN, BUILT_IN_REGISTER)
    yield check_translations(_PACKAGE / "translations")
    yield check_styles(_PACKAGE / "static")


def check_published(folder: Path, register: Path) -> Finding:
    """Say whether every questionnaire that was in the field is still word for word the one that was published."""
    published = published_hashes(register)
    changed = [
        name
        for name, known in published.items()
        if not (folder / f"{name}.toml").is_file() or hash_of(folder / f"{name}.toml") != known
    ]
    if changed:
        return Finding("Mẫu phiếu đã công bố", BROKEN, f"bị sửa hoặc thiếu: {', '.join(changed)}", _REMEDY)
    return Finding("Mẫu phiếu đã công bố", FINE, f"{len(published)} mẫu còn nguyên văn")


def check_translations(folder: Path) -> Finding:
    """Say whether all languages have the same sentences."""
    gaps = []
    for part in (folder, folder / "staff"):
        keys = {
            path.name: set(_keys(tomllib.loads(path.read_text(encoding="utf-8")))) for path in part.glob("*.toml")
        }
        every = set().union(*keys.values())
        gaps += [f"{name}: {', '.join(sorted(every - has)[:3])}" for name, has in keys.items() if has != every]
        gaps += [] if {"vi.toml", "en.toml"} <= keys.keys() else [f"{part.name}: vi.toml, en.toml"]
    if gaps:
        return Finding("Lời văn các ngôn ngữ", BROKEN, f"thiếu {'; '.join(gaps)}", _REMEDY)
    return Finding("Lời văn các ngôn ngữ", FINE, "đủ cho mọi ngôn ngữ")


def _keys(table: Mapping[str, Any], path: str = "") -> Iterator[str]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _keys(value, f"{path}{name}.")
        else:
            yield path + name


def check_styles(folder: Path) -> Finding:
    """Say whether the style sheets are there, ours and those of the Bootstrap package."""
    package = find_spec("flask_bootstrap")
    bootstrap = Path(str(package.origin if package else "")).parent / "static/bootstrap5/css/bootstrap.min.css"
    missing = [path.name for path in (*(folder / name for name in STYLES), bootstrap) if not path.is_file()]
    if missing:
        return Finding(
            "Tệp giao diện", BROKEN, f"thiếu {', '.join(missing)}", f"{_REMEDY} Sau đó chạy: script/bootstrap"
        )
    return Finding("Tệp giao diện", FINE, "đủ")
