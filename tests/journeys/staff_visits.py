"""Which staff pages does the browser look at? All that show a page; those that send a file are named apart.

A new view is added to VISITS, with a visit for each state in which it looks different, or to DOWNLOADS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page
from sqlalchemy.orm import Session

from survey_app.services.organisation.import_catalogue import import_catalogue
from survey_app.services.organisation.import_succession import import_map
from survey_app.store.models import StaffAccount, Survey
from tests.survey_app.services.organisation.sheets import anything
from tests.survey_app.services.organisation.sheets import sheet as table
from tests.survey_app.staff.staff_building import (
    NAME,
    PASSWORD,
    add_answers,
    add_person,
    add_unit,
    client_of,
    make_staff_app,
)
from tests.survey_app.staff.test_counts import GOOD, sheet, upload
from tests.survey_app.staff.test_keys import add_key


@dataclass(frozen=True, slots=True)
class Visit:
    """A page at an address, after something was done there; ``{names}`` are filled from ``places_of``."""

    path: str
    act: Callable[[Page], None] | None = None


def wrong_login(page: Page) -> None:
    page.locator("main button").click()


def faulty_file(page: Page) -> None:
    content = sheet(("Xã A", 3, "Thái độ", "", 1, "ba", ""))
    page.set_input_files("#file", {"name": "sai.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button").click()


def open_details(page: Page) -> None:
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")


def faulty_account(page: Page) -> None:
    page.locator("#username").fill("Tên Sai")
    page.locator("main button[type=submit]").click()


def send_nothing(page: Page) -> None:
    page.locator("main button[type=submit]").first.click()


def take_role(page: Page) -> None:
    """Follow the first button beside a role to the question about it."""
    page.locator("main li a.btn").first.click()


def delete_other_upload(page: Page) -> None:
    """Delete what was uploaded, and read what is said about it."""
    page.locator("main form button").click()
    page.get_by_role("status").wait_for()


def send_faulty_rows(page: Page) -> None:
    content = "Mã đơn vị;Tên đơn vị;Mã đơn vị cấp trên\nH27;;79\nH28;Sở Y tế;8080\n".encode()
    page.set_input_files("#file", {"name": "sai.csv", "mimeType": "text/csv", "buffer": content})
    page.locator("main form button").first.click()


def send_a_wrong_unit(page: Page) -> None:
    page.locator("#code").fill("26737")
    page.locator("main form button").click()


UNIT = "/staff/units/u/26737"
UNIT_VISITS = {
    "staff.show_units": tuple(Visit(f"/staff/units{query}") for query in ("", "?q=dong", "?q=khong+co")),
    "staff.show_unit": tuple(Visit(f"/staff/units/u/{code}") for code in ("79", "26734", "26737")),
    "staff.show_new_unit": (Visit("/staff/units/new?parent=79"), Visit("/staff/units/new", send_a_wrong_unit)),
    "staff.show_unit_form": (Visit(f"{UNIT}/edit"),),
    "staff.show_end": (Visit("/staff/units/u/26734/end"),),
    "staff.show_import": (Visit("/staff/units/import"), Visit("/staff/units/import?what=map")),
    "staff.show_import_report": (Visit("/staff/units/import", send_faulty_rows),),
    "staff.show_unit_map": (Visit("/staff/units/map"), Visit("/staff/units/map?q=khong+co")),
    "staff.show_removal": (Visit("/staff/units/map/remove?old=27002&day=2025-07-01"),),
    "staff.show_procedures": (Visit("/staff/units/procedures"), Visit("/staff/units/procedures?q=khong+co")),
    "staff.show_new_procedure": (Visit("/staff/units/procedures/new"),),
    "staff.show_procedure": (Visit("/staff/units/procedures/p/1.1"),),
    "staff.show_unit_procedures": (Visit(f"{UNIT}/procedures"), Visit("/staff/units/u/26734/procedures")),
}


def wrong_roots(page: Page) -> None:
    page.locator("#kept").fill("2026-11-20")
    page.locator("main form button").click()


def no_scope(page: Page) -> None:
    page.locator("#system").fill("Một cửa điện tử")
    page.locator("main form button").click()


def new_key(page: Page) -> None:
    page.get_by_role("checkbox").first.check()
    no_scope(page)
    page.locator(".secret").wait_for()


def take_back(page: Page) -> None:
    page.locator("main form button").click()
    page.get_by_role("status").wait_for()


MINE = f"/staff/accounts/{NAME}"

LOGIN = (Visit("/staff/login"), Visit("/staff/login", wrong_login))
"""What is visited before anybody is logged in."""

VISITS = {
    "staff.show_login": LOGIN,
    "staff.show_surveys": (Visit("/staff/", open_details),),
    "staff.list_results": (Visit("/staff/results"),),
    "staff.show_results": (
        Visit("/staff/results/hai-long", open_details),
        Visit("/staff/results/hai-long?period=2026-11"),
        Visit("/staff/results/chua-co"),
    ),
    "staff.show_counts": (Visit("/staff/counts"), Visit("/staff/counts", faulty_file)),
    "staff.show_reconciliation": (Visit("{reconciliation}", open_details),),
    "staff.ask_delete_reconciliation": (
        Visit("{reconciliation}/delete"),
        Visit("{other_reconciliation}/delete", delete_other_upload),
    ),
    **UNIT_VISITS,
    "staff.show_audit_log": (
        Visit("/staff/audit"),
        Visit("/staff/audit?account=khong-co"),
        Visit("/staff/audit?first=khong-phai-ngay"),
    ),
    "staff.show_roots": (Visit("/staff/audit/roots"), Visit("/staff/audit/roots", wrong_roots)),
    "staff.show_keys": (Visit("/staff/keys"),),
    "staff.show_new_key": (Visit("/staff/keys/new", no_scope), Visit("/staff/keys/new", new_key)),
    "staff.show_revoke_key": (
        Visit("/staff/keys/{key}/revoke"),
        Visit("/staff/keys/{other_key}/revoke", take_back),
    ),
    "staff.ask_code": (Visit("/staff/login/code"),),
    "staff.go_outside": (Visit("/staff/login/outside"),),
    "staff.come_back": (Visit("/staff/login/outside/back"),),
    "staff.show_own_account": (Visit("/staff/me"),),
    "staff.ask_password": (Visit("/staff/me/password"), Visit("/staff/me/password", send_nothing)),
    "staff.show_second_factor": (Visit("/staff/me/second-factor"),),
    "staff.show_accounts": (Visit("/staff/accounts"), Visit("/staff/accounts?q=khong-co-ai")),
    "staff.ask_account": (Visit("/staff/accounts/new"), Visit("/staff/accounts/new", faulty_account)),
    "staff.show_account": (Visit("/staff/accounts/can-bo-xa"), Visit("/staff/accounts/da-khoa"), Visit(MINE)),
    "staff.edit_account": (Visit("/staff/accounts/can-bo-xa/edit"),),
    "staff.ask_take_grant": (Visit("/staff/accounts/can-bo-xa", take_role),),
    "staff.ask_reset": (
        Visit("/staff/accounts/can-bo-xa/reset"),
        Visit("/staff/accounts/da-khoa/reset", send_nothing),
    ),
    "staff.ask_disable": (Visit("/staff/accounts/can-bo-xa/disable"),),
}

DOWNLOADS = {
    "staff.send_result",
    "staff.send_template",
    "staff.send_reconciliation",
    "staff.send_audit_log",
    "staff.send_roots",
    "staff.static",
    "staff.send_import_template",
    "staff.send_given_back",
}
"""Views that send a file and never a page: looked at one by one before they are added here."""

TROUBLE = ("/staff/khong-co", "/staff/results/khong-co", "/staff/counts/khong-co")
"""Addresses without a page."""


def make_full_app(folder: Path) -> Flask:
    """Return an application that has everything to show: thin and silent units, an empty survey."""
    made = make_staff_app(folder, ("public", "staff"))
    add_unit(made, "90001", "Trung tâm Phục vụ hành chính công đặc khu Hòn Mây Ngoài")
    for unit, forms in (("26734", 40), ("26737", 3)):
        add_answers(made, unit, forms)
    with made.extensions["parts"].store.writing() as session:
        session.get_one(Survey, "hai-long").simulated = True
        empty = Survey(
            **{c.name: getattr(session.get_one(Survey, "hai-long"), c.name) for c in Survey.__table__.c}
        )
        empty.id, empty.title_vi, empty.title_en = "chua-co", "Khảo sát quý sau", "The next survey"
        session.add(empty)
        add_person(session, "da-khoa", home="26737")
        session.get_one(StaffAccount, "da-khoa").active = False
        add_map_and_catalogue(session)
        session.commit()
    return made


def add_map_and_catalogue(session: Session) -> None:
    """Let a unit be split that is no more, another be continued, and one handle a procedure."""
    columns = "old_code;old_name;new_code;share;effective_date;legal_basis"
    split = ("27002;Xã Cũ;26737;0,6;01/07/2025;NQ 1", "27002;Xã Cũ;90001;0,4;01/07/2025;")
    merged = "26999;Xã Nhỏ;26737;;01/11/2026;"
    assert import_map(session, table(columns, *split, merged), account="a", may_change=anything).taken == 3
    procedure = table("unit_code;procedure_code;name", "26737;1.1;Cấp bản sao trích lục hộ tịch")
    import_catalogue(session, procedure, account="a", may_change=anything)


def places_of(app: Flask) -> dict[str, str]:
    """Return the addresses of what has to be made first."""
    client = client_of(app)
    for visit in VISITS["staff.show_results"]:
        # A page that is still being computed loads itself again, in the middle of the next visit.
        next(answer for _ in range(20) if (answer := client.get(visit.path)).status_code == HTTPStatus.OK)
    return {
        "reconciliation": str(upload(client, sheet(*GOOD)).location),
        "other_reconciliation": str(upload(client, sheet(*GOOD)).location),
        "key": add_key(app, "26734"),
        "other_key": add_key(app, None),
    }


def enter(page: Page, address: str, language: str = "vi") -> None:
    """Log in as a person does."""
    page.goto(f"{address}/staff/login?lang={language}")
    page.locator("#username").fill(NAME)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()


def unvisited(app: Flask) -> set[str]:
    """Return the views that answer a GET and are neither visited nor known to send a file."""
    asked = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    return {endpoint for endpoint in asked if endpoint.startswith("staff.")} - VISITS.keys() - DOWNLOADS
