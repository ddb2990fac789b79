"""Starting, switching and ending a sandbox from another process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from diag.errors import ExitCode, NukediagError, SandboxError, UsageError
from diag.sandbox.parts import require_extra
from diag.sandbox.state import Sandbox, hold, is_held, read, running, sandbox_folder, sweep
from diag.secret import redact

_STARTED_BY_ANOTHER = 300  # seconds to wait for a sandbox that somebody else is starting
_GRACE = 15  # seconds for the supervisor to end its children


def _silent(text: str) -> None:
    pass


def up(
    scenario: str | None = None,
    *,
    images: int | None = None,
    name: str = "default",
    port: int = 0,
    variant: str | None = None,
    functions: Path | None = None,
    tables: Path | None = None,
    sb_keys: str | None = None,
    state_dir: Path | None = None,
    say: Callable[[str], None] = _silent,
) -> Sandbox:
    """Start a sandbox and return when it is ready; one that is up already is switched to ``scenario`` if need be.

    ``scenario`` None: healthy, or what is being played. ``images``: rows without a result (None: 2,734). ``port`` 0:
    a free one. ``variant`` None: strict. ``functions``: a folder of the user's own functions to serve instead;
    ``tables``: SQL for their tables. ``sb_keys``: ``accepted`` (None) or ``refused``. ``say`` hears of progress.

    Raises ``UsageError`` (port taken, extra missing, unknown scenario) or ``SandboxError`` (a part does not start).
    """
    require_extra()
    folder = sandbox_folder(name, state_dir)
    own = {key: path and str(path.absolute()) for key, path in (("functions", functions), ("tables", tables))}
    kind = {"scenario": scenario or "healthy", "variant": variant or "strict", "sb_keys": sb_keys or "accepted"}
    wishes = {"images": images, "port": port, **kind, **own}
    if not is_held(folder) and _start(folder, json.dumps(wishes), say):
        return _found(name, state_dir)
    there = _wait_for_other(folder)  # it is up already, or just being started by somebody else
    differs = {
        "--images": images not in (None, there.images),
        "--port": port != 0 and not there.url.endswith(f":{port}"),
        "--variant": variant not in (None, there.variant),
        "--functions": functions is not None and functions.absolute() != there.functions,
        "--schema": tables is not None and tables.absolute() != there.tables,
        "--sb-keys": sb_keys not in (None, there.sb_keys),
    }
    _refuse_another_kind([flag for flag, is_so in differs.items() if is_so])
    return there if scenario in (None, there.scenario) else switch(there, str(scenario))


def _found(name: str, state_dir: Path | None) -> Sandbox:
    found = running(name, state_dir)
    if found is None:
        raise SandboxError("the sandbox ended as soon as it was ready", "nukediag sandbox up --foreground shows more")
    return found


def _refuse_another_kind(flags: list[str]) -> None:
    if flags:
        text = f"a sandbox is up already, and {', '.join(flags)} cannot be changed while it runs"
        raise UsageError(text, "nukediag sandbox down, then up again")


def _wait_for_other(folder: Path) -> Sandbox:
    deadline = time.monotonic() + _STARTED_BY_ANOTHER
    while time.monotonic() < deadline and is_held(folder):
        found = read(folder)
        if found and found.ready:
            return found
        time.sleep(0.1)
    raise SandboxError("another process began to start this sandbox and did not finish", "nukediag sandbox down")


def _start(folder: Path, wishes: str, say: Callable[[str], None]) -> bool:
    """Start a supervisor; False if another one is just being started for that folder."""
    reader, writer = os.pipe()
    command = [sys.executable, "-m", "diag.sandbox.server", "--folder", str(folder)]
    with tempfile.TemporaryFile() as complaints, os.fdopen(reader, encoding="utf-8") as told:
        process = subprocess.Popen(
            [*command, "--tell", str(writer), "--wishes", wishes],
            stdin=subprocess.DEVNULL,
            stdout=complaints,
            stderr=complaints,
            pass_fds=(writer,),
            start_new_session=True,  # the terminal's Ctrl-C is not for it
        )
        os.close(writer)
        try:
            started = _listen(told, say)
        except NukediagError:
            process.wait()  # it tidies up after its own failure
            raise
        except BaseException:
            _abandon(process)
            raise
        if started is None:
            process.wait()
            complaints.seek(0)
            words = redact(complaints.read().decode(errors="replace")).strip().splitlines()[-1:]
            raise SandboxError(f"the sandbox's supervisor ended: {' '.join(words) or 'no word'}", "try again")
    # From here on it is on its own: without this, Python would complain about a child left running.
    process.returncode = 0
    return started


def _abandon(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _listen(told: Iterator[str], say: Callable[[str], None]) -> bool | None:
    for line in told:
        words: dict[str, Any] = json.loads(line)
        if words.get("busy"):
            return False
        if "error" in words:
            error = SandboxError if words["exit_code"] == ExitCode.BUG else NukediagError
            raise _with_code(error(words["error"], words["remedy"]), ExitCode(words["exit_code"]))
        if words.get("ready"):
            return True
        say(words.get("say", ""))
    return None


def _with_code(error: NukediagError, code: ExitCode) -> NukediagError:
    error.exit_code = code
    return error


def switch(sandbox: Sandbox, scenario: str) -> Sandbox:
    """Put another scenario on and start counting anew; results that were saved stay."""
    answer = _ask(sandbox, "POST", "/scenario", {"name": scenario})
    return sandbox.model_copy(update={"scenario": answer["scenario"]})


def status(sandbox: Sandbox) -> dict[str, Any]:
    """``{scenario, rows, calls, twice, parts, restarted, problems}`` from the running supervisor."""
    return _ask(sandbox, "GET", "/status")


def environment(sandbox: Sandbox, slug: str) -> dict[str, str]:
    """The variables that a new worker of a function gets now: secrets, real values and all. Empty if not deployed."""
    return _ask(sandbox, "GET", f"/environment/{slug}")


def _ask(sandbox: Sandbox, method: str, path: str, body: dict[str, str] | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {sandbox.control_token}"}
    try:
        with httpx.Client(timeout=60, trust_env=False) as client:
            answer = client.request(method, sandbox.control_url + path, headers=headers, json=body)
    except httpx.HTTPError as error:
        text = f"the sandbox's supervisor does not answer ({type(error).__name__})"
        raise SandboxError(text, "nukediag sandbox down, then up") from error
    found: dict[str, Any] = answer.json() if answer.content else {}
    if answer.is_error:
        error_code = ExitCode(found.get("exit_code", ExitCode.BUG))
        raise _with_code(NukediagError(found.get("message", "refused"), found.get("remedy", "")), error_code)
    return found


def down(name: str = "default", state_dir: Path | None = None) -> bool:
    """End the sandbox and remove its folder; whether there was one. Ending what does not run is no error."""
    folder = sandbox_folder(name, state_dir)
    if not folder.exists():
        return False
    was_up = is_held(folder)
    if was_up:
        _end(folder)
    handle = hold(folder)
    if handle is not None:  # else somebody has just started it anew
        sweep(folder)
        os.close(handle)
    return was_up


def _end(folder: Path) -> None:
    found = read(folder)
    if found is None:
        raise SandboxError("a sandbox is being started there", "wait a moment, then try again")
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE
    while is_held(folder) and time.monotonic() < deadline:
        time.sleep(0.02)
    if is_held(folder):
        with suppress(ProcessLookupError):
            os.killpg(found.pid, signal.SIGKILL)  # it leads its own session: its children are in the same group
    while is_held(folder):
        time.sleep(0.02)
