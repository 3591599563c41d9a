"""Is a person whose office has ended led to the office of today, in a browser without a script?"""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from survey_app.services.organisation.import_succession import import_map
from survey_app.store.models import Unit
from tests.journeys.conftest import OpenPage, Serve
from tests.survey_app.building import make_app
from tests.survey_app.services.organisation.sheets import anything, sheet


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_app(tmp_path_factory.mktemp("instance"))
    with made.extensions["parts"].store.writing() as session:
        merged = sheet("old_code;new_code;effective_date", "26734;26737;01/11/2026")
        assert import_map(session, merged, account="a", may_change=anything).taken == 1
        assert session.get_one(Unit, "26734").valid_to == date(2026, 10, 31)
        session.commit()
    yield made
    made.extensions["parts"].store.engine.dispose()


def test_an_ended_unit_leads_a_person_to_the_unit_of_today(app: Flask, serve: Serve, open_page: OpenPage) -> None:
    page = open_page(width=390, javascript=False)
    page.goto(f"{serve(app)}/s/hai-long/26734")
    page.get_by_role("link", name="Xã Đồng Sen").click()
    assert page.url.endswith("/s/hai-long/26737")
    assert page.get_by_role("button", name="Gửi phiếu").is_visible()
