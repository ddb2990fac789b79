from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from diag.config import Configuration, load
from diag.errors import SettingsError
from diag.secret import Secret, redact

from .samples import NOW, OTHER_REF, PUBLISHABLE_KEY, REF, SECRET_KEY, TOKEN, URL, jwt


def loaded(folder: Path, environ: Mapping[str, str] | None = None, **options: Any) -> Configuration:
    return load(environ=environ or {}, folder=folder, now=NOW, **options)


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o600)
    return path


def origin(configuration: Configuration, key: str) -> str:
    entry = configuration.entry(key)
    assert entry is not None
    return entry.place.text


def warnings(configuration: Configuration, key: str) -> str:
    entry = configuration.entry(key)
    assert entry is not None
    return " ".join(entry.warnings)


def test_with_nothing_set_everything_has_its_default(tmp_path: Path) -> None:
    configuration = loaded(tmp_path)
    assert configuration.settings.function.name == "analyze-image"
    assert (configuration.url, configuration.service_key, configuration.access_token) == (None, None, None)
    assert configuration.management_url == "https://api.supabase.com"
    assert configuration.warnings == ()


def test_a_missing_setting_names_the_accepted_names_and_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="SUPABASE_URL, NEXT_PUBLIC_SUPABASE_URL") as caught:
        loaded(tmp_path).require("url")
    assert ".env.local" in caught.value.remedy
    assert caught.value.exit_code == 2


def test_precedence_is_flag_environment_file_env_file(tmp_path: Path) -> None:
    write(tmp_path, ".env", f"SUPABASE_URL=https://{OTHER_REF}.supabase.co\n")
    assert origin(loaded(tmp_path), "url") == ".env:1"
    write(tmp_path, "nukediag.toml", f'[project]\nurl = "{URL}"\n')
    assert origin(loaded(tmp_path), "url") == "nukediag.toml:2"
    environ = {"SUPABASE_URL": URL}
    assert origin(loaded(tmp_path, environ), "url") == "environment SUPABASE_URL"
    environ |= {"NUKEDIAG_PROJECT_URL": URL}
    assert origin(loaded(tmp_path, environ), "url") == "environment NUKEDIAG_PROJECT_URL"
    flagged = loaded(tmp_path, environ, flags={"url": "https://flag.example.org"})
    assert origin(flagged, "url") == "flag --project-url"
    entry = flagged.entry("url")
    assert entry is not None
    assert [one.place.text for one in entry.shadowed][-2:] == ["nukediag.toml:2", ".env:1"]
    assert not entry.shadowed[-1].same


def test_env_files_count_in_their_order(tmp_path: Path) -> None:
    names = ["supabase/.env.production", "supabase/.env", "supabase/functions/.env", ".env", ".env.local"]
    for number, name in enumerate(names):
        write(tmp_path, name, f"\n# comment\nSUPABASE_URL=https://host{number}.example.org\n")
        assert origin(loaded(tmp_path), "url") == f"{name}:3"
    write(tmp_path, ".env.example", "SUPABASE_ACCESS_TOKEN=" + TOKEN)
    assert loaded(tmp_path).access_token is None


def test_a_named_env_file_replaces_the_usual_ones(tmp_path: Path) -> None:
    write(tmp_path, ".env", f"SUPABASE_URL={URL}")
    other = write(tmp_path, "prod.env", f"SUPABASE_SERVICE_KEY={SECRET_KEY}")
    configuration = loaded(tmp_path, env_file=other)
    assert configuration.url is None
    assert configuration.service_key is not None
    with pytest.raises(SettingsError, match="no file"):
        loaded(tmp_path, env_file=tmp_path / "absent.env")


@pytest.mark.parametrize("name", ["SERVICE_ROLE_KEY", "SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY"])
def test_the_service_key_is_found_under_its_names(tmp_path: Path, name: str) -> None:
    configuration = loaded(tmp_path, {name: SECRET_KEY})
    assert configuration.service_key is not None
    assert configuration.service_key.reveal() == SECRET_KEY
    assert configuration.warnings == ()


