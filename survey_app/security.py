"""What may a browser do with our pages, and which requests are refused unread? Headers and limits."""

import gzip
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from survey_app.parts import parts
from survey_app.style import trusted_sources

LARGEST_BODY = 64_000
"""Bytes; a surface that takes files raises ``request.max_content_length`` in the one view that needs it."""

MOST_FIELDS = 500
SMALLEST_GZIP = 1024

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_COMPRESSED = ("text/", "application/json", "image/svg+xml")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
_POLICY = {
    "default-src": ("'none'",),
    "img-src": ("data:",),
    "form-action": ("'self'",),
    "base-uri": ("'none'",),
    "frame-ancestors": ("'none'",),
}


class CrossSitePost(PermissionError):
    """A page of another site sent this form."""


def protect(app: Flask) -> None:
    """Put headers on every response, compress text, and refuse what other sites send."""
    app.extensions["sources"] = {}
    app.before_request(_refuse_impossible_addresses)
    app.before_request(_refuse_cross_site_posts)
    app.after_request(_add_headers)
    app.after_request(_compress)


def allow_sources(app: Flask, blueprint: str, **sources: str) -> None:
    """Let the pages of a blueprint load more: ``allow_sources(app, "staff", style_src="'self'")``."""
    app.extensions["sources"][blueprint] = {name.replace("_", "-"): (value,) for name, value in sources.items()}


def use_sources(blueprint: str) -> None:
    """Let the present response load what the pages of a blueprint may, whatever was asked for."""
    g.page_of = blueprint


def read_fields() -> dict[str, list[str]]:
    """Return every field of the form that was sent, refusing bodies with more fields than any form has."""
    fields = request.form.to_dict(flat=False)
    if sum(map(len, fields.values())) > MOST_FIELDS:
        raise RequestEntityTooLarge
    return fields


def accepts_gzip() -> bool:
    """Say whether the browser reads compressed pages."""
    return request.accept_encodings.quality("gzip") > 0


def _refuse_impossible_addresses() -> None:
    """Refuse an address that nothing can have: PostgreSQL keeps no text with a NUL and fails when asked for it."""
    if "\0" in request.path:
        raise NotFound


def _refuse_cross_site_posts() -> None:
    """Refuse what a browser says to come from another site.

    The respondents' form has no cookie that a token could be bound to. Old browsers say nothing, and say ``null``
    under our referrer policy: they pass, for what they could send anybody may send without a browser.
    """
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    if site is not None:
        refused = site not in {"same-origin", "none"}
    else:
        refused = origin != "null" and urlsplit(origin).netloc != request.host
    if refused:
        raise CrossSitePost


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", _content_policy())
    if parts().settings.secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _content_policy() -> str:
    allowed: dict[str, tuple[str, ...]] = dict(_POLICY)
    for name, values in current_app.extensions["sources"].get(g.get("page_of", request.blueprint), {}).items():
        allowed[name] = (*allowed.get(name, ()), *values)
    allowed["style-src"] = (*allowed.get("style-src", ()), *trusted_sources())
    return "; ".join(f"{name} {' '.join(values)}" for name, values in allowed.items())


def _compress(response: Response) -> Response:
    body_is_text = (response.mimetype or "").startswith(_COMPRESSED) and not response.is_streamed
    if not body_is_text or response.direct_passthrough or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    if accepts_gzip() and len(response.get_data()) >= SMALLEST_GZIP:
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
