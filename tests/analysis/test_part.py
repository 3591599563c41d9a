"""Does an office that sees a part of a table read the very numbers of the whole, and nothing about anybody else?"""

from dataclasses import replace

import pytest

from analysis.part import NothingInPart, part_of
from analysis.report.domains import Domains
from analysis.table import WHOLE, Finding
from questionnaires.model import Text
from tests.analysis.report.example_tables import UNITS, province_table

PROVINCE = {code for code, _, parent in UNITS if "42" in {code, parent}}


def test_the_rows_of_the_units_stay_as_they_were() -> None:
    whole = province_table()
    part = part_of(whole, PROVINCE)
    assert {row.unit_code for row in part.rows} == PROVINCE
    assert list(part.rows) == [row for row in whole.rows if row.unit_code in PROVINCE]
    assert {unit.unit_code for unit in part.units} <= PROVINCE


def test_nothing_is_said_about_the_whole_or_another_unit() -> None:
    said = Text("thừa một phiếu", "one form too many")
    findings = (Finding("Phường Thành Sen", "x", said), Finding("Phường Hạc Thành", "x", said))
    whole = replace(province_table(), modes=(("phone", 900), ("kiosk", 100)), findings=findings)
    part = part_of(whole, PROVINCE)
    assert part.modes == ()
    assert part.findings == findings[:1]
    text = part.to_json()
    assert WHOLE in {row.unit_code for row in whole.rows}
    assert not any(f'"unit_code": "{code}"' in text for code in (WHOLE, "38", "14001"))


def test_the_unit_above_all_others_of_a_part_stands_for_it() -> None:
    province = Domains(part_of(province_table(), PROVINCE)).whole()
    assert province is not None
    assert province.unit_code == "42"
    assert Domains(part_of(province_table(), PROVINCE - {"42"})).whole() is None
    commune = Domains(part_of(province_table(), {"18001"})).whole()
    assert commune is not None
    assert commune.unit_code == "18001"


def test_a_part_without_a_row_is_refused() -> None:
    with pytest.raises(NothingInPart, match="chọn đơn vị hoặc kỳ khác"):
        part_of(province_table(), {"khong-co"})
