"""The live sandbox that all areas share: real Postgres, data API, Deno and moto, started once per test process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandboxes import settings_of

from diag.sandbox import launch
from diag.sandbox.state import Sandbox
from diag.secret import redact

__all__ = ["settings_of"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for a sandbox is marked so, whether somebody thought of it or not."""
    for item in items:
        if {"shared_sandbox", "new_sandbox"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("sandbox")


@pytest.fixture(scope="session")
def sandbox_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state root of this test process alone."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def shared_sandbox(sandbox_root: Path) -> Iterator[Sandbox]:
    """The sandbox behind ``sandbox`` and ``play``: use those."""
    yield launch.up(images=120, name="tests", state_dir=sandbox_root)
    launch.down("tests", sandbox_root)


@pytest.fixture
def play(shared_sandbox: Sandbox) -> Iterator[Callable[[str], Sandbox]]:
    """Play a scenario in the shared sandbox; healthy again afterwards. Counts start at zero."""
    yield lambda scenario: launch.switch(shared_sandbox, scenario)
    launch.switch(shared_sandbox, "healthy")


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    """The shared sandbox, healthy, its counters at zero. Rows may have been analysed by earlier tests."""
    return launch.switch(shared_sandbox, "healthy")


@pytest.fixture
def new_sandbox(tmp_path: Path) -> Iterator[Callable[..., Sandbox]]:
    """Start a sandbox of the test's own (two seconds): ``new_sandbox(scenario, images=...)``."""
    started: list[Sandbox] = []

    def start(scenario: str | None = None, **wishes: object) -> Sandbox:
        wishes.setdefault("images", 20)
        started.append(launch.up(scenario, state_dir=tmp_path / "state", **wishes))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        launch.down(each.name, tmp_path / "state")


@pytest.fixture(autouse=True)
def _nothing_learnt() -> None:
    """What one test taught the process's redactor is no secret in the next."""
    redact.forget()
