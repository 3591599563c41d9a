"""How is a tally sheet checked before anybody signs it? Upload, reconciliation on screen, files for a day."""

import csv
import io
from http import HTTPStatus

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from analysis.table import IndexTable
from analysis.wording import BASES
from survey_app.parts import parts
from survey_app.services import scoring, tallies
from survey_app.services.access.rights import Right
from survey_app.services.child import ChildBusy, ChildFailed, ChildRefused
from survey_app.services.log import audit
from survey_app.staff import gate, messages
from survey_app.staff.downloads import downloads, send_report
from survey_app.staff.gate import signed_in_access
from survey_app.staff.index_page import index_context
from survey_app.staff.outgoing import hand_out
from survey_app.staff.pages import confirmation, page
from survey_app.staff.refusals import Complaint, read_refusal
from survey_app.staff.speech import language, phrases

_TEMPLATE = (
    (
        "Đơn vị",
        "Kỳ báo cáo",
        "Số phiếu phát ra",
        "Số phiếu thu về",
        "Tiêu chí",
        "Mức",
        "Điểm",
        "Số phiếu",
        "Tỷ lệ in",
    ),
    ("Xã Đồng Sen", "2026-Q3", "120", "105", "Thời gian giải quyết", "Rất hài lòng", "1", "41", "39,05"),
    ("Xã Đồng Sen", "2026-Q3", "120", "105", "Thời gian giải quyết", "Hài lòng", "1", "52", "49,52"),
    ("Xã Đồng Sen", "2026-Q3", "120", "105", "Thời gian giải quyết", "Không hài lòng", "0", "12", "11,43"),
)
"""A table that the reconciliation accepts; offices fill in their own rows under the same headings."""


def register(staff: Blueprint) -> None:
    """Add the views to the blueprint."""
    gate.serve(staff, "/counts", show_counts, Right.RECONCILE_COUNTS)
    gate.serve(staff, "/counts", take_counts, Right.RECONCILE_COUNTS, method="POST")
    gate.serve(staff, "/counts/template.csv", send_template, Right.RECONCILE_COUNTS)
    gate.serve(staff, "/counts/<upload_id>", show_reconciliation, Right.RECONCILE_COUNTS)
    gate.serve(staff, "/counts/<upload_id>/delete", ask_delete_reconciliation, Right.RECONCILE_COUNTS)
    gate.serve(staff, "/counts/<upload_id>/delete", delete_reconciliation, Right.RECONCILE_COUNTS, method="POST")
    gate.serve(staff, "/counts/<upload_id>/<name>", send_reconciliation, Right.RECONCILE_COUNTS)


def show_counts() -> Response:
    """Ask for a file, explain what must stand in it, and list what was uploaded before."""
    return _counts_page(HTTPStatus.OK)


def take_counts() -> AnyResponse:
    """Reconcile a file, or say what is wrong with it and keep nothing."""
    file = request.files.get("file")
    if file is None or not file.filename:
        return _counts_page(HTTPStatus.UNPROCESSABLE_ENTITY, problem="no_file")
    if _is_too_large(file):
        return _counts_page(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, problem="too_large")
    try:
        upload = tallies.Upload(file.stream, file.filename, _basis())
        upload_id = tallies.take_upload(parts().settings, signed_in_access().username, upload)
    except ChildRefused as refused:
        return _counts_page(
            HTTPStatus.UNPROCESSABLE_ENTITY, problem="refused", complaints=read_refusal(str(refused))
        )
    except ChildFailed as failed:
        return _counts_page(HTTPStatus.UNPROCESSABLE_ENTITY, problem="failed", reason=str(failed))
    except ChildBusy:
        response = _counts_page(HTTPStatus.SERVICE_UNAVAILABLE, problem="busy")
        response.headers["Retry-After"] = "5"
        return response
    _record("reconciliation.made", upload_id)
    return redirect(url_for("staff.show_reconciliation", upload_id=upload_id), HTTPStatus.SEE_OTHER)


