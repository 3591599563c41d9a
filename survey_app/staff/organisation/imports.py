"""How do units, their map and procedures come in by file? Upload, what was taken, and what is given back."""

import csv
import io
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from analysis.wording import count
from survey_app.parts import parts
from survey_app.services import tallies
from survey_app.services.access.rights import Right
from survey_app.services.child import ChildBusy, ChildFailed, ChildRefused
from survey_app.services.organisation import sheet_reading, vietnam
from survey_app.services.organisation.import_catalogue import import_catalogue
from survey_app.services.organisation.import_succession import import_map
from survey_app.services.organisation.import_units import import_units
from survey_app.services.organisation.sheet import Outcome, Sheet, UnknownHeadings
from survey_app.staff import gate, reach
from survey_app.staff.gate import signed_in_access
from survey_app.staff.pages import page
from survey_app.staff.refusals import Complaint, read_refusal
from survey_app.staff.speech import language, phrases

MOST_SHOWN = 200

IMPORTERS: Mapping[str, Callable[..., Outcome]] = {
    "units": import_units,
    "map": import_map,
    "procedures": import_catalogue,
}

TEMPLATES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "units": (
        ("Mã đơn vị", "Tên đơn vị", "Loại", "Mã đơn vị cấp trên", "Từ ngày", "Đến ngày"),
        ("H01", "Sở Nội vụ", "sở", "79", "01/07/2025", ""),
        ("H01.1", "Phòng Cải cách hành chính", "phòng", "H01", "01/07/2025", ""),
    ),
    "map": (
        ("Mã cũ", "Tên cũ", "Mã mới", "Tỷ lệ", "Ngày hiệu lực", "Căn cứ pháp lý"),
        ("27001", "Xã Đồng Sen", "26734", "", "01/07/2025", "Nghị quyết số …"),
        ("27002", "Xã Gò Nắng", "26734", "0,6", "01/07/2025", "Nghị quyết số …"),
        ("27002", "Xã Gò Nắng", "26737", "0,4", "01/07/2025", "Nghị quyết số …"),
    ),
    "procedures": (
        ("Mã đơn vị", "Mã thủ tục", "Tên thủ tục", "Mã lĩnh vực", "Lĩnh vực"),
        ("26734", "1.001193", "Đăng ký khai sinh", "HT", "Hộ tịch"),
        ("", "1.004194", "Đăng ký tạm trú", "CT", "Cư trú"),
    ),
}
"""Tables that are accepted; offices fill in their own rows under the same headings."""


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/units/import", show_import, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/import", take_import, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, "/units/load-vietnam", load_country, Right.CHANGE_UNITS, method="POST")
    gate.serve(staff, "/units/import/template-<what>.csv", send_import_template, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/import/<report_id>", show_import_report, Right.CHANGE_UNITS)
    gate.serve(staff, "/units/import/<report_id>/given-back.csv", send_given_back, Right.CHANGE_UNITS)


def show_import() -> Response:
    """Ask for a file and say what must stand in it."""
    return _import_page(HTTPStatus.OK, request.args.get("what", ""))


def take_import() -> AnyResponse:
    """Take the good rows of a file, or say why the file as a whole cannot be read."""
    what = request.form.get("what", "")
    file = request.files.get("file")
    if what not in IMPORTERS or file is None or not file.filename:
        return _import_page(HTTPStatus.UNPROCESSABLE_ENTITY, what, problem="no_file")
    try:
        sheet = sheet_reading.read_upload(parts().settings, tallies.Upload(file.stream, _name(file), basis=""))
        outcome = _stored(what, sheet)
    except UnknownHeadings as refused:
        return _import_page(
            HTTPStatus.UNPROCESSABLE_ENTITY, what, problem="headings", said={"missing": _columns(refused.missing)}
        )
    except ChildRefused as refused:
        complaints = read_refusal(str(refused))
        return _import_page(HTTPStatus.UNPROCESSABLE_ENTITY, what, problem="refused", complaints=complaints)
    except ChildFailed as failed:
        said = {"reason": str(failed) or phrases()["counts"]["problems"]["unknown_reason"]}
        return _import_page(HTTPStatus.UNPROCESSABLE_ENTITY, what, problem="failed", said=said)
    except ChildBusy:
        response = _import_page(HTTPStatus.SERVICE_UNAVAILABLE, what, problem="busy")
        response.headers["Retry-After"] = "5"
        return response
    return _reported(what, outcome)


def load_country() -> AnyResponse:
    """Add the provinces and communes that are not there yet."""
    reach.require_whole(Right.CHANGE_UNITS)
    with parts().store.writing() as session:
        outcome = vietnam.load_vietnam(session, account=signed_in_access().username)
        session.commit()
    return _reported("units", outcome)


def show_import_report(report_id: str) -> Response:
    """Show what was taken and what is given back."""
    what, outcome = _report(report_id)
    rows = [(row.number, row.cells, _reason(row.reason, row.said)) for row in outcome.in_order()]
    return page(
        "units/import_report.html",
        what=what,
        outcome=outcome,
        count=partial(count, language=language()),
        rows=rows[:MOST_SHOWN],
        left_off=max(len(rows) - MOST_SHOWN, 0),
        report_id=report_id,
        trail=[
            (phrases()["units"]["title"], url_for("staff.show_units")),
            (phrases()["import"]["title"], url_for("staff.show_import", what=what)),
        ],
    )


def send_given_back(report_id: str) -> Response:
    """Send the rows that were not taken, with the reasons, to be mended and sent again."""
    what, outcome = _report(report_id)
    rows = [(*row.cells, _reason(row.reason, row.said)) for row in outcome.in_order()]
    return _csv([(*outcome.columns, phrases()["import"]["reason"]), *rows], f"dong-tra-lai-{what}.csv")


def send_import_template(what: str) -> Response:
    """Send a table that is accepted, as a file that Excel reads in Vietnamese."""
    if what not in TEMPLATES:
        raise NotFound
    return _csv(TEMPLATES[what], f"mau-{what}.csv")


def _stored(what: str, sheet: Sheet) -> Outcome:
    with parts().store.writing() as session:
        account = signed_in_access().username
        outcome = IMPORTERS[what](session, sheet, account=account, may_change=reach.may_change)
        session.commit()
    return outcome


def _reported(what: str, outcome: Outcome) -> AnyResponse:
    report_id = sheet_reading.keep_report(parts().settings, signed_in_access().username, what, outcome)
    return redirect(url_for("staff.show_import_report", report_id=report_id), HTTPStatus.SEE_OTHER)


def _report(report_id: str) -> tuple[str, Outcome]:
    found = sheet_reading.find_report(parts().settings, signed_in_access().username, report_id)
    if found is None:
        raise NotFound
    return found


def _reason(reason: str, said: Mapping[str, str]) -> str:
    return str(phrases()["import"]["reasons"][reason].format(**said))


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(phrases()["import"]["columns"][name] for name in names)


def _name(file: FileStorage) -> str:
    return file.filename or ""


def _csv(rows: list[tuple[str, ...]] | tuple[tuple[str, ...], ...], name: str) -> Response:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _import_page(
    status: HTTPStatus,
    what: str,
    *,
    problem: str = "",
    complaints: list[Complaint] | None = None,
    said: Mapping[str, str] | None = None,
) -> Response:
    words = phrases()["import"]["problems"]
    return page(
        "units/import.html",
        status,
        chosen=what if what in IMPORTERS else "units",
        kinds=list(IMPORTERS),
        templates=TEMPLATES,
        said=words[problem].format(**(said or {})) if problem else "",
        complaints=complaints or [],
        may_load=reach.has_whole(Right.CHANGE_UNITS),
        trail=[(phrases()["units"]["title"], url_for("staff.show_units"))],
    )
