"""``nukediag config`` as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from .samples import SECRET_KEY, TOKEN, URL, jwt


def run(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "diag", "config", *words]
    variables = {"HOME": str(folder), "NUKEDIAG_STATE_DIR": str(folder / "state"), **environ}
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False, timeout=60)


def test_every_setting_is_listed_with_its_origin_and_what_it_shadowed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"SUPABASE_URL={URL}\nSUPABASE_SERVICE_ROLE_KEY={SECRET_KEY}\n")
    (tmp_path / "nukediag.toml").write_text('[table]\nname = "photos"\n')
    shown = run(tmp_path, "show", SUPABASE_SERVICE_ROLE_KEY=jwt(), NUKEDIAG_FUNCTION="other")
    assert shown.returncode == 0
    assert shown.stdout.count("  over ") == 1
    lines = {line.split()[0]: line for line in shown.stdout.splitlines() if line.strip()}
    assert ".env:1 (SUPABASE_URL)" in lines["url"]
    assert "environment SUPABASE_SERVICE_ROLE_KEY" in lines["service_key"]
    assert "over .env:2" in lines["over"]
    assert "photos" in lines["table.name"]
    assert "nukediag.toml:2" in lines["table.name"]
    assert "environment NUKEDIAG_FUNCTION" in lines["function.name"]
    assert "default" in lines["gate.go"]


def test_the_json_document_holds_the_same_and_no_secret(tmp_path: Path) -> None:
    environ = {"SUPABASE_SERVICE_ROLE_KEY": SECRET_KEY, "SUPABASE_ACCESS_TOKEN": TOKEN, "VITE_KEY": jwt()}
    shown = run(tmp_path, "show", "--json", "--project-url", URL, OPENAI_API_KEY="sk-proj-Loc4lC0py0fTheKey", **environ)
    document = json.loads(shown.stdout)
    assert (document["schema"], document["exit_code"]) == ("nukediag/config/1", 0)
    settings = {setting["key"]: setting for setting in document["settings"]}
    assert settings["url"]["origin"] == "flag --project-url"
    assert settings["secret OPENAI_API_KEY"]["value"].startswith("sk-proj-…[sha256 ")
    assert any("published to browsers" in warning for warning in settings["service_key"]["warnings"])
    for secret in (SECRET_KEY, TOKEN, jwt(), "Loc4lC0py0fTheKey"):
        assert secret not in shown.stdout + shown.stderr


def test_a_wrong_settings_file_is_exit_2_with_the_near_name(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text('[function]\nnmae = "x"\n')
    for words in (["show"], ["check"], ["check", "--json"]):
        checked = run(tmp_path, *words)
        assert checked.returncode == 2
        assert "nukediag.toml:2: unknown setting in [function] nmae" in checked.stderr
        assert "Did you mean name?" in checked.stderr


def test_a_sound_configuration_passes_the_check(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text('[function]\nname = "x"\n')
    checked = run(tmp_path, "check", "--strict", SUPABASE_URL=URL, SUPABASE_SERVICE_ROLE_KEY=jwt())
    assert (checked.returncode, checked.stdout) == (0, "nukediag.toml: ok\n")


def test_under_strict_a_warning_is_exit_4(tmp_path: Path) -> None:
    environ = {"SUPABASE_URL": URL, "SUPABASE_SERVICE_ROLE_KEY": jwt("anon")}
    assert run(tmp_path, "check", **environ).returncode == 0
    strict = run(tmp_path, "check", "--strict", **environ)
    assert strict.returncode == 4
    assert "row-level security" in strict.stdout


def test_a_broken_signature_of_ones_own_is_exit_2(tmp_path: Path) -> None:
    (tmp_path / "nukediag.toml").write_text('[[signature]]\nid = "own.thing"\npattern = "("\n')
    assert run(tmp_path, "check").returncode == 2