def test_the_default_key_is_taken_out_of_the_json_of_secret_keys(tmp_path: Path) -> None:
    keys = json.dumps({"other": "sb_secret_Other0ther0ther0ther01_Other012", "default": SECRET_KEY})
    configuration = loaded(tmp_path, {"SUPABASE_SECRET_KEYS": keys})
    assert configuration.service_key is not None
    assert configuration.service_key.matches(SECRET_KEY)
    assert "JSON" in warnings(loaded(tmp_path, {"SUPABASE_SECRET_KEYS": "[1]"}), "service_key")


def test_a_service_key_under_a_low_name_is_used_and_warned_of(tmp_path: Path) -> None:
    configuration = loaded(tmp_path, {"SUPABASE_KEY": SECRET_KEY})
    assert configuration.service_key is not None
    assert configuration.anon_key is None
    assert "may be public" in warnings(configuration, "service_key")


def test_an_anon_key_under_the_service_name_is_kept_and_warned_of(tmp_path: Path) -> None:
    configuration = loaded(tmp_path, {"SUPABASE_SERVICE_ROLE_KEY": jwt("anon")})
    assert configuration.service_key is not None
    assert "row-level security hides rows" in warnings(configuration, "service_key")
    publishable = loaded(tmp_path, {"SUPABASE_SERVICE_ROLE_KEY": PUBLISHABLE_KEY})
    assert "a publishable key where the service key belongs" in warnings(publishable, "service_key")


@pytest.mark.parametrize("prefix", ["VITE_", "NEXT_PUBLIC_", "EXPO_PUBLIC_"])
def test_a_service_key_under_a_published_name_is_warned_of(tmp_path: Path, prefix: str) -> None:
    write(tmp_path, ".env", f"{prefix}ADMIN={jwt()}\nSUPABASE_SERVICE_ROLE_KEY={jwt()}")
    assert f".env:1 ({prefix}ADMIN)" in warnings(loaded(tmp_path), "service_key")
    assert "published to browsers" in warnings(loaded(tmp_path), "service_key")


def test_a_malformed_value_is_used_without_its_fault(tmp_path: Path) -> None:
    configuration = loaded(tmp_path, {"SUPABASE_SERVICE_ROLE_KEY": f'"{SECRET_KEY}"\n'})
    assert configuration.service_key is not None
    assert configuration.service_key.matches(SECRET_KEY)
    assert "line break and surrounding quotes" in warnings(configuration, "service_key")


def test_a_placeholder_does_not_count_and_is_named(tmp_path: Path) -> None:
    write(tmp_path, ".env.local", "SUPABASE_SERVICE_ROLE_KEY=your-service-role-key")
    configuration = loaded(tmp_path)
    assert configuration.service_key is None
    with pytest.raises(SettingsError, match=r"\.env\.local:1 .* placeholder"):
        configuration.require("service_key")
    write(tmp_path, ".env", f"SUPABASE_SERVICE_ROLE_KEY={SECRET_KEY}")
    assert loaded(tmp_path).service_key is not None


def test_sources_that_disagree_are_named(tmp_path: Path) -> None:
    write(tmp_path, ".env", f"SUPABASE_ACCESS_TOKEN={TOKEN}")
    configuration = loaded(tmp_path, {"SUPABASE_ACCESS_TOKEN": TOKEN.replace("0a", "f0")})
    assert "environment SUPABASE_ACCESS_TOKEN and .env:1" in warnings(configuration, "access_token")
    same = loaded(tmp_path, {"SUPABASE_ACCESS_TOKEN": TOKEN})
    assert same.warnings == ()


def test_a_legacy_and_a_new_key_side_by_side_do_not_disagree(tmp_path: Path) -> None:
    environ = {"SUPABASE_SERVICE_ROLE_KEY": jwt(), "SUPABASE_SECRET_KEY": SECRET_KEY, "SUPABASE_ANON_KEY": jwt("anon")}
    assert loaded(tmp_path, environ).warnings == ()


