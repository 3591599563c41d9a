"""Does the page of results show the units of today, and say where answers of units of before are among them?"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete

from survey_app.services.access.rights import Grant, Role
from survey_app.store.models import SurveyUnit, Unit, UnitSuccessor
from tests.survey_app.staff.staff_building import (
    add_answers,
    add_person,
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


def merge(app: Flask) -> None:
    """Let the new ward continue the old one from the first of November on."""
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


def test_a_merged_unit_stands_under_its_new_name_with_a_note_and_is_not_called_silent(app: Flask) -> None:
    client = client_of(app)
    before = client.get("/staff/results/hai-long").text
    assert "Phường Mới Lập" not in str(tables_in(before))
    assert "Đơn vị chưa có phiếu nào trong phần đang xem: Phường Mới Lập, Xã Đồng Sen" in before
    merge(app)
    after = client.get("/staff/results/hai-long").text
    names = {row[1] for row in tables_in(after)[0]}
    assert "Phường Mới Lập" in names
    assert "Phường Bến Sông" not in names
    assert "Có số liệu của đơn vị trước sắp xếp ngày 01/11/2026" in after
    assert "Đơn vị chưa có phiếu nào trong phần đang xem: Xã Đồng Sen." in after


def test_an_office_of_the_old_unit_reads_where_its_forms_count_and_one_of_the_new_unit_their_numbers(
    app: Flask,
) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.execute(delete(SurveyUnit).where(SurveyUnit.unit_code == "26740"))
        for name, unit in (("xa-cu", "26734"), ("phuong-moi", "26740"), ("xa-khac", "26737")):
            add_person(session, name, Grant(Role.OFFICE, unit))
        session.commit()
    assert "hai-long" in client_of(app, "xa-cu").get("/staff/results").text
    assert client_of(app, "phuong-moi").get("/staff/results/hai-long").status_code == 404
    merge(app)
    old = client_of(app, "xa-cu").get("/staff/results/hai-long")
    assert old.status_code == 200
    assert "tính vào kết quả của Phường Mới Lập" in old.text
    assert not tables_in(old.text)
    new = client_of(app, "phuong-moi")
    assert "hai-long" in new.get("/staff/results").text
    assert {row[1] for row in tables_in(new.get("/staff/results/hai-long").text)[0]} >= {"Phường Mới Lập"}
    assert "Phường Mới Lập" not in client_of(app, "xa-khac").get("/staff/results/hai-long").text
