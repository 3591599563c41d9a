"""What is a login at another system like from its side? A small provider of OpenID Connect on loopback."""

import secrets
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response as AnyResponse

CLIENT_ID, CLIENT_SECRET = "khao-sat", "bi-mat-bi-mat-bi-mat-bi-mat-bi-mat"
PERSON = {"sub": "u-1945", "email": "can.bo@tinh.example", "email_verified": True}


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - the name is werkzeug's
        """Write nothing."""


@dataclass
class OutsideSystem:
    """The provider; ``spoil`` replaces claims of the next token, ``key`` signs it."""

    address: str = ""
    key: RSAKey | OctKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    algorithm: str = "RS256"
    spoil: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    published: RSAKey | None = None

    def app(self) -> Flask:
        """Return the provider's own application."""
        app = Flask("provider")
        self.published = self.key if isinstance(self.key, RSAKey) else None
        app.add_url_rule("/.well-known/openid-configuration", view_func=self.metadata)
        app.add_url_rule("/authorize", view_func=self.authorize)
        app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        app.add_url_rule("/keys", view_func=self.keys)
        return app

    def metadata(self) -> Response:
        """Say where everything is."""
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return jsonify({"issuer": self.address, **{name: f"{self.address}/{at}" for name, at in places.items()}})

    def authorize(self) -> AnyResponse:
        """Let everybody in as the one person there is, and send the browser back with a code."""
        code = secrets.token_urlsafe(16)
        self.asked[code] = request.args.to_dict()
        return redirect(f"{request.args['redirect_uri']}?code={code}&state={request.args['state']}")

    def token(self) -> tuple[Response, int]:
        """Exchange a code once, for who knows the client's secret and the verifier behind the challenge."""
        asked = self.asked.pop(request.form["code"], None)
        login = request.authorization
        challenge = urlsafe_b64encode(sha256(request.form["code_verifier"].encode()).digest()).decode().rstrip("=")
        known = login is not None and (login.username, login.password) == (CLIENT_ID, CLIENT_SECRET)
        if (
            asked is None
            or not known
            or (asked["code_challenge"], asked["code_challenge_method"]) != (challenge, "S256")
        ):
            return jsonify(error="invalid_grant"), 400
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {**PERSON, **self.spoil}
        claims = {name: value for name, value in claims.items() if value is not None}
        signed = jwt.encode({"alg": self.algorithm, "kid": "k1"}, claims, self.key, algorithms=[self.algorithm])
        return jsonify(access_token="x", token_type="Bearer", id_token=signed), 200

    def keys(self) -> Response:
        """Publish the key that signs."""
        assert self.published is not None
        return jsonify(keys=[self.published.as_dict(private=False)])


@contextmanager
def serving() -> Iterator[OutsideSystem]:
    """Run the provider on a free port of this machine."""
    system = OutsideSystem()
    server = make_server("127.0.0.1", 0, system.app(), threaded=True, request_handler=_Silent)
    system.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