def test_the_ref_comes_from_the_url_or_the_linked_project(tmp_path: Path) -> None:
    assert loaded(tmp_path, {"SUPABASE_URL": URL}).ref == REF
    write(tmp_path, "supabase/.temp/project-ref", REF)
    linked = loaded(tmp_path)
    assert (linked.ref, linked.url) == (REF, URL)
    assert origin(linked, "ref") == "supabase/.temp/project-ref"
    custom = loaded(tmp_path, {"SUPABASE_URL": "https://api.example.org"})
    assert custom.ref == REF


def test_a_name_that_is_no_ref_does_not_count_where_a_ref_is_known(tmp_path: Path) -> None:
    environ = {"SUPABASE_PROJECT_ID": "nuke-shop", "SUPABASE_URL": URL}
    configuration = loaded(tmp_path, environ)
    assert configuration.ref == REF
    assert "environment SUPABASE_PROJECT_ID is no project ref" in warnings(configuration, "ref")
    assert loaded(tmp_path, {**environ, "PROJECT_REF": OTHER_REF}).ref == OTHER_REF
    assert loaded(tmp_path, {"SUPABASE_PROJECT_ID": "nuke-shop"}).ref == "nuke-shop"


def test_a_local_url_never_takes_the_ref_of_a_hosted_project(tmp_path: Path) -> None:
    write(tmp_path, "supabase/.temp/project-ref", REF)
    assert loaded(tmp_path, {"SUPABASE_URL": "http://127.0.0.1:54321"}).ref is None


def test_a_ref_that_is_not_the_urls_is_warned_of(tmp_path: Path) -> None:
    configuration = loaded(tmp_path, {"SUPABASE_URL": URL, "SUPABASE_PROJECT_REF": OTHER_REF})
    assert "not the one in the project's URL" in warnings(configuration, "ref")
    configuration = loaded(tmp_path, {"SUPABASE_URL": URL, "SUPABASE_SERVICE_ROLE_KEY": jwt(ref=OTHER_REF)})
    assert f"belongs to the project {OTHER_REF}" in warnings(configuration, "service_key")


def test_the_token_of_supabase_login_is_found(tmp_path: Path) -> None:
    write(tmp_path, "home/.supabase/access-token", TOKEN + "\n")
    configuration = loaded(tmp_path, {"HOME": str(tmp_path / "home")})
    assert configuration.access_token is not None
    assert configuration.access_token.matches(TOKEN)
    moved = loaded(tmp_path, {"HOME": "/", "SUPABASE_HOME": str(tmp_path / "home/.supabase")})
    assert moved.access_token is not None


def test_an_api_key_as_access_token_is_warned_of(tmp_path: Path) -> None:
    assert "not a personal access token" in warnings(loaded(tmp_path, {"SUPABASE_PAT": SECRET_KEY}), "access_token")


def test_an_env_file_may_be_a_pipe(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, f"SUPABASE_URL={URL}\n".encode())
    os.close(writing)
    assert loaded(tmp_path, env_file=Path(f"/dev/fd/{reading}")).url == URL
    os.close(reading)


def test_a_sandbox_beats_everything_but_flags(tmp_path: Path) -> None:
    write(tmp_path, ".env", f"SUPABASE_URL={URL}\nSUPABASE_ACCESS_TOKEN={TOKEN}\n")
    sandbox = write(tmp_path, "sandbox.env", f"SUPABASE_URL=http://127.0.0.1:1\nNUKEDIAG_STATE_DIR={tmp_path}/state\n")
    environ = {"SUPABASE_URL": URL, "SUPABASE_PROJECT_ID": REF, "NUKEDIAG_STATE_DIR": "/elsewhere"}
    configuration = loaded(tmp_path, environ, sandbox_env=sandbox, flags={"state_dir": "/elsewhere"})
    assert configuration.url == "http://127.0.0.1:1"
    assert (configuration.access_token, configuration.ref) == (None, None)
    assert configuration.state_dir == tmp_path / "state/127.0.0.1"
    assert configuration.sandbox
    typed = loaded(tmp_path, environ, sandbox_env=sandbox, flags={"url": "http://127.0.0.1:2"})
    assert typed.url == "http://127.0.0.1:2"


