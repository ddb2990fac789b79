from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from diag.config import Configuration, load
from diag.config.settings import FunctionSettings, Settings
from diag.credentials.needs import falling_back, fitted
from diag.preflight import run_or_fall_back
from diag.project import Project
from diag.project.shipped import bundle
from diag.sandbox import launch
from diag.sandbox.state import Sandbox


def test_a_shipped_function_needs_the_secrets_that_its_code_reads() -> None:
    simple = fitted(Settings(function=FunctionSettings(name="analyze-image-simple")))
    assert simple.secrets.required == ("OPENAI_API_KEY",)
    assert simple.secrets.expected == {}
    assert fitted(Settings()) == Settings()


def test_the_fallback_is_another_function_or_none() -> None:
    other = falling_back(Settings())
    assert other is not None
    assert other.function.name == "analyze-image-simple"
    assert falling_back(other) is None
    assert falling_back(Settings(function=FunctionSettings(fallback=None))) is None


def configured(sandbox: Sandbox, folder: Path) -> Configuration:
    return load(environ={}, folder=folder, sandbox_env=sandbox.env_file)


@pytest.mark.sandbox
async def test_where_only_aws_fails_the_deployed_fallback_is_chosen(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> None:
    sandbox = new_sandbox("aws-credentials-missing")
    async with Project(configured(sandbox, tmp_path)) as project:
        first, result = await run_or_fall_back(project)
        assert (first.function.name, result.signature) == ("analyze-image", "aws.credentials-missing")
        assert project.management is not None
        await project.management.deploy(bundle("analyze-image-simple"))
        second, result = await run_or_fall_back(project)
    assert (second.function.name, result.verdict) == ("analyze-image-simple", "healthy")


@pytest.mark.sandbox
async def test_where_something_else_fails_nothing_is_chosen(
    new_sandbox: Callable[..., Sandbox], tmp_path: Path
) -> None:
    sandbox = new_sandbox("openai-key-missing")
    async with Project(configured(sandbox, tmp_path)) as project:
        settings, result = await run_or_fall_back(project)
    assert (settings.function.name, result.signature) == ("analyze-image", "openai.key-missing")
    assert launch.status(sandbox)["calls"]["function"] == 0
