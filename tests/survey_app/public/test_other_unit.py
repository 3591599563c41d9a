"""Is a person whose office was merged led to the office of today, and is no form taken for one that has ended?"""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.store.models import Unit, UnitSuccessor
from tests.survey_app.building import FORM, FORM_ID, TODAY


@pytest.fixture(autouse=True)
def ended(app: Flask) -> None:
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Unit, "26734").valid_to = date(2026, 11, 20)
        for code in ("26737", "79"):
            session.add(
                UnitSuccessor(
                    old_code="26734",
                    old_name="Phường Bến Sông",
                    new_code=code,
                    share=0.5,
                    effective_on=TODAY,
                )
            )
        session.commit()


def test_the_form_of_an_ended_unit_names_and_links_those_that_continue_it(client: FlaskClient) -> None:
    response = client.get(FORM)
    assert response.status_code == 410
    assert "Phường Bến Sông đã kết thúc hoạt động (ngày cuối cùng là 20/11/2026)" in response.text
    assert '<a href="/s/hai-long/26737">Xã Đồng Sen</a>' in response.text
    assert "Thành phố Biển Xanh" in response.text
    assert '"/s/hai-long/79"' not in response.text
    english = client.get(f"{FORM}?lang=en")
    assert "its last day was 20/11/2026" in english.text
    assert "/s/hai-long/26737?lang=en" in english.text


def test_a_form_of_an_ended_unit_is_not_taken(app: Flask, client: FlaskClient) -> None:
    assert client.post(FORM, data={"form_id": FORM_ID, "A1": "5"}).status_code == 410
    with app.extensions["parts"].store.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM response").scalar() == 0


def test_an_ended_unit_is_no_longer_listed_and_was_until_its_last_day(app: Flask, client: FlaskClient) -> None:
    assert "Phường Bến Sông" not in client.get("/").text
    assert "Phường Bến Sông" not in client.get("/s/hai-long").text
    with app.extensions["parts"].store.writing() as session:
        session.get_one(Unit, "26734").valid_to = TODAY
        session.commit()
    assert "Phường Bến Sông" in client.get("/").text
    assert client.get(FORM).status_code == 200


def test_a_unit_that_has_not_begun_names_the_units_of_today(app: Flask, client: FlaskClient) -> None:
    with app.extensions["parts"].store.writing() as session:
        unit = session.get_one(Unit, "26737")
        unit.valid_from = date(2027, 1, 1)
        session.get_one(Unit, "26734").valid_to = None
        session.commit()
    response = client.get("/s/hai-long/26737")
    assert response.status_code == 410
    assert "bắt đầu hoạt động từ ngày 01/01/2027" in response.text
    assert f'<a href="{FORM}">Phường Bến Sông</a>' in response.text
    assert client.post("/s/hai-long/26737", data={"form_id": FORM_ID}).status_code == 410
