"""What does every response carry, and what is refused before it is read?"""

import gzip
import re
import time
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from survey_app import create_app, security
from survey_app.public.script import script_version
from tests.survey_app.building import FORM, FORM_ID, make_settings, prepare

EVERY_ANSWER = [
    ("GET", "/", 200),
    ("GET", "/s/hai-long", 200),
    ("GET", FORM, 200),
    ("GET", f"{FORM}/cam-on", 200),
    ("POST", FORM, 422),
    ("GET", "/s/khong-co", 404),
    ("GET", "/s/hai-long/khong-co", 404),
    ("GET", "/livez", 200),
    ("GET", "/healthz", 200),
    ("GET", "/khong-co", 404),
    ("PUT", FORM, 405),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERY_ANSWER)
def test_every_response_carries_the_headers_that_bind_a_browser(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    response = client.open(path, method=method)
    assert response.status_code == status
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }.items():
        assert response.headers[name] == value
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in response.headers


def test_every_style_of_the_form_is_named_in_its_policy_and_nothing_else(client: FlaskClient) -> None:
    for response in (client.get(FORM), client.post(FORM)):
        styles = re.findall(r"<style>(.*?)</style>", response.text, re.DOTALL)
        hashes = {f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in styles}
        allowed = re.search(r"style-src ([^;]*)", response.headers["Content-Security-Policy"])
        assert allowed is not None
        assert len(styles) == 2
        assert set(allowed[1].split()) == hashes
        assert re.findall("<script[^>]*>[^<]*", response.text) == [
            f'<script src="/form.{script_version()}.js" defer>'
        ]
        assert not re.search(r' style="| on\w+=', response.text)


def test_the_script_is_kept_for_ever_under_its_version_and_no_other_version_is_served(client: FlaskClient) -> None:
    reply = client.get(f"/form.{script_version()}.js")
    assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert reply.content_type == "text/javascript; charset=utf-8"
    assert not re.search(r"\beval\b|new Function|innerHTML|^\s*//", reply.text, re.MULTILINE)
    other = client.get("/form.0123456789ab.js")
    assert (other.status_code, other.headers["Cache-Control"]) == (404, "no-store")


def test_over_https_browsers_are_told_to_stay_there(tmp_path: Path) -> None:
    settings = make_settings(tmp_path, "https://localhost")
    prepare(settings)
    app = create_app(settings, ("public",))
    assert "max-age" in app.test_client().get("/").headers["Strict-Transport-Security"]
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://xau.example"}, 403),
        ({"Origin": "http://localhost.xau.example"}, 403),
        ({"Origin": "https://localhost:8443"}, 403),
    ],
)
def test_a_form_sent_from_another_site_is_refused(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    assert client.post(FORM, data={"A1": "4", "form_id": FORM_ID}, headers=headers).status_code == status


@pytest.mark.parametrize(
    "host", ["xau.example", "localhost.xau.example", "localhost@xau.example", "127.0.0.2", "[::"]
)
def test_a_request_for_another_host_is_refused_and_nothing_of_it_is_repeated(
    client: FlaskClient, host: str
) -> None:
    response = client.get("/", headers={"Host": host})
    assert response.status_code == 400
    assert "xau" not in response.text
    assert "nosniff" in response.headers["X-Content-Type-Options"]


@pytest.mark.parametrize(
    "body",
    [
        "A1=4&Y1=" + "a" * 65_000,
        "Y1=" + "a" * 10_000_000,
        "&".join(f"a{n}=1" for n in range(5_000)),
        "A1=1&" * 10_000,
    ],
    ids=["65 kB", "10 MB", "5.000 fields", "10.000 fields of one name"],
)
def test_an_oversize_body_is_refused_at_once(client: FlaskClient, body: str) -> None:
    began = time.perf_counter()
    response = client.post(FORM, data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 413
    assert "quá dài" in response.text
    assert time.perf_counter() - began < 0.5


def test_text_is_compressed_where_the_browser_reads_it(client: FlaskClient) -> None:
    for path in ("/", FORM):
        packed = client.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert int(packed.headers["Content-Length"]) == len(packed.data)
        assert b"</html>" in gzip.decompress(packed.data)
        for refused in ("identity", "gzip;q=0", ""):
            plain = client.get(path, headers={"Accept-Encoding": refused})
            assert "Content-Encoding" not in plain.headers
            assert b"</html>" in plain.data


def test_a_surface_may_allow_its_own_pages_more_and_no_other(app: Flask) -> None:
    @app.get("/nhan-vien")
    def staff() -> Response:
        return Response("x")

    app.view_functions["staff.page"] = app.view_functions["staff"]
    app.add_url_rule("/staff", endpoint="staff.page", view_func=staff)
    security.allow_sources(app, "staff", script_src="'self'", style_src="'self'", img_src="'self'")
    policy = app.test_client().get("/staff").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "img-src data: 'self'" in policy
    assert "script-src" not in app.test_client().get("/").headers["Content-Security-Policy"]
