from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.config.keys import read_key
from diag.secret import Secret

from .samples import NOW, PUBLISHABLE_KEY, REF, SECRET_KEY, TOKEN, jwt

LOCAL_SECRET = "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz"


@pytest.mark.parametrize(
    ("key", "kind", "role"),
    [
        (jwt(), "legacy-jwt", "service_role"),
        (jwt("anon"), "legacy-jwt", "anon"),
        (SECRET_KEY, "secret", "service_role"),
        (PUBLISHABLE_KEY, "publishable", "anon"),
        (TOKEN, "pat", None),
        ("sbp_fc0123456789abcdef0123456789abcdef", "pat", None),
        (jwt("authenticated", iss=f"https://{REF}.supabase.co/auth/v1", sub="u"), "user-jwt", "authenticated"),
        (jwt(iss="supabase-demo"), "local-demo", "service_role"),
        (LOCAL_SECRET, "local-demo", "service_role"),
        ("sk-proj-abcdefghijklmnop", "unknown", None),
    ],
)
def test_the_shape_tells_kind_and_role(key: str, kind: str, role: str | None) -> None:
    facts = read_key(Secret(key))
    assert (facts.kind, facts.role) == (kind, role)


def test_a_legacy_key_tells_its_project_and_its_expiry() -> None:
    facts = read_key(Secret(jwt()), NOW)
    assert facts.ref == REF
    assert facts.expires_at is not None
    assert facts.expires_at.year == 2033
    assert facts.problems == ()


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        (jwt(exp=1_700_000_001), "expired on 2023-11-14"),
        (jwt()[:60], "cut off"),
        ("sb_secret_Qw3rTy", "too short"),
        ("sb_secret_Qw3rT························", "masked copy"),
        ("sbp_0123456789", "not the shape of a personal access token"),
        (SECRET_KEY + "\u200b", "characters that no key has"),
        ("hunter2", "shape of no Supabase key"),
    ],
)
def test_a_spoilt_key_says_what_is_wrong(key: str, problem: str) -> None:
    assert any(problem in one for one in read_key(Secret(key), NOW).problems)


def test_only_a_jwt_may_travel_as_bearer() -> None:
    assert read_key(Secret(jwt())).is_jwt
    assert read_key(Secret(jwt(iss="supabase-demo"))).is_jwt
    assert not read_key(Secret(SECRET_KEY)).is_jwt
    assert not read_key(Secret(LOCAL_SECRET)).is_jwt


@given(st.one_of(st.text(), st.text().map(lambda text: "eyJ" + text), st.binary().map(lambda raw: jwt(ref=raw.hex()))))
def test_reading_never_raises(text: str) -> None:
    facts = read_key(Secret(text), NOW)
    assert facts.kind in ("legacy-jwt", "secret", "publishable", "user-jwt", "pat", "local-demo", "unknown")
