"""Claims about the map of old and new units: followed over the years, and refused where it does not hold."""

from datetime import date
from pathlib import Path

import pytest

from analysis.index.unit_map_file import read_unit_map
from analysis.refusal import Refusal
from analysis.unit_map import Succession, UnitMap, day_of, label_of, share_of

FIRST, SECOND = date(2025, 7, 1), date(2026, 1, 1)


def line(old: str, new: str, share: float = 1.0, day: date = FIRST) -> Succession:
    return Succession(old_code=old, new_code=new, share=share, effective_on=day)


def heirs(unit_map: UnitMap, code: str) -> dict[str, float]:
    return {heir.last.new_code: round(heir.share, 12) for heir in unit_map.followed()[code]}


def write(folder: Path, text: str) -> Path:
    path = folder / "map.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_old_unit_is_followed_over_two_reorganisations() -> None:
    unit_map = UnitMap((line("a", "b"), line("b", "c", 0.6, SECOND), line("b", "d", 0.4, SECOND)))
    assert heirs(unit_map, "a") == {"c": 0.6, "d": 0.4}
    assert heirs(unit_map, "b") == {"c": 0.6, "d": 0.4}
    assert unit_map.followed()["a"][0].days == (FIRST, SECOND)
    assert unit_map.told_apart() == {}


def test_parts_that_meet_again_are_one_whole_unit() -> None:
    lines = (line("a", "b", 0.7), line("a", "c", 0.3), line("b", "d", day=SECOND), line("c", "d", day=SECOND))
    assert heirs(UnitMap(lines), "a") == {"d": 1.0}


def test_a_code_that_a_new_unit_took_over_is_told_apart_by_the_day() -> None:
    unit_map = UnitMap((line("00070", "00070"), line("00073", "00070"), line("00076", "00076", 0.5),
                        line("00076", "00079", 0.5)))  # fmt: skip
    assert unit_map.told_apart() == {"00070": (FIRST,), "00076": (FIRST,)}
    assert heirs(unit_map, label_of("00070", FIRST)) == {"00070": 1.0}
    assert heirs(unit_map, label_of("00076", FIRST)) == {"00076": 0.5, "00079": 0.5}
    assert "00070" not in unit_map.followed()
    assert heirs(unit_map, "00073") == {"00070": 1.0}


def test_a_file_is_read_with_vietnamese_days_and_commas(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "old_code;old_name;new_code;new_name;share;effective_date;legal_basis\n"
        "00001;Xã Cũ;26734;Phường Bến Sông;0,6;01/07/2025;NQ 1\n"
        "00001;Xã Cũ;26737;Xã Đồng Sen;0,4;2025-07-01;NQ 1\n",
    )
    unit_map = read_unit_map(path)
    assert heirs(unit_map, "00001") == {"26734": 0.6, "26737": 0.4}
    assert unit_map.lines[0].new_name == "Phường Bến Sông"
    assert unit_map.source[0] == "map.csv"
    assert len(unit_map.source[1]) == 64


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("old_code,new_code\na,b\n", "thiếu effective_date"),
        ("old_code,new_code,effective_date,mau\na,b,01/07/2025,x\n", "thừa mau"),
        ("old_code,new_code,effective_date,share\na,b,01/07/2025,0.6\n", "tổng tỷ lệ là 0,6"),
        ("old_code,new_code,effective_date\na,b,01/07/2025\na,b,01/07/2025\n", "b đứng hai lần"),
        ("old_code,new_code,effective_date,share\na,b,01/07/2025,60%\n", "“60%”"),
        ("old_code,new_code,effective_date,share\na,b,01/07/2025,0\n", "“0”"),
        ("old_code,new_code,effective_date\na,b,31/02/2025\n", "“31/02/2025”"),
        ("old_code,new_code,effective_date\na,,01/07/2025\n", "new_code “”"),
    ],
)
def test_a_map_that_does_not_hold_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        read_unit_map(write(tmp_path, text))


def test_shares_and_days_are_read_as_people_write_them() -> None:
    assert (share_of("0,25"), share_of(""), share_of("1.5"), share_of("-1")) == (0.25, 1.0, None, None)
    assert (day_of("01/07/2025 00:00"), day_of("2025-07-01"), day_of("7/2025")) == (FIRST, FIRST, None)
