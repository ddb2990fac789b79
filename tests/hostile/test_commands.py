"""Commands are shown to be copied: a name from a row, a file or a setting is one word in them, whatever it holds."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from diag.catalogue import SIGNATURES, describe
from diag.config.envfiles import read_env_file
from diag.config.exposure import exposures
from diag.config.settings import FunctionSettings, Settings
from diag.preflight import run
from diag.rows.picture import Pictures
from diag.secret import Secret, redact
from tests.doubles import SupabaseDouble

EVIL = "x'; touch /tmp/pwned; $(id) `id` \"#"
CONTEXT = {"ref": EVIL, "function": EVIL, "secret": EVIL, "url": EVIL, "table": EVIL}


def words(command: str) -> list[str]:
    return shlex.split(command, comments=True)


@pytest.mark.parametrize("signature", sorted(SIGNATURES))
def test_a_name_in_a_remedys_command_is_one_word(signature: str) -> None:
    evil, tame = (
        [one.command for one in describe(signature, context=context).remedies if one.command]
        for context in (CONTEXT, dict.fromkeys(CONTEXT, "name"))
    )
    for command, like in zip(evil, tame, strict=True):
        assert [word.replace(EVIL, "name") for word in words(command)] == words(like)


def test_a_plain_name_and_a_placeholder_are_not_quoted() -> None:
    told = [one.command for one in describe("gateway.function-not-found", context={"function": "f-1"}).remedies]
    assert "supabase functions deploy f-1 --project-ref <project-ref>" in told


def test_the_name_of_an_env_file_is_one_word(tmp_path: Path) -> None:
    redact.learn(Secret("sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3s"))
    path = tmp_path / ".env.$(id);x"
    path.write_text("OPENAI_API_KEY=sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3s\n")
    path.chmod(0o644)
    (told,) = exposures([read_env_file(path, tmp_path, {})])
    assert words(told.partition(": ")[2]) == ["chmod", "600", path.name]


async def test_a_hostile_function_name_is_one_word_in_every_command_of_a_preflight(tmp_path: Path) -> None:
    double = SupabaseDouble.with_rows(2, secrets={"AWS_REGION": "eu-south-9"})
    settings = Settings(function=FunctionSettings(name=EVIL))
    async with double.project(tmp_path) as project:
        result = await run(project, settings=settings, call=False, pictures=Pictures(None))
    commands = [one.command for check in result.checks for one in check.remedies if one.command]
    assert len([command for command in commands if EVIL in words(command)]) >= 1
    assert not [command for command in commands if {"touch", "/tmp/pwned"} & set(words(command))]