def show_reconciliation(upload_id: str) -> Response:
    """Show what was found, and the shares with their intervals."""
    folder = tallies.reports_of(parts().settings, signed_in_access().username, upload_id)
    if folder is None:
        raise NotFound
    table = scoring.read_index(folder)
    return page(
        "reconciliation.html",
        upload_id=upload_id,
        file=_file_of(table),
        downloads=downloads(
            folder,
            tallies.FILES,
            address=lambda name: url_for("staff.send_reconciliation", upload_id=upload_id, name=name),
        ),
        **index_context(table, language()),
    )


def send_reconciliation(upload_id: str, name: str) -> Response:
    """Send a file of an upload's reports."""
    folder = tallies.reports_of(parts().settings, signed_in_access().username, upload_id)
    response = send_report(folder, name, names=tallies.FILES, prefix="doi-soat")
    return hand_out(response, "reconciliation.downloaded", file=name, upload=upload_id)


def ask_delete_reconciliation(upload_id: str) -> Response:
    """Ask before an upload's reports are deleted."""
    return confirmation(
        "delete_reconciliation",
        back=url_for("staff.show_reconciliation", upload_id=upload_id),
        file=_kept_file(upload_id),
    )


def delete_reconciliation(upload_id: str) -> AnyResponse:
    """Delete an upload's reports before their day is over."""
    file = _kept_file(upload_id)
    _record("reconciliation.deleted", upload_id)
    tallies.delete_upload(parts().settings, signed_in_access().username, upload_id)
    messages.say("reconciliation_deleted", file=file)
    return redirect(url_for("staff.show_counts"), HTTPStatus.SEE_OTHER)


def send_template() -> Response:
    """Send the example table as a file that Excel reads in Vietnamese."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(_TEMPLATE)
    response = Response(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename="mau-bang-tong-hop.csv")
    return response


def _record(event: str, upload_id: str) -> None:
    with parts().store.writing() as session:
        audit.record(session, event, account=signed_in_access().username, upload=upload_id)
        session.commit()


def _counts_page(
    status: HTTPStatus, *, problem: str = "", complaints: list[Complaint] | None = None, reason: str = ""
) -> Response:
    settings, account = parts().settings, signed_in_access().username
    kept = []
    for upload_id in tallies.uploads_of(settings, account):
        folder = tallies.reports_of(settings, account, upload_id)
        if folder is not None:
            kept.append(
                (upload_id, _file_of(scoring.read_index(folder)), f"{tallies.uploaded_at(folder):%H:%M %d/%m/%Y}")
            )
    said = (
        phrases()["counts"]["problems"][problem].format(
            reason=reason or phrases()["counts"]["problems"]["unknown_reason"]
        )
        if problem
        else ""
    )
    heading, *rows = _TEMPLATE
    bases = [(basis, text.in_language(language())) for basis, text in BASES.items()]
    return page(
        "counts.html",
        status,
        said=said,
        complaints=complaints or [],
        heading=heading,
        rows=rows,
        kept=kept,
        bases=bases,
        chosen_basis=_basis(),
    )


def _basis() -> str:
    """Return how the forms came in, the most cautious way where nothing else was said."""
    said = request.form.get("basis", "")
    return said if said in BASES else "voluntary"


def _kept_file(upload_id: str) -> str:
    """Return the name of the file whose reports the account has; 404 where it has none (any more)."""
    folder = tallies.reports_of(parts().settings, signed_in_access().username, upload_id)
    if folder is None:
        raise NotFound
    return _file_of(scoring.read_index(folder))


def _file_of(table: IndexTable) -> str:
    return ", ".join(name for name, _ in table.provenance.inputs)


def _is_too_large(file: FileStorage) -> bool:
    size = file.stream.seek(0, io.SEEK_END)
    file.stream.seek(0)
    return size > tallies.LARGEST_FILE
