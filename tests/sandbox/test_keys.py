"""Whom a request speaks for, and how the gateway refuses."""

from __future__ import annotations

import jwt
import pytest

from diag.config.keys import read_key
from diag.sandbox.keys import ProjectKeys, Refusal, data_api_headers, refuse_function_call
from diag.secret import Secret

KEYS = ProjectKeys.generate()
OTHER = ProjectKeys.generate()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def claims(**changes: object) -> dict[str, object]:
    return {"iss": "supabase", "ref": KEYS.ref, "role": "anon", **changes}


def test_every_project_has_keys_of_its_own() -> None:
    assert KEYS.ref != OTHER.ref
    assert KEYS.service_role != OTHER.service_role
    assert KEYS.secret != OTHER.secret


def test_legacy_keys_read_offline_as_a_hosted_projects_do() -> None:
    facts = read_key(Secret(KEYS.service_role))
    assert (facts.kind, facts.role, facts.ref) == ("legacy-jwt", "service_role", KEYS.ref)


def test_new_keys_and_token_have_the_documented_shapes() -> None:
    assert read_key(Secret(KEYS.secret)).kind == "secret"
    assert read_key(Secret(KEYS.publishable)).kind == "publishable"
    assert read_key(Secret(KEYS.access_token)).kind == "pat"


@pytest.mark.parametrize("name", ["anon", "service_role"])
def test_legacy_keys_pass_the_gateways_check(name: str) -> None:
    assert refuse_function_call(KEYS, bearer(getattr(KEYS, name))) is None


def test_a_users_token_of_the_project_passes() -> None:
    token = jwt.encode({"role": "authenticated", "sub": "u", "aud": "authenticated"}, KEYS.jwt_secret, "HS256")
    assert refuse_function_call(KEYS, bearer(token)) is None


def test_new_keys_pass_in_either_header_by_the_newest_documents() -> None:
    assert refuse_function_call(KEYS, {"apikey": KEYS.secret}) is None
    assert refuse_function_call(KEYS, bearer(KEYS.publishable)) is None


def test_new_keys_are_refused_by_the_older_documents() -> None:
    assert refuse_function_call(KEYS, {"apikey": KEYS.secret}, new_keys_pass=False) is not None


REFUSED = [
    ({}, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header"),
    ({"apikey": KEYS.service_role}, "UNAUTHORIZED_NO_AUTH_HEADER", "Missing authorization header"),
    ({"Authorization": "Basic abc"}, "UNAUTHORIZED_INVALID_JWT_FORMAT", "Auth header is not 'Bearer {token}'"),
    (bearer("nonsense"), "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT"),
    (bearer(OTHER.secret), "UNAUTHORIZED_INVALID_JWT_FORMAT", "Invalid JWT"),
    (bearer(OTHER.service_role), "UNAUTHORIZED_LEGACY_JWT", "Invalid JWT"),
    (bearer(jwt.encode(claims(exp=1), KEYS.jwt_secret, "HS256")), "UNAUTHORIZED_LEGACY_JWT", "Invalid JWT"),
    (bearer(jwt.encode(claims(), "x" * 64, "HS512")), "UNAUTHORIZED_UNSUPPORTED_TOKEN_ALGORITHM", "HS512"),
]


@pytest.mark.parametrize(("headers", "code", "message"), REFUSED)
def test_refusals_carry_the_documented_code_and_message(headers: dict[str, str], code: str, message: str) -> None:
    refusal = refuse_function_call(KEYS, headers)
    assert refusal is not None
    assert refusal.code == refusal.body["code"] == code
    assert message in refusal.body["message"]


@pytest.mark.parametrize("name", ["service_role", "secret"])
def test_the_data_api_takes_both_kinds_of_service_key(name: str) -> None:
    key = getattr(KEYS, name)
    assert data_api_headers(KEYS, {"apikey": key}, {}) == {"apikey": KEYS.secret}
    assert data_api_headers(KEYS, {"apikey": key, **bearer(key)}, {}) == {"apikey": KEYS.secret}


def test_the_bearer_decides_the_role_where_both_headers_are_there() -> None:
    headers = {"apikey": KEYS.anon, **bearer(KEYS.service_role)}
    assert data_api_headers(KEYS, headers, {}) == {"apikey": KEYS.secret}


def test_an_anon_key_stays_an_anon_key() -> None:
    assert data_api_headers(KEYS, {"apikey": KEYS.anon, **bearer(KEYS.anon)}, {}) == {"apikey": KEYS.publishable}


def test_a_users_token_is_passed_on() -> None:
    found = data_api_headers(KEYS, {"apikey": KEYS.anon, **bearer("a.b.c")}, {})
    assert found == {"apikey": KEYS.publishable, "Authorization": "Bearer a.b.c"}


def test_the_key_may_stand_in_the_query() -> None:
    assert data_api_headers(KEYS, {}, {"apikey": KEYS.anon}) == {"apikey": KEYS.publishable}


NO_KEY = [
    ({}, "No API key found in request"),
    (bearer(KEYS.service_role), "No API key found in request"),
    ({"apikey": "nonsense"}, "Invalid API key"),
    ({"apikey": OTHER.service_role}, "Invalid API key"),
    ({"apikey": OTHER.secret}, "Unregistered API key"),
    ({"apikey": KEYS.secret, "User-Agent": "Mozilla/5.0"}, "Forbidden use of secret API key in browser"),
]


@pytest.mark.parametrize(("headers", "message"), NO_KEY)
def test_the_data_api_refuses_with_the_documented_message(headers: dict[str, str], message: str) -> None:
    refusal = data_api_headers(KEYS, headers, {})
    assert isinstance(refusal, Refusal)
    assert refusal.body["message"] == message
