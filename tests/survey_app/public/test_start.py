"""Does a person find the office, among two or among three thousand?"""

import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete

from survey_app.store import Store
from survey_app.store.models import Survey, SurveyUnit, Unit

pytestmark = pytest.mark.both_databases


def test_the_open_survey_leads_to_the_form_of_each_unit(client: FlaskClient) -> None:
    page = client.get("/").text
    assert "Khảo sát sự hài lòng năm 2026" in page
    assert "Cơ quan khảo sát: Sở Nội vụ" in page
    assert "<h3>Thành phố Biển Xanh</h3>" in page
    assert 'href="/s/hai-long/26734">Phường Bến Sông</a>' in page


def test_the_language_goes_along_to_the_form(client: FlaskClient) -> None:
    page = client.get("/?lang=en").text
    assert "Survey of: The Department of Home Affairs" in page
    assert 'href="/s/hai-long/26734?lang=en"' in page
    assert 'href="?lang=vi" lang="vi"' in page


def test_an_address_cut_off_after_the_survey_lists_its_units(client: FlaskClient) -> None:
    assert "/s/hai-long/26737" in client.get("/s/hai-long").text


def test_without_an_open_survey_the_page_says_so(client: FlaskClient, store: Store) -> None:
    with store.writing() as session:
        session.execute(delete(SurveyUnit))
        session.execute(delete(Survey))
        session.commit()
    assert "Hiện chưa có đợt khảo sát nào đang mở" in client.get("/").text


def test_three_thousand_units_fold_under_their_provinces_and_stay_quick(client: FlaskClient, store: Store) -> None:
    with store.writing() as session:
        for province in range(34):
            session.add(Unit(code=f"T{province}", name=f"Tỉnh {province:02}"))
        session.flush()
        for number in range(3000):
            session.add(Unit(code=f"X{number}", name=f"Xã số {number}", parent_code=f"T{number % 34}"))
        session.add(Unit(code="S", name="Sở Tài chính"))
        session.flush()
        session.add_all(SurveyUnit(survey_id="hai-long", unit_code=f"X{number}") for number in range(3000))
        session.add(SurveyUnit(survey_id="hai-long", unit_code="S"))
        session.commit()
    client.get("/")
    began = time.perf_counter()
    response = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert time.perf_counter() - began < 1
    assert len(response.data) < 60_000
    page = client.get("/").text
    assert page.count("<details>") == 36
    assert "Đơn vị khác (1 đơn vị)" in page
    assert page.count('href="/s/hai-long/') == 3003
