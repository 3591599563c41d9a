"""What do staff see? Login, surveys, results with their files, and the reconciliation of tally sheets."""

from datetime import timedelta
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Flask
from flask_bootstrap import Bootstrap5

from survey_app import errors, security
from survey_app.services.access.grants import BeyondReach, OwnAccount
from survey_app.services.organisation.catalogue import NoSuchProcedure
from survey_app.services.organisation.units import NoSuchUnit
from survey_app.staff import counts, desk, gate, keys, look, results, surveys
from survey_app.staff.accounts import acts as account_acts
from survey_app.staff.accounts import directory as account_list
from survey_app.staff.accounts import own as own_account
from survey_app.staff.accounts import person as account_page
from survey_app.staff.accounts import second_factor
from survey_app.staff.entry import code, login, outside
from survey_app.staff.forms import StalePage
from survey_app.staff.gate import NotAllowed, OutOfReach, UploadTooLarge
from survey_app.staff.log import entries as audit
from survey_app.staff.log import roots as audit_roots
from survey_app.staff.organisation import forms as unit_forms
from survey_app.staff.organisation import imports as unit_imports
from survey_app.staff.organisation import procedures, units
from survey_app.staff.organisation import succession as unit_map
from survey_app.staff.trouble import trouble_page

_ABOUT_ACCOUNTS = (own_account, second_factor, account_list, account_page, account_acts)
_ABOUT_UNITS = (units, unit_forms, unit_imports, unit_map, procedures)
_STATIC = Path(__file__).parents[1] / "static"


def register(app: Flask) -> None:
    """Serve staff."""
    outside.refuse_missing_library(app.extensions["parts"].settings.provider)
    staff = Blueprint("staff", __name__, url_prefix="/staff", static_folder=_STATIC, static_url_path="/static")
    staff.before_request(look.remember)
    gate.guard(staff)
    for part in (login, code, outside, surveys, results, counts, *_ABOUT_UNITS, *_ABOUT_ACCOUNTS):
        part.register(staff)
    for part in (keys, audit, audit_roots):
        part.register(staff)
    app.register_blueprint(staff)
    _serve_bootstrap(app)
    desk.install(app)
    security.allow_sources(app, "staff", style_src="'self'", img_src="'self'")
    errors.dress(app, "/staff", trouble_page)
    errors.add_page(app, StalePage, HTTPStatus.BAD_REQUEST, "stale_page")
    errors.add_page(app, NotAllowed, HTTPStatus.FORBIDDEN, "not_allowed")
    errors.add_page(app, OwnAccount, HTTPStatus.FORBIDDEN, "own_account")
    for missing in (OutOfReach, BeyondReach, NoSuchUnit, NoSuchProcedure):
        errors.add_page(app, missing, HTTPStatus.NOT_FOUND, "not_found")
    errors.add_page(app, UploadTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "upload_too_large")


def _serve_bootstrap(app: Flask) -> None:
    """Serve the package's own copy of Bootstrap; its address is made from the application's static address.

    Browsers keep style sheets for long: the pages ask for them by version.
    """
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = timedelta(days=30)
    app.static_url_path = "/staff"
    Bootstrap5(app)
    app.jinja_env.globals["version_of"] = version_of


@cache
def version_of(name: str) -> str:
    """Return what changes when a file of ours does."""
    return sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