def test_the_functions_secrets_are_kept_as_they_are_written(tmp_path: Path) -> None:
    write(tmp_path, "supabase/functions/.env", 'OPENAI_API_KEY="sk-proj-Loc4lC0py0fTheKey \n"\nAWS_REGION=us-east-1\n')
    local = loaded(tmp_path).local_secrets
    assert local["OPENAI_API_KEY"].secret.reveal() == "sk-proj-Loc4lC0py0fTheKey \n"
    assert "line break" in " ".join(local["OPENAI_API_KEY"].warnings)
    assert local["AWS_REGION"].warnings == ()
    assert "AWS_ACCESS_KEY_ID" not in local


def test_every_secret_is_taught_to_the_redactor_and_no_plain_word_is(tmp_path: Path) -> None:
    write(
        tmp_path, ".env", "DATABASE_URL=postgres://me:Tr0ub4dor-and-3@db.example.org/postgres\nAWS_REGION=eu-south-9\n"
    )
    environ = {
        "AWS_SECRET_ACCESS_KEY": "plainlookingsecretvalue", "STRIPE_TOKEN": "whatever-0123456789",
        "DB_PASSWORD": "Hunter2!", "MAIL_PWD": "Hunter3!", "PWD": "/home/me2/work", "OLDPWD": "/home/me2/else",
        "SSH_ASKPASS": "/usr/lib64/ask", "MAX_TOKENS": "10000001", "ALLOW_PASSES": "many-many",
    }  # fmt: skip
    loaded(tmp_path, environ)
    for secret in ("Tr0ub4dor-and-3", "plainlookingsecretvalue", "whatever-0123456789", "Hunter2!", "Hunter3!"):
        assert secret not in redact(f"it said {secret}!")
    plain = "eu-south-9 and analyze-image in /home/me2/work and /usr/lib64/ask, 10000001 many-many"
    assert redact(plain) == plain


def test_no_entry_shows_a_secret(tmp_path: Path) -> None:
    environ = {"SUPABASE_SERVICE_ROLE_KEY": jwt(), "SUPABASE_SECRET_KEY": SECRET_KEY, "SUPABASE_ACCESS_TOKEN": TOKEN}
    shown = repr(loaded(tmp_path, environ))
    assert Secret(SECRET_KEY).fingerprint in shown
    for secret in (jwt(), SECRET_KEY, TOKEN):
        assert secret not in shown
        assert secret[15:40] not in shown


def test_a_flag_that_belongs_to_no_setting_is_a_bug(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        loaded(tmp_path, flags={"nonsense": 1})


def test_a_key_in_place_of_the_ref_names_no_folder(tmp_path: Path) -> None:
    key = "sb_secret_" + "Qw3rTyUiOpAsDfGhJkLzXc_V8nM2kLp"
    found = load(environ={"SUPABASE_PROJECT_REF": key, "NUKEDIAG_STATE_DIR": str(tmp_path)}, folder=tmp_path)
    assert found.ref is None
    assert key not in str(found.state_dir)
    assert any("holds a key, not the project's ref" in warning for warning in found.warnings)


def test_a_secret_with_another_value_elsewhere_says_which_one_counts(tmp_path: Path) -> None:
    write(tmp_path, ".env.local", "OPENAI_API_KEY=sk-proj-aaaaaaaaaaaaaaaaaaaaaaaa\nAWS_REGION=us-east-1\n")
    write(tmp_path, "supabase/functions/.env", 'OPENAI_API_KEY=sk-proj-bbbbbbbbbbbbbbbbbbbb\nAWS_REGION="us-east-1"\n')
    local = loaded(tmp_path).local_secrets
    assert [other.place.text for other in local["OPENAI_API_KEY"].shadowed] == ["supabase/functions/.env:1"]
    [told] = local["OPENAI_API_KEY"].contradictions
    assert told.endswith("is not the value in .env.local:1, which counts.")
    assert "aaaa" not in told
    assert local["AWS_REGION"].shadowed == ()


def test_a_state_folder_that_is_a_key_is_refused_without_repeating_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="named by a secret") as refused:
        loaded(tmp_path, {"NUKEDIAG_STATE_DIR": SECRET_KEY})
    assert SECRET_KEY[12:] not in f"{refused.value.message} {refused.value.remedy}"
