"""Claims about who may ask for what: every route, role and unit was thought about, and every cell is asked."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from survey_app.services.access.rights import RIGHTS, Role
from tests.architecture.office import ANONYMOUS, ROLES, Office, ask, cells, make_office, meaning, routes_of

MATRIX = Path(__file__).with_name("rights.csv")
Cell = tuple[str, str, str, str]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = make_office(tmp_path_factory.mktemp("instance"))
    yield made
    made.close()


def expected() -> dict[Cell, str]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    return {
        (line["endpoint"], line["method"], line["unit"], role): line[role]
        for line in lines
        for role in (ANONYMOUS, *ROLES)
    }


def test_every_route_role_and_unit_stands_in_the_reviewed_matrix(office: Office) -> None:
    asked = {(route.endpoint, route.method, side, role) for route, side, role in cells(office.app)}
    missing = sorted({cell[:3] for cell in asked ^ expected().keys()})
    assert not missing, f"{MATRIX.name} and the URL map differ: write down who may ask for {missing}"
    assert set(ROLES) - {"unit-admin"} == {role.value for role in Role}


def test_every_cell_of_the_matrix_is_what_the_application_answers(office: Office) -> None:
    wanted = expected()
    found = {
        (r.endpoint, r.method, side, role): meaning(ask(office, r, side, role))
        for r, side, role in cells(office.app)
    }
    wrong = {cell: (wanted.get(cell), answer) for cell, answer in found.items() if wanted.get(cell) != answer}
    assert not wrong


def test_a_right_that_leaks_would_be_found(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RIGHTS, Role.CLERK, RIGHTS[Role.ADMIN])
    route = next(route for route in routes_of(office.app) if route.endpoint == "staff.show_results")
    assert expected()[route.endpoint, "GET", "own", "clerk"] == "refused"
    assert meaning(ask(office, route, "own", "clerk")) == "open"
