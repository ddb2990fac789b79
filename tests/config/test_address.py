from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.config.address import host_of, is_loopback, is_ref, normal_url, passwords_in, ref_of

from .samples import REF, URL, jwt


@pytest.mark.parametrize(
    ("raw", "url", "wrong"),
    [
        (URL, URL, None),
        (URL + "/", URL, None),
        (URL.upper().replace("HTTPS", "https"), URL, None),
        ("http://127.0.0.1:54321", "http://127.0.0.1:54321", None),
        ("http://[::1]:54321/", "http://[::1]:54321", None),
        (f"{REF}.supabase.co", URL, "without https://"),
        (f"{URL}/rest/v1/", URL, "more than the base URL"),
        (f"https://supabase.com/dashboard/project/{REF}/settings/api", URL, "dashboard"),
        ("http://db.example.org", "http://db.example.org", "in the clear"),
        ("ftp://example.org", None, "no valid URL"),
        ("https://", None, "no valid URL"),
        ("https://a b", None, "no valid URL"),
        ("https://x:99999", None, "no valid URL"),
        ("sk-proj-abcdefgh", None, "no valid URL"),
        (jwt(), None, "no valid URL"),
    ],
)
def test_a_url_is_brought_into_its_normal_form(raw: str, url: str | None, wrong: str | None) -> None:
    found, phrases = normal_url(raw)
    assert found == url
    assert [phrase for phrase in phrases if wrong is None or wrong not in phrase] == []
    assert bool(phrases) == (wrong is not None)


def test_the_ref_is_the_first_label_of_a_hosted_url_only() -> None:
    assert ref_of(URL) == REF
    assert ref_of("https://api.example.org") is None
    assert ref_of(None) is None
    assert is_ref(REF)
    assert not is_ref("my-project")


def test_loopback_is_told_from_the_host_name() -> None:
    assert is_loopback("http://localhost:54321")
    assert is_loopback("http://[::1]:1")
    assert not is_loopback(URL)
    assert not is_loopback(None)


@given(st.text())
def test_any_text_has_a_normal_form_or_none(raw: str) -> None:
    url, phrases = normal_url(raw)
    assert (url is not None) or phrases
    assert url is None or host_of(url)


@pytest.mark.parametrize("password", ["Tr0ub4dor-and-3", "Tr0ub4dor@and@3", "Tr0ub4dor and 3", "Tr0ub4dor/and/3"])
@pytest.mark.parametrize("write", [str, lambda password: quote(password, safe="")])
def test_a_password_is_found_as_it_is_written_and_as_it_is_meant(password: str, write: Callable[[str], str]) -> None:
    found = set(passwords_in(f"postgresql://me:{write(password)}@db.example.org:5432/postgres"))
    assert {password, write(password)} <= found


def test_a_url_without_a_password_has_none() -> None:
    assert not list(passwords_in("https://project.supabase.co/a:b@c"))
    assert not list(passwords_in("host=db user=me"))
