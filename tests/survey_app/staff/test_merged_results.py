"""Does the page of results show the units of today, and say where answers of units of before are among them?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from survey_app.store.models import Unit, UnitSuccessor
from tests.survey_app.staff.staff_building import (
    add_answers,
    add_unit,
    client_of,
    close,
    make_staff_app,
    tables_in,
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_staff_app(tmp_path)
    add_answers(made, "26734", 40, window="2026-10-2")
    add_unit(made, "26740", "Phường Mới Lập")
    yield made
    close(made)


def test_a_merged_unit_stands_under_its_new_name_with_a_note_and_is_not_called_silent(app: Flask) -> None:
    client = client_of(app)
    before = client.get("/staff/results/hai-long").text
    assert "Phường Mới Lập" not in str(tables_in(before))
    assert "Đơn vị chưa có phiếu nào trong phần đang xem: Phường Mới Lập, Xã Đồng Sen" in before
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Unit, "26734").valid_to = date(2026, 10, 31)
        session.add(
            UnitSuccessor(
                old_code="26734",
                old_name="Phường Bến Sông",
                new_code="26740",
                share=1.0,
                effective_on=date(2026, 11, 1),
            )
        )
        session.commit()
    after = client.get("/staff/results/hai-long").text
    names = {row[1] for row in tables_in(after)[0]}
    assert "Phường Mới Lập" in names
    assert "Phường Bến Sông" not in names
    assert "Có số liệu của đơn vị trước sắp xếp ngày 01/11/2026" in after
    assert "Đơn vị chưa có phiếu nào trong phần đang xem: Xã Đồng Sen." in after
