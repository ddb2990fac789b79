"""The keys of one sandbox project, and whom a request that carries one of them speaks for.

Shapes and refusals as documented for the hosted platform: Supabase's guides "API keys" and "Securing Edge Functions",
and the error codes page of Edge Functions.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jwt

Role = Literal["anon", "service_role"]
_TEN_YEARS = 315_360_000  # seconds; what the platform's own legacy keys live
_BROWSER = "Mozilla/"


@dataclass(frozen=True, repr=False)
class ProjectKeys:
    """Everything that opens a door of one project."""

    ref: str
    jwt_secret: str
    anon: str
    service_role: str
    publishable: str
    secret: str
    access_token: str
    scoped_token: str
    database_password: str
    foreign: str = ""
    """The service key of another project."""

    @classmethod
    def generate(cls, now: float | None = None) -> ProjectKeys:
        """New random keys for a new random project."""
        ref, other = _new_ref(), _new_ref()
        signer = secrets.token_urlsafe(48)
        issued = int(time.time() if now is None else now)
        return cls(
            ref=ref,
            jwt_secret=signer,
            anon=legacy_key(ref, "anon", signer, issued),
            service_role=legacy_key(ref, "service_role", signer, issued),
            publishable=f"sb_publishable_{_token(22)}_{_token(8)}",
            secret=f"sb_secret_{_token(22)}_{_token(8)}",
            access_token=f"sbp_0{secrets.token_hex(20)[1:]}",
            scoped_token=f"sbp_fc{secrets.token_hex(19)}",  # the prefix that tells them apart
            database_password=secrets.token_urlsafe(24),
            foreign=legacy_key(other, "service_role", secrets.token_urlsafe(48), issued),
        )

    def role_of(self, key: str) -> Role | None:
        """The role behind one of the project's four API keys; None for anything else."""
        roles: dict[str, Role] = {
            self.anon: "anon",
            self.publishable: "anon",
            self.service_role: "service_role",
            self.secret: "service_role",
        }
        return roles.get(key)


def legacy_key(ref: str, role: Role, signer: str, issued: int) -> str:
    """A legacy API key: an HS256 JWT with the platform's claims."""
    claims = {"iss": "supabase", "ref": ref, "role": role, "iat": issued, "exp": issued + _TEN_YEARS}
    return jwt.encode(claims, signer, algorithm="HS256")


def _new_ref() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(20))


def _token(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits + "-") for _ in range(length))


@dataclass(frozen=True)
class Refusal:
    """A 401 that the gateway gives: ``code`` goes into ``sb-error-code``, ``body`` is the JSON body."""

    body: Mapping[str, Any]
    code: str | None = None


def refuse_function_call(
    keys: ProjectKeys, headers: Mapping[str, str], *, new_keys_pass: bool = True
) -> Refusal | None:
    """What the gateway says to a call of a function with ``verify_jwt`` on; None where it lets it through.

    ``new_keys_pass``: the documents disagree about ``sb_`` keys here; the newest page lets them through.
    """
    authorization = headers.get("Authorization", "")
    if keys.secret in (headers.get("apikey"), authorization.removeprefix("Bearer ")) and _from_browser(headers):
        return _SECRET_IN_BROWSER
    if new_keys_pass and _new_key(keys, headers.get("apikey", "")):
        return None
    if not authorization:
        return _unauthorized("NO_AUTH_HEADER", "Missing authorization header")
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return _unauthorized("INVALID_JWT_FORMAT", "Auth header is not 'Bearer {token}'")
    if new_keys_pass and _new_key(keys, token):
        return None
    return _refuse_token(keys, token)


def _new_key(keys: ProjectKeys, text: str) -> bool:
    return text.startswith("sb_") and keys.role_of(text) is not None


def _refuse_token(keys: ProjectKeys, token: str) -> Refusal | None:
    try:
        algorithm = jwt.get_unverified_header(token).get("alg")
    except jwt.InvalidTokenError:
        return _unauthorized("INVALID_JWT_FORMAT", "Invalid JWT")
    if algorithm in ("ES256", "RS256"):  # the sandbox issues no such tokens
        return _unauthorized("ASYMMETRIC_JWT", "Invalid JWT")
    if algorithm != "HS256":
        return _unauthorized("UNSUPPORTED_TOKEN_ALGORITHM", f"Unsupported JWT algorithm {algorithm}")
    return None if _claims(keys, token) else _unauthorized("LEGACY_JWT", "Invalid JWT")


def _unauthorized(kind: str, message: str) -> Refusal:
    code = f"UNAUTHORIZED_{kind}"
    return Refusal({"code": code, "message": message}, code)


def _claims(keys: ProjectKeys, token: str) -> dict[str, Any] | None:
    try:
        return jwt.decode(token, keys.jwt_secret, algorithms=["HS256"], options={"verify_aud": False})
    except jwt.InvalidTokenError:
        return None


def _from_browser(headers: Mapping[str, str]) -> bool:
    return headers.get("User-Agent", "").startswith(_BROWSER)


def data_api_headers(
    keys: ProjectKeys, headers: Mapping[str, str], query: Mapping[str, str], *, legacy_keys: bool = True
) -> dict[str, str] | Refusal:
    """The credentials that Supabase Lite takes for what the caller brought, or the refusal.

    Lite knows only the new keys, and wants one in ``apikey``; hosted projects take the legacy JWTs as well, in either
    header. A user's own token is passed on. ``legacy_keys``: whether the project still takes the JWTs.
    """
    apikey = headers.get("apikey") or query.get("apikey", "")
    if not apikey:
        return _no_key("No API key found in request", "No `apikey` request header or url param was found.")
    role = keys.role_of(apikey)
    if role is None:
        return _unknown_key(apikey)
    if apikey == keys.secret and _from_browser(headers):
        return _SECRET_IN_BROWSER
    if apikey in (keys.anon, keys.service_role) and not legacy_keys:
        return _no_key("Legacy API keys are disabled", "Use the publishable and secret keys of this project.")
    bearer = headers.get("Authorization", "").partition(" ")[2]
    role = keys.role_of(bearer) or role
    passed_on = {} if not bearer or keys.role_of(bearer) else {"Authorization": f"Bearer {bearer}"}
    return {"apikey": keys.secret if role == "service_role" else keys.publishable, **passed_on}


def _unknown_key(apikey: str) -> Refusal:
    if apikey.startswith("sb_"):
        return _no_key(
            "Unregistered API key", "Double check the provided API key as it is not registered for this project."
        )
    return _no_key("Invalid API key", "Double check your Supabase `anon` or `service_role` API key.")


def _no_key(message: str, hint: str) -> Refusal:
    return Refusal({"message": message, "hint": hint})


_SECRET_IN_BROWSER = _no_key("Forbidden use of secret API key in browser", "Secret API keys are for servers alone.")
