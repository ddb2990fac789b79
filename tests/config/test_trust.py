"""Whoever writes a file of a repository does not thereby get the credentials of those who run nukediag in it."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from diag.config import load
from diag.secret import Secret
from diag.verify import Standing
from diag.verify.verifier import Verifier

from .samples import NOW, TOKEN

THEIRS = "https://api.somebody.example"
OURS = "https://api.supabase.com"
KEY, OTHER = "sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3s", "sk-proj-Other0Key1Of2Another3One"


def folder_with(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / {"toml": "nukediag.toml", "env": ".env", "local": ".env.local"}[name]
        path.write_text(text)
        path.chmod(0o600)
    return folder


@pytest.mark.parametrize("where", ["toml", "env"])
@pytest.mark.parametrize("token", ["environment", "home", "local"])
def test_the_access_token_goes_to_no_address_that_another_file_names(tmp_path: Path, where: str, token: str) -> None:
    (folder := tmp_path / "repository").mkdir()
    (home := tmp_path / "home/.supabase").mkdir(parents=True)
    line = {"toml": f'[project]\nmanagement_url = "{THEIRS}"\n', "env": f"NUKEDIAG_MANAGEMENT_URL={THEIRS}\n"}[where]
    folder_with(folder, **{where: line})
    environ = {"HOME": str(home.parent)}
    if token == "home":
        (home / "access-token").write_text(TOKEN)
    elif token == "local":
        folder_with(folder, local=f"SUPABASE_ACCESS_TOKEN={TOKEN}\n")
    else:
        environ["SUPABASE_ACCESS_TOKEN"] = TOKEN
    found = load(environ=environ, folder=folder, now=NOW)
    assert found.access_token is not None
    assert found.management_url == OURS
    assert "not followed" in " ".join(found.warnings)


@pytest.mark.parametrize("address", [THEIRS, "http://127.0.0.1:9"])
def test_what_is_set_in_the_environment_is_the_users_own_word(tmp_path: Path, address: str) -> None:
    environ = {"SUPABASE_ACCESS_TOKEN": TOKEN, "NUKEDIAG_MANAGEMENT_URL": address}
    assert load(environ=environ, folder=tmp_path, now=NOW).management_url == address


def test_an_address_gets_what_stands_in_its_own_file_and_this_machine_gets_all(tmp_path: Path) -> None:
    folder_with(tmp_path, env=f"NUKEDIAG_MANAGEMENT_URL={THEIRS}\nSUPABASE_ACCESS_TOKEN={TOKEN}\n")
    assert load(environ={}, folder=tmp_path, now=NOW).management_url == THEIRS
    folder_with(tmp_path, env="NUKEDIAG_MANAGEMENT_URL=http://127.0.0.1:9\n")
    environ = {"SUPABASE_ACCESS_TOKEN": TOKEN}
    assert load(environ=environ, folder=tmp_path, now=NOW).management_url == "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("env", "local", "environ", "is_held"),
    [
        (f"OPENAI_BASE_URL={THEIRS}\n", "", KEY, True),
        (f"OPENAI_BASE_URL={THEIRS}\n", f"OPENAI_API_KEY={KEY}\n", "", True),
        (f"OPENAI_BASE_URL={THEIRS}\nOPENAI_API_KEY={OTHER}\n", "", KEY, True),
        (f"OPENAI_BASE_URL={THEIRS}\nOPENAI_API_KEY={KEY}\n", "", KEY, False),
        (f"OPENAI_BASE_URL={THEIRS}\nOPENAI_API_KEY={KEY}\n", "OPENAI_API_KEY=your-key\n", "", False),
        ("OPENAI_BASE_URL=https://eu.api.openai.com/v1\n", "", KEY, False),
        ("OPENAI_BASE_URL=https://api.openai.com.somebody.example\n", "", KEY, True),
        ("OPENAI_BASE_URL=http://127.0.0.1:9\n", "", KEY, False),
    ],
)
def test_a_key_goes_to_no_address_that_another_file_names(
    tmp_path: Path, env: str, local: str, environ: str, is_held: bool
) -> None:
    folder_with(tmp_path, env=env, local=local)
    found = load(environ={"OPENAI_API_KEY": environ} if environ else {}, folder=tmp_path, now=NOW)
    assert ("OPENAI_BASE_URL" in found.held_back) is is_held


def test_an_address_of_the_environment_gets_every_key(tmp_path: Path) -> None:
    folder_with(tmp_path, env=f"OPENAI_API_KEY={KEY}\n")
    assert not load(environ={"OPENAI_BASE_URL": THEIRS}, folder=tmp_path, now=NOW).held_back


async def test_a_key_that_is_held_back_is_not_sent_and_not_called_bad(tmp_path: Path) -> None:
    lines = f"OPENAI_BASE_URL={THEIRS}\nGOOGLE_GEMINI_BASE_URL={THEIRS}\n"
    environ = {"OPENAI_API_KEY": KEY, "GEMINI_API_KEY": KEY}
    found = load(environ=environ, folder=folder_with(tmp_path, env=lines), now=NOW)
    sent: list[httpx.Request] = []
    async with Verifier.of(found, httpx.MockTransport(lambda one: sent.append(one) or httpx.Response(200))) as verifier:
        answers = [
            *await verifier.openai("OPENAI_API_KEY", Secret(KEY), model=None, deep=True),
            *await verifier.openai_quota("OPENAI_API_KEY", Secret(KEY), model=None),
            *await verifier.gemini("GEMINI_API_KEY", Secret(KEY)),
        ]
    assert not sent
    assert {(one.standing, one.signature) for one in answers} == {(Standing.UNKNOWN, None)}
    assert "OPENAI_BASE_URL" in answers[0].told
