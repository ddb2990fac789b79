"""``nukediag demo``: the whole story in the sandbox, told by the real commands."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from diag.cli.options import Session, output_options
from diag.errors import ExitCode, NukediagError

if TYPE_CHECKING:
    from diag.sandbox.state import Sandbox

FAULT = "openai-key-invalid"  # the function asks OpenAI first, so that no refused call has cost anything
WRONG_SECRET = "OPENAI_API_KEY"  # noqa: S105 (a name, not a value)


class DemoError(NukediagError):
    """A step of the demo did not end as it always does."""

    exit_code = ExitCode.BUG


_EPILOG = """\b
Examples:
  nukediag demo                 the whole story, some minutes
  nukediag demo --images 200    the same in half a minute
  nukediag demo --keep          leave the sandbox running, to look around in it
"""


@click.command("demo", epilog=_EPILOG)
@click.option("--images", type=click.IntRange(min=40), help="Photos to analyse (2,734 without this option).")
@click.option("--keep", is_flag=True, help="Leave the sandbox running at the end.")
@output_options
def command(session: Session, images: int | None, keep: bool) -> int:
    """From a broken project to a finished backfill: preflight, the mend, one real call, the run, a Ctrl-C, the rest.

    Everything runs on this machine; nothing is paid for.
    """
    if session.format == "json":
        raise click.UsageError("the demo is told in text; each command that it shows has --json")
    with _stage(session, keep=keep) as environment:
        _tell(session, environment, images)
    return ExitCode.OK


def _tell(session: Session, environment: dict[str, str], images: int | None) -> None:
    story = Story(session, environment)
    story.says("1. A project comes up in which every call of the function answers 500. Nobody knows why.")
    story.runs("sandbox up", "--scenario", FAULT, *(["--images", str(images)] if images else []))
    story.says("2. What is wrong, and which command mends it?")
    story.runs("preflight", "--sandbox", ends=ExitCode.UNHEALTHY)
    story.says(f"3. The local env file holds the right {WRONG_SECRET}: put it into the project.")
    story.runs("secrets push", WRONG_SECRET, "--overwrite", "--yes", "--sandbox")
    story.says("4. Does one real call work now, and is its result really in the database?")
    story.runs("test-image", "--next", "--sandbox")
    story.says("5. The backfill, behind its gate. A Ctrl-C comes in the middle: what is in flight is finished first.")
    story.is_interrupted("backfill", "--if-healthy", "--yes", "--sandbox")
    story.says("6. The same command again takes up what is left.")
    story.runs("backfill", "--if-healthy", "--yes", "--sandbox")
    story.says("7. What the stand-ins counted: every photo once, none twice.")
    story.runs("sandbox status")


class Story:
    """Says what comes, runs the real command, and is surprised if it does not end as it should."""

    def __init__(self, session: Session, environment: dict[str, str]) -> None:
        self._session, self._environment = session, environment

    def says(self, text: str) -> None:
        """A line of the story."""
        self._session.out.print(f"\n{text}", style="bold")

    def runs(self, command: str, *flags: str, ends: ExitCode = ExitCode.OK) -> None:
        """Run a command to its end; it must leave with ``ends``."""
        self._expect(self._start(command, *flags).wait(), ends)

    def is_interrupted(self, command: str, *flags: str) -> None:
        """Run a command and press Ctrl-C when a quarter of the photos is done."""
        process = self._start(command, *flags)
        rows = self._rows()
        target = rows["done"] + rows["pending"] // 4
        while process.poll() is None and self._rows()["done"] < target:
            time.sleep(0.2)
        if process.poll() is None:
            self._session.out.print("^C", style="bold")
            process.send_signal(signal.SIGINT)
        self._expect(process.wait(), ExitCode.INTERRUPTED)

    def _start(self, command: str, *flags: str) -> subprocess.Popen[bytes]:
        words = [*command.split(), *flags]
        self._session.out.print(f"$ nukediag {shlex.join(words)}", style="dim")
        sys.stdout.flush()
        return subprocess.Popen([sys.executable, "-m", "diag", *words], env=self._environment)

    def _expect(self, code: int, ends: ExitCode) -> None:
        if code != ends:
            raise DemoError(f"that ended with exit code {code}, where {int(ends)} belongs", "nukediag demo --keep")
        self._session.out.print(f"(exit code {code})", style="dim")

    def _sandbox(self) -> Sandbox:
        from diag.sandbox.state import running

        sandbox = running(state_dir=Path(self._environment["NUKEDIAG_STATE_DIR"]))
        if sandbox is None:
            raise DemoError("the demo's sandbox has gone", "nukediag demo")
        return sandbox

    def _rows(self) -> dict[str, int]:
        from diag.sandbox.launch import status

        rows: dict[str, int] = status(self._sandbox())["rows"]
        return rows


@contextmanager
def _stage(session: Session, *, keep: bool) -> Iterator[dict[str, str]]:
    """A state folder of its own, so that the demo meets no other sandbox; ended and removed unless it is kept."""
    from diag.sandbox.launch import down

    folder = Path(tempfile.mkdtemp(prefix="nukediag-demo-"))
    environment = {**os.environ, "NUKEDIAG_STATE_DIR": str(folder)}
    try:
        yield environment
    finally:
        if keep:
            session.out.print(f"\nthe sandbox stays: NUKEDIAG_STATE_DIR={folder} nukediag sandbox down ends it")
        else:
            down(state_dir=folder)
            shutil.rmtree(folder, ignore_errors=True)
