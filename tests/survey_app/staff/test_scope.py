"""Does an office see its own units and those below, with the numbers of the whole, and no trace of any other?"""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.services.access.rights import Grant, Role
from survey_app.store.models import SurveyUnit, Unit
from tests.survey_app.staff.staff_building import (
    NAME,
    add_answers,
    add_person,
    client_of,
    close,
    make_staff_app,
    tables_in,
)

PATH = "/staff/results/hai-long"
FOREIGN = ("Phường Đỉnh Mây", "Thành phố Núi Cao", "00004")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    made = make_staff_app(tmp_path_factory.mktemp("instance"))
    with made.extensions["parts"].store.writing() as session:
        session.add(Unit(code="01", name="Thành phố Núi Cao"))
        session.flush()
        session.add(Unit(code="00004", name="Phường Đỉnh Mây", parent_code="01"))
        session.flush()
        session.add(SurveyUnit(survey_id="hai-long", unit_code="00004"))
        add_person(session, "tinh-79", Grant(Role.OFFICE, "79"))
        add_person(session, "xa-26737", Grant(Role.OFFICE, "26737"), Grant(Role.CLERK, "26734"))
        add_person(session, "nhap-lieu", Grant(Role.CLERK, "26734"))
        session.commit()
    for unit, forms in (("26734", 60), ("26737", 40), ("00004", 77)):
        add_answers(made, unit, forms)
    add_answers(made, "00004", 9, window="2026-09-1")
    yield made
    close(made)


def rows_of(client: FlaskClient) -> dict[tuple[str, str], dict[str, str]]:
    page = client.get(PATH)
    assert page.status_code == 200, page.text
    address = re.findall(r'href="([^"]+index\.csv)"', page.text)[0]
    text = client.get(address).data.decode("utf-8-sig")
    return {(row["unit_code"], row["score"]): row for row in csv.DictReader(io.StringIO(text))}


def test_a_province_reads_its_own_rows_with_the_numbers_of_the_whole(app: Flask) -> None:
    whole, part = rows_of(client_of(app, NAME)), rows_of(client_of(app, "tinh-79"))
    assert {unit for unit, _ in whole} == {"26734", "26737", "79", "00004", "01", "ALL"}
    assert {unit for unit, _ in part} == {"26734", "26737", "79"}
    assert all(row == whole[key] for key, row in part.items())


def test_a_commune_reads_its_own_row_alone_as_headline_and_by_item(app: Flask) -> None:
    client = client_of(app, "xa-26737")
    assert {unit for unit, _ in rows_of(client)} == {"26737"}
    units, items = tables_in(client.get(PATH).text)
    assert [line[1] for line in units[1:]] == ["Xã Đồng Sen"]
    assert len(items) > 20


@pytest.mark.parametrize("name", ["tinh-79", "xa-26737"])
def test_no_page_and_no_file_names_or_counts_a_unit_out_of_reach(app: Flask, name: str) -> None:
    client = client_of(app, name)
    page = client.get(PATH).text
    said = unescape(page) + unescape(client.get("/staff/").text)
    for address in set(re.findall(rf'"({PATH}/[^"]+\.(?:csv|json|svg))"', page)):
        said += client.get(address).text
    assert not any(word in said for word in FOREIGN)
    assert not re.search(r">\s*(186|77|86)\s*<", page)
    assert "2026-09" not in page
    assert "chỉ gồm các đơn vị trong phạm vi" in said
    assert client.get(f"{PATH}?period=2026-09").status_code == 404
    assert client_of(app).get(f"{PATH}?period=2026-09").status_code == 200


def test_a_known_key_of_another_scope_is_not_found(app: Flask) -> None:
    names = (NAME, "tinh-79", "xa-26737")
    keys = {
        name: re.findall(rf"{PATH}/([0-9a-f-]+)/index\.csv", client_of(app, name).get(PATH).text)[0]
        for name in names
    }
    assert len(set(keys.values())) == 3
    for name in names:
        for owner, key in keys.items():
            status = client_of(app, name).get(f"{PATH}/{key}/index.csv").status_code
            assert status == (200 if owner == name else 404), (name, owner)


def test_the_list_of_surveys_counts_the_forms_of_units_in_reach_alone(app: Flask) -> None:
    seen = {}
    for name in (NAME, "tinh-79", "nhap-lieu"):
        page = client_of(app, name).get("/staff/").text
        total = re.findall(r'<dd class="figure">([^<]+)</dd>', page)
        seen[name] = (total, [row[0] for table in tables_in(page) for row in table[1:]])
    assert seen[NAME] == (["186"], ["Phường Bến Sông", "Xã Đồng Sen", "Phường Đỉnh Mây"])
    assert seen["tinh-79"] == (["100"], ["Phường Bến Sông", "Xã Đồng Sen"])
    assert seen["nhap-lieu"] == (["60"], ["Phường Bến Sông"])


def test_who_enters_forms_has_no_results_and_is_offered_none(app: Flask) -> None:
    client = client_of(app, "nhap-lieu")
    assert PATH not in client.get("/staff/").text
    assert "/staff/counts" not in client.get("/staff/").text
    assert client.get(PATH).status_code == 403
    assert PATH in client_of(app).get("/staff/").text
