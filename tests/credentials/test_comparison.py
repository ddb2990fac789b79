from __future__ import annotations

from pathlib import Path

import pytest
from doubles import REF, SERVICE_KEY, URL, configuration

from diag.config import Configuration
from diag.credentials import Copies, State, compare
from diag.credentials.alteration import EMPTY, alteration, digest_of
from diag.credentials.comparison import calibrate, near_name
from diag.project import StoredSecret

KEY = "sk-proj-" + "Zx9Qw8Er7Ty6Ui5Op4" * 2


def settings(folder: Path, env_file: str = "", **environ: str) -> Configuration:
    (folder / "supabase/functions").mkdir(parents=True, exist_ok=True)
    (folder / "supabase/functions/.env").write_text(env_file)
    return configuration(folder, **environ)


def stored(**values: str) -> list[StoredSecret]:
    return [StoredSecret(name, digest_of(value)) for name, value in values.items()]


def states(copies: Copies) -> dict[str, State]:
    return {copy.name: copy.state for copy in copies.secrets}


def test_equal_copies_are_the_same_and_a_missing_one_is_named(tmp_path: Path) -> None:
    copies = compare(settings(tmp_path, f"OPENAI_API_KEY={KEY}\n"), stored(OPENAI_API_KEY=KEY, AWS_REGION="us-east-1"))
    assert states(copies)["OPENAI_API_KEY"] is State.SAME
    assert states(copies)["AWS_REGION"] is State.SAME
    assert {copy.name for copy in copies.different} == {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (f"{KEY}\n", "a line break at its end"),
        (f"{KEY}\r\n", "a Windows line break (CRLF) at its end"),
        (f"{KEY} ", "a blank at its end"),
        (f" {KEY}", "a blank before it"),
        (f'"{KEY}"', "quotes around it"),
        (f"'{KEY}'\n", "quotes around it and a line break at its end"),
        (f"Bearer {KEY}", "the word Bearer before it"),
        (f"\ufeff{KEY}", "a byte order mark before it"),
        (f"OPENAI_API_KEY={KEY}", "its own name before it"),
        (KEY[:-1], "its last character cut off"),
        (f"{KEY}\\n", "the two characters \\n at its end"),
    ],
)
def test_every_usual_accident_of_copying_is_named(tmp_path: Path, spoilt: str, words: str) -> None:
    copies = compare(settings(tmp_path, f"OPENAI_API_KEY={KEY}\n"), stored(OPENAI_API_KEY=spoilt))
    found = copies.of("OPENAI_API_KEY")
    assert found is not None
    assert (found.state, found.told.endswith(words)) == (State.ALTERED, True), found.told
    assert KEY[:12] not in found.told


def test_another_value_is_no_accident(tmp_path: Path) -> None:
    copies = compare(settings(tmp_path, f"OPENAI_API_KEY={KEY}\n"), stored(OPENAI_API_KEY=KEY[::-1]))
    assert states(copies)["OPENAI_API_KEY"] is State.DIFFERS
    assert alteration(digest_of(KEY[::-1]), KEY, "OPENAI_API_KEY") is None


def test_swapped_values_are_told(tmp_path: Path) -> None:
    text = "AWS_ACCESS_KEY_ID=AKIA0123456789ABCDEF\nAWS_SECRET_ACCESS_KEY=wUz0R0lY8b5rWcYx3l9Qm1n2b3v4c5x6z7\n"
    local = settings(tmp_path, text)
    copies = compare(local, stored(AWS_ACCESS_KEY_ID="wUz0R0lY8b5rWcYx3l9Qm1n2b3v4c5x6z7"))
    found = copies.of("AWS_ACCESS_KEY_ID")
    assert found is not None
    assert found.told.endswith("it is that of AWS_SECRET_ACCESS_KEY")


def test_an_empty_value_and_a_placeholder_are_known_by_their_digests(tmp_path: Path) -> None:
    copies = compare(settings(tmp_path), stored(OPENAI_API_KEY="", AWS_ACCESS_KEY_ID="your_api_key"))
    assert states(copies)["OPENAI_API_KEY"] is State.EMPTY
    assert states(copies)["AWS_ACCESS_KEY_ID"] is State.PLACEHOLDER
    assert digest_of("") == EMPTY


def test_an_expected_value_is_compared_without_any_local_copy(tmp_path: Path) -> None:
    local = settings(tmp_path)
    assert states(compare(local, stored(AWS_REGION="eu-west-1")))["AWS_REGION"] is State.UNEXPECTED
    assert states(compare(local, stored(AWS_REGION="us-east-1\n")))["AWS_REGION"] is State.ALTERED


