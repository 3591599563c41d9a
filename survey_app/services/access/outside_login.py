"""Whom does another system say this is? The code flow of OpenID Connect, every answer of the provider checked.

Authlib is an extra (``pip install '.[oidc]'``): this module is imported only where a provider is set.
"""

import secrets
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey_app.settings import Provider
from survey_app.store.models import StaffAccount

SECONDS = 5
"""How long the provider may take for one answer."""

LEEWAY_SECONDS = 60
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
"""Signatures with a key pair alone: neither none nor a shared secret."""

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderUnavailable(RuntimeError):
    """The provider cannot be reached, or does not answer as OpenID Connect says."""


class IdentityRefused(PermissionError):
    """What came back does not prove who this is."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What binds an answer to the browser that asked: kept in the session until the answer comes."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> "Attempt":
        """Return one that nobody can guess."""
        return cls(*(secrets.token_urlsafe(48) for _ in range(3)))

    def kept(self) -> dict[str, str]:
        """Return what the session keeps."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Client:
    """The installation as the provider knows it; ``redirect_uri`` is where answers come to."""

    provider: Provider
    redirect_uri: str

    def address_of(self, attempt: Attempt) -> str:
        """Return the provider's page to which the browser is sent."""
        with self._session() as session:
            address, _ = session.create_authorization_url(
                self._metadata()["authorization_endpoint"],
                state=attempt.state,
                nonce=attempt.nonce,
                code_verifier=attempt.verifier,
            )
        return str(address)

    def identity(self, attempt: Attempt, *, state: str, code: str) -> dict[str, Any]:
        """Return the claims of the person; raise IdentityRefused or ProviderUnavailable."""
        if not code or not secrets.compare_digest(state.encode(), attempt.state.encode()):
            raise IdentityRefused("state")
        metadata = self._metadata()
        try:
            with self._session() as session:
                token = session.fetch_token(
                    metadata["token_endpoint"], code=code, code_verifier=attempt.verifier, timeout=SECONDS
                )
        except OAuthError as refused:
            raise IdentityRefused(str(refused.error)) from None
        except (requests.RequestException, ValueError) as trouble:
            raise ProviderUnavailable from trouble
        return self._checked(token, attempt.nonce, _fetched(metadata["jwks_uri"]))

    def _checked(self, token: dict[str, Any], nonce: str, keys: Any) -> dict[str, Any]:  # noqa: ANN401 — whatever the provider sent
        expected = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.provider.client_id},
        }
        params = {
            "nonce": nonce,
            "client_id": self.provider.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            read = jwt.decode(str(token["id_token"]), KeySet.import_key_set(keys), algorithms=ALGORITHMS)
            claims = CodeIDToken(read.claims, read.header, expected, params)
            claims.validate(leeway=LEEWAY_SECONDS)
        except (JoseError, ValueError, KeyError, TypeError) as wrong:
            raise IdentityRefused(type(wrong).__name__) from None
        return dict(read.claims)

    def _metadata(self) -> dict[str, str]:
        metadata = _fetched(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        sound = isinstance(metadata, dict) and metadata.get("issuer") == self.provider.issuer
        if not sound or not all(_is_safe(metadata.get(name)) for name in _ENDPOINTS):
            raise ProviderUnavailable
        return dict(metadata)

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self.provider.client_id,
            self.provider.client_secret,
            scope="openid email",
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
        )


def linked_account(session: Session, provider: Provider, claims: dict[str, Any]) -> StaffAccount | None:
    """Return the account that an admin linked with this person, None where there is none: none is ever made here.

    An e-mail address counts only where the provider says that it was verified.
    """
    named = StaffAccount.subject == str(claims["sub"])
    if claims.get("email_verified") is True and claims.get("email"):
        # Addresses are typed with capitals or without; ids at a provider tell them apart.
        named = or_(named, func.lower(StaffAccount.subject) == str(claims["email"]).lower())
    query = select(StaffAccount).where(StaffAccount.issuer == provider.issuer, named)
    found = list(session.scalars(query))
    return found[0] if len(found) == 1 and found[0].active else None


def _fetched(address: str) -> Any:  # noqa: ANN401 — JSON of any shape
    try:
        answer = requests.get(address, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (requests.RequestException, ValueError) as trouble:
        raise ProviderUnavailable from trouble


def _is_safe(address: object) -> bool:
    """Say whether this is an address over https, or one of this very machine."""
    parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme, parts.hostname) == ("http", "127.0.0.1")
    )
