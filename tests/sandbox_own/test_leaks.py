from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from diag.diagnosis import Answer
from diag.sandbox.drill.leaks import find_leaks, secrets_in

KEY = "sk-proj-Zq81LmRt0WvYx5cKbN2dHs7JpEaUgTfO"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.aB3dE6gH9jK2mN5pQ8sT"
ANON = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.Zy9Xw8Vu7Ts6Rq5Po4Nm"
SECRETS = {"OPENAI_API_KEY": KEY, "SERVICE_ROLE_KEY": JWT}


def _leaks(body: object, secrets: dict[str, str] = SECRETS, public: tuple[str, ...] = (ANON,), **headers: str):
    text = body if isinstance(body, str) else json.dumps(body)
    return find_leaks(Answer(status=200, headers=headers, body=text), secrets, public)


def test_the_first_ten_characters_of_a_key_are_a_leak_and_its_place_is_named() -> None:
    [leak] = _leaks({"debug": {"openai": KEY[:10], "length": len(KEY)}})
    assert (leak.where, leak.secret, leak.characters) == ("debug.openai", "OPENAI_API_KEY", 10)


def test_the_type_prefix_alone_is_none() -> None:
    assert _leaks({"key": "sk-proj-", "masked": "sk-proj-************UgTf"}) == ()


def test_the_head_that_all_tokens_share_and_the_anon_key_are_none() -> None:
    assert _leaks({"head": JWT.split(".")[0], "anon": ANON}) == ()


def test_the_signature_of_a_token_is_a_leak() -> None:
    [leak] = _leaks({"items": [{"token": "…" + JWT[-12:]}]})
    assert (leak.where, leak.secret, leak.characters) == ("items[0].token", "SERVICE_ROLE_KEY", 12)


def test_a_header_and_a_plain_body_are_searched_too() -> None:
    assert [leak.where for leak in _leaks("Error: " + KEY)] == ["body"]
    assert [leak.where for leak in _leaks("{}", **{"x-debug": KEY})] == ["header x-debug"]


def test_a_secret_as_the_name_of_a_field_is_a_leak() -> None:
    assert [leak.secret for leak in _leaks({KEY: True})] == ["OPENAI_API_KEY"]


def test_the_longest_piece_of_a_place_counts_once() -> None:
    [leak] = _leaks({"a": f"{KEY[:12]} and {KEY}"})
    assert leak.characters == len(KEY)


def test_a_value_under_two_names_is_told_once() -> None:
    assert len(_leaks({"a": KEY}, {"OPENAI_API_KEY": KEY, "OPENAI_KEY": KEY})) == 1


def test_settings_are_no_secrets_but_passwords_in_urls_and_keys_in_objects_are() -> None:
    secrets, public = secrets_in(
        {
            "VISION_MODEL": "gpt-4o-mini-2024-07-18",
            "AWS_REGION": "us-east-1",
            "SUPABASE_ANON_KEY": ANON,
            "SUPABASE_DB_URL": "postgresql://postgres:pass-word-42@127.0.0.1:5432/postgres",
            "SUPABASE_SECRET_KEYS": '{"default": "sb_secret_abcdefgh12345678"}',
            "QUOTED_KEY": '"abcdefghijkl"',
            "MODEL_ACCESS": KEY,
        }
    )
    assert secrets == {
        "SUPABASE_DB_URL": "pass-word-42",
        "SUPABASE_SECRET_KEYS": "sb_secret_abcdefgh12345678",
        "QUOTED_KEY": "abcdefghijkl",
        "MODEL_ACCESS": KEY,
    }
    assert {"us-east-1", ANON} <= set(public)


@given(before=st.text(max_size=40), start=st.integers(0, 20), length=st.integers(11, 20), after=st.text(max_size=40))
def test_no_piece_of_eleven_characters_gets_past(before: str, start: int, length: int, after: str) -> None:
    # Eleven: three more than the public prefix "sk-proj-" of this key.
    [leak] = _leaks({"text": before + KEY[start : start + length] + after}, {"KEY": KEY}, ())
    assert leak.characters >= length


@given(st.text(alphabet='xyz01 \n{}[]"', max_size=200))
def test_other_texts_are_no_leak(text: str) -> None:
    assert _leaks(text) == ()