def test_a_name_that_differs_in_case_or_spelling_is_suggested(tmp_path: Path) -> None:
    copies = compare(settings(tmp_path), stored(openai_api_key=KEY, AWS_SECRET_KEY="s"))
    assert {copy.name: copy.near for copy in copies.different} == {
        "OPENAI_API_KEY": "openai_api_key",
        "AWS_ACCESS_KEY_ID": None,
        "AWS_SECRET_ACCESS_KEY": "AWS_SECRET_KEY",
        "AWS_REGION": None,
    }
    assert near_name("OPENAI_API_KEY", ["GEMINI_API_KEY"]) is None


def test_the_functions_copy_of_the_service_key_is_compared_with_the_projects_own(tmp_path: Path) -> None:
    local = settings(tmp_path)
    right = compare(local, stored(SERVICE_ROLE_KEY=SERVICE_KEY))
    wrong = compare(local, stored(SERVICE_ROLE_KEY="of another project", SUPABASE_SERVICE_ROLE_KEY="injected"))
    anon = compare(local, stored(SERVICE_ROLE_KEY="low", SUPABASE_ANON_KEY="low"))
    assert states(right)["SERVICE_ROLE_KEY"] is State.SAME
    assert states(wrong)["SERVICE_ROLE_KEY"] is State.DIFFERS
    found = anon.of("SERVICE_ROLE_KEY")
    assert found is not None
    assert "anon key" in found.told


def test_what_the_platform_sets_itself_is_left_out(tmp_path: Path) -> None:
    copies = compare(settings(tmp_path), stored(SUPABASE_URL=URL, SUPABASE_ANON_KEY="x", EXTRA="y"))
    assert states(copies).keys() & {"SUPABASE_URL", "SUPABASE_ANON_KEY"} == set()
    assert states(copies)["EXTRA"] is State.ONLY_STORED


def test_only_files_that_are_kept_for_functions_put_names_up_for_comparison(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text("ANALYTICS_ID=abc\n")
    copies = compare(settings(tmp_path, "WEBHOOK_TOKEN=abcdefgh12345678\n"), stored())
    assert "ANALYTICS_ID" not in states(copies)
    assert states(copies)["WEBHOOK_TOKEN"] is State.ONLY_LOCAL


@pytest.mark.parametrize(
    ("value", "url", "verdict"),
    [
        (None, URL, "assumed"),
        (URL, URL, "sha256"),
        (f"{URL}/", URL, "sha256"),
        (URL, "https://api.cars.example", "sha256"),  # a custom domain; the functions get the plain one
        ("another", URL, "unreadable"),
        ("http://kong:8000", "http://127.0.0.1:54321", "assumed"),
    ],
)
def test_digests_are_calibrated_on_the_projects_url(value: str | None, url: str, verdict: str) -> None:
    assert calibrate(None if value is None else digest_of(value), url, REF) == verdict


def test_a_wrong_url_leaves_the_digests_readable_where_another_known_value_proves_their_kind(tmp_path: Path) -> None:
    local = settings(tmp_path, f"OPENAI_API_KEY={KEY}\n")
    listed = stored(SUPABASE_URL="https://another.example", SUPABASE_SERVICE_ROLE_KEY=SERVICE_KEY, OPENAI_API_KEY="x")
    copies = compare(local, listed)
    assert (copies.digests, states(copies)["OPENAI_API_KEY"]) == ("sha256", State.DIFFERS)
    assert compare(local, [listed[0], listed[2]]).digests == "unreadable"


def test_unreadable_digests_are_no_difference(tmp_path: Path) -> None:
    listed = [StoredSecret("SUPABASE_URL", "0" * 64), StoredSecret("OPENAI_API_KEY", "1" * 64)]
    copies = compare(settings(tmp_path, f"OPENAI_API_KEY={KEY}\n"), listed)
    assert states(copies)["OPENAI_API_KEY"] is State.UNREADABLE
    assert "OPENAI_API_KEY" not in {copy.name for copy in copies.different}


def test_a_stored_value_that_only_a_shadowed_copy_has_is_told_and_still_known(tmp_path: Path) -> None:
    (tmp_path / ".env.local").write_text(f"OPENAI_API_KEY={KEY[::-1]}\n")
    copies = compare(settings(tmp_path, f"OPENAI_API_KEY={KEY}\n"), stored(OPENAI_API_KEY=KEY))
    copy = copies.of("OPENAI_API_KEY")
    assert copy is not None
    assert copy.state is State.DIFFERS
    assert copy.told.endswith("is not the value in .env.local:1: it is that in supabase/functions/.env:1")
    assert copy.held is not None
    assert copy.held.secret.reveal() == KEY
