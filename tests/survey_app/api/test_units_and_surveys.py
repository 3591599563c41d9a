"""Does a system learn of the units and surveys in reach of its key, and of no others?"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.survey_app.api.api_building import add_key, ask, make_api_app

COMMUNES = [
    {"code": "26734", "name": "Phường Bến Sông", "parent_code": "79"},
    {"code": "26737", "name": "Xã Đồng Sen", "parent_code": "79"},
]
PROVINCE = {"code": "79", "name": "Thành phố Biển Xanh", "parent_code": None}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    made = make_api_app(tmp_path)
    yield made
    made.extensions["parts"].store.engine.dispose()


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        (None, [*COMMUNES, PROVINCE]),
        ("79", [*COMMUNES, PROVINCE]),
        ("26737", [{**COMMUNES[1], "parent_code": None}]),
    ],
)
def test_the_tree_ends_where_the_key_does(app: Flask, unit: str | None, expected: list[dict[str, object]]) -> None:
    answer = ask(app, "/units", add_key(app, "units:read", unit=unit))
    assert answer.get_json() == {"units": expected}
    assert "Phường" in answer.text or unit == "26737"


def test_open_surveys_come_with_the_address_of_every_form_in_reach(app: Flask) -> None:
    (survey,) = ask(app, "/surveys", add_key(app, "surveys:read", unit="26737")).get_json()["surveys"]
    assert survey == {
        "id": "hai-long",
        "title": {"vi": "Khảo sát sự hài lòng năm 2026", "en": "Satisfaction survey 2026"},
        "agency": {"vi": "Sở Nội vụ", "en": "The Department of Home Affairs"},
        "opens_on": "2026-09-01",
        "closes_on": "2026-12-31",
        "simulated": False,
        "units": [{"code": "26737", "name": "Xã Đồng Sen", "form": "http://localhost/s/hai-long/26737"}],
    }
    (whole,) = ask(app, "/surveys", add_key(app, "surveys:read")).get_json()["surveys"]
    assert [unit["code"] for unit in whole["units"]] == ["26734", "26737"]


def test_a_survey_that_is_over_or_asks_about_no_unit_in_reach_is_not_listed(app: Flask) -> None:
    key = add_key(app, "surveys:read")
    app.extensions["parts"] = replace(app.extensions["parts"], today=lambda: date(2027, 1, 1))
    assert ask(app, "/surveys", key).get_json() == {"surveys": []}
    assert ask(app, "/surveys", add_key(app, "surveys:read", unit="79")).get_json() == {"surveys": []}


def test_a_key_tells_what_it_is_good_for_and_not_its_secret(app: Flask) -> None:
    key = add_key(app, "surveys:read", "units:read", unit="79")
    prefix, _, secret = key.partition(".")
    answer = ask(app, "/key", key)
    assert answer.get_json() == {
        "prefix": prefix,
        "system": "Một cửa điện tử",
        "scopes": ["units:read", "surveys:read"],
        "unit_code": "79",
    }
    assert secret not in answer.text
