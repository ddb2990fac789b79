"""Whatever stands in the files: a configuration or a SettingsError comes out, and no value of a secret."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.config import load
from diag.errors import SettingsError

from .samples import SECRET_KEY, URL, jwt

SECRET = "hNvq8Zk2rTgyWmXe4LbA7sPd"
NAMES = st.sampled_from(
    [
        "SUPABASE_URL",
        "SUPABASE_SERVICE_ROLE_KEY",
        "VITE_SUPABASE_ANON_KEY",
        "SUPABASE_SECRET_KEYS",
        "DATABASE_URL",
        "SUPABASE_PROJECT_REF",
        "OPENAI_API_KEY",
        "NUKEDIAG_STATE_DIR",
        "NUKEDIAG_TIMEOUT",
        "SUPABASE_ACCESS_TOKEN",
    ]
)
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from([URL, SECRET_KEY, jwt(), SECRET, f'"{SECRET}', f"x://u:{SECRET}@h/d", "${SUPABASE_URL}"]),
)
LINES = st.lists(st.tuples(NAMES, st.sampled_from(["=", " = ", "='", '="', ""]), VALUES).map("".join), max_size=8)
TOML = st.lists(
    st.one_of(
        st.sampled_from(["[function]", "[table]", "[project]", "[[signature]]", "[gate]", 'name = "x"', "go = 0.9"]),
        st.tuples(NAMES, st.just(' = "'), st.just(SECRET), st.just('"')).map("".join),
        st.text(max_size=30),
    ),
    max_size=6,
)


def outcome(files: dict[str, bytes], environ: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as name:
        for path, content in files.items():
            (Path(name) / path).write_bytes(content)
        try:
            return repr(load(environ=environ, folder=Path(name)))
        except SettingsError as error:
            return f"{error.message} {error.remedy}"


@settings(max_examples=150, deadline=None)
@given(LINES, TOML)
@example(["SUPABASE_URL=[", 'SUPABASE_SERVICE_ROLE_KEY="a\nb"'], [])
def test_any_text_gives_a_configuration_or_a_settings_error(lines: list[str], toml: list[str]) -> None:
    files = {
        ".env": "\n".join(lines).encode("utf-8", "replace"),
        "nukediag.toml": "\n".join(toml).encode("utf-8", "replace"),
    }
    text = outcome(files, {})
    if "nukediag.toml" not in text or "holds a secret" not in text:
        assert SECRET_KEY not in text
    assert f"OPENAI_API_KEY={SECRET}" not in text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
@example("SUPABASE_URL=https://x.example.org\n".encode("utf-16"), b"\xef\xbb\xbf[gate]\ngo = 0.9\n")
def test_any_bytes_give_a_configuration_or_a_settings_error(env: bytes, toml: bytes) -> None:
    assert outcome({".env": env, "nukediag.toml": toml}, {})


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["OPENAI_API_KEY", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_ACCESS_TOKEN", "DATABASE_URL"]), st.data()
)
def test_a_secret_value_stands_in_no_output(name: str, data: st.DataObject) -> None:
    before, after = (data.draw(st.sampled_from(["", '"', "'", " ", "Bearer ", "\\n"])) for _ in range(2))
    text = outcome({".env": f"{name}={before}{SECRET}{after}\n".encode()}, {name: f"{before}{SECRET}x{after}"})
    assert SECRET not in text
