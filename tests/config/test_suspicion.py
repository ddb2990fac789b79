from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.config.suspicion import faults, is_placeholder, tidy

from .samples import PUBLISHABLE_KEY, SECRET_KEY, TOKEN, URL, jwt


@pytest.mark.parametrize(
    "value",
    [
        "your-key-here", "your_service_role_key", "YOUR-ANON-KEY", "changeme", "change_me_please", "<service key>",
        "xxx", "XXXXXXXX", "sk-xxxxxxxx", "sk-...", "...", "[YOUR-PASSWORD]", "{{ key }}", "TODO", "replace-me",
        "https://your-project.supabase.co", "https://<ref>.supabase.co", "https://xxxx.supabase.co", "eyJ...",
        "openai_api_key_here", '"your-key"', "sb_secret_...",
    ],
)  # fmt: skip
def test_what_an_example_file_holds_is_a_placeholder(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value",
    [
        SECRET_KEY, PUBLISHABLE_KEY, TOKEN, URL, jwt(), "us-east-1", "AKIAIOSFODNN7RQ5WZ3P", "sk-proj-9fK2mQ",
        "http://127.0.0.1:54321", "https://abcdefghijklmnopqrst.supabase.co", "exchange", "abcdefghijklmnopqrst",
        "https://mystore.example.org", "",
    ],
)  # fmt: skip
def test_what_a_project_has_is_no_placeholder(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (f'"{SECRET_KEY}"', "quotes"),
        (f"{SECRET_KEY}'", "quotes"),
        (f"{SECRET_KEY}\n", "line break"),
        (f"{SECRET_KEY}\r", "carriage return"),
        (f"\ufeff{SECRET_KEY}", "byte order mark"),
        (f" {SECRET_KEY} ", "blanks"),
        (f"Bearer {SECRET_KEY}", "Bearer"),
        (f'"bearer {SECRET_KEY}"', "Bearer"),
    ],
)
def test_a_fault_is_named_and_can_be_taken_away(raw: str, fault: str) -> None:
    assert any(fault in phrase for phrase in faults(raw))
    assert tidy(raw) == SECRET_KEY


def test_a_clean_value_has_no_fault() -> None:
    assert faults(SECRET_KEY) == ()
    assert faults("") == ()


@given(st.text(max_size=200))
def test_tidying_twice_changes_nothing_more_and_leaves_no_line_break(raw: str) -> None:
    once = tidy(raw)
    assert "\n" not in once
    assert "\r" not in once
    assert len(once) <= len(raw)
    assert len(tidy(once)) <= len(once)
