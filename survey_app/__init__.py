"""Who answers, and who reads? The application: one process may serve respondents, staff, systems, or all."""

from collections.abc import Collection
from http import HTTPStatus
from importlib import import_module

import click
from flask import Flask, redirect, url_for
from flask.cli import FlaskGroup
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from analysis import periods
from survey_app import errors, health, parts, security
from survey_app.settings import Settings, surfaces_from
from survey_app.store.serving import serving_store


def create_app(settings: Settings | None = None, surfaces: Collection[str] | None = None) -> Flask:
    """Return the application with these surfaces; what is not given is read from the environment.

    A surface is the name of a package with a function ``register(app)``; it is imported here and nowhere else, so
    that a process which serves respondents holds nothing of the staff's.
    """
    if settings is None:
        if _looking_for_a_command():
            return _command_line()
        settings = Settings.from_environment()
    surfaces = surfaces_from() if surfaces is None else surfaces
    app = Flask(__name__, static_folder=None, instance_path=str(settings.instance))
    app.config.from_mapping(
        SECRET_KEY=settings.secret_key,
        TRUSTED_HOSTS=settings.hosts_of(surfaces),
        MAX_CONTENT_LENGTH=security.LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=security.LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-session" if settings.secure else "session",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_SAMESITE="Strict",
        PREFERRED_URL_SCHEME="https" if settings.secure else "http",
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    parts.install(app, parts.Parts(settings, serving_store(settings), periods.today))
    security.protect(app)
    errors.register(app)
    health.register(app)
    for surface in surfaces:
        import_module(f"{__name__}.{surface}").register(app)
    if "staff" in surfaces and "public" not in surfaces:
        app.add_url_rule("/", "lead_to_staff", _lead_to_staff)
    if settings.proxies:
        # Who asks and over which scheme is taken from this many servers of ours; the host is what they pass on.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]  # as Flask documents it
    return app


def _lead_to_staff() -> Response:
    """Lead from the bare host name to the pages of staff, where those of respondents are elsewhere."""
    return redirect(url_for("staff.show_surveys"), HTTPStatus.SEE_OTHER)


def _looking_for_a_command() -> bool:
    """Say whether the flask program loads the application only to find a command in it."""
    context = click.get_current_context(silent=True)
    return context is not None and isinstance(context.command, FlaskGroup)


def _command_line() -> Flask:
    """Return an application that serves nothing: ``prepare`` has to run before there are any settings."""
    app = Flask(__name__, static_folder=None)
    for command in import_module(f"{__name__}.commands").COMMANDS:
        app.cli.add_command(command)
    return app
