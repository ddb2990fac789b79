"""Where a sandbox lives on the disk, and which one is running.

``<state root>/sandbox/<name>/`` holds ``state.json`` (who listens where), ``sandbox.env`` (the settings to talk to it),
``functions.env`` (the right values of the function's secrets), ``lock`` (held by the supervisor as long as it lives:
that, and no process id, is how "running" is decided),
``logs/`` and ``journals/``. Folders are 0700, files 0600. ``down`` removes the folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from diag.errors import UsageError
from diag.private import open_private, private_folder

SCRATCH_PREFIX = "nukediag-"
FUNCTIONS_ENV = "functions.env"


class Sandbox(BaseModel):
    """One sandbox as its supervisor announced it. Holds the control token."""

    model_config = ConfigDict(frozen=True)

    name: str
    folder: Path
    pid: int
    ready: bool = False
    url: str = ""
    ref: str = ""
    management_url: str = ""
    control_url: str = ""
    control_token: str = Field("", repr=False)
    scenario: str = "healthy"
    variant: str = "strict"
    sb_keys: str = "accepted"
    images: int | None = None
    functions: Path | None = None
    tables: Path | None = None
    scratch: Path | None = None
    """A folder outside ``folder`` that has to be removed with it (the database's, where it runs as another user)."""

    @property
    def env_file(self) -> Path:
        """A file with all settings to talk to this sandbox."""
        return self.folder / "sandbox.env"

    @property
    def functions_env(self) -> Path:
        """The right values of the function's secrets, as a user keeps them in ``supabase/functions/.env``."""
        return self.folder / FUNCTIONS_ENV


def state_root(environ: Mapping[str, str] | None = None) -> Path:
    """``$NUKEDIAG_STATE_DIR``, else the user's state folder.

    A shell that has read a sandbox's env file carries that sandbox's own journal folder in this variable; the sandbox
    itself is to be found from there all the same.
    """
    named = (os.environ if environ is None else environ).get("NUKEDIAG_STATE_DIR")
    root = Path(named) if named else platformdirs.user_state_path("nukediag")
    inside_a_sandbox = root.name == "journals" and root.parent.parent.name == "sandbox"
    return root.parents[2] if inside_a_sandbox else root


def cache_root(environ: Mapping[str, str] | None = None) -> Path:
    """``$NUKEDIAG_CACHE_DIR``, else the user's cache folder: what was downloaded once."""
    named = (os.environ if environ is None else environ).get("NUKEDIAG_CACHE_DIR")
    return Path(named) if named else platformdirs.user_cache_path("nukediag")


def sandbox_folder(name: str, state_dir: Path | None = None) -> Path:
    """The folder of the sandbox of that name."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise UsageError(f"'{name}' is no name for a sandbox", "use letters, digits, '-' and '_'")
    return ((state_dir or state_root()) / "sandbox" / name).absolute()


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(open_private(fresh, os.O_WRONLY | os.O_TRUNC), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def save(sandbox: Sandbox) -> None:
    """Write ``state.json``."""
    write_private(sandbox.folder / "state.json", sandbox.model_dump_json(indent=1))


def read(folder: Path) -> Sandbox | None:
    """What ``state.json`` says, whether or not that sandbox still lives; None without a readable one."""
    try:
        return Sandbox.model_validate_json((folder / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None


def hold(folder: Path) -> int | None:
    """Take the sandbox's lock for the life of this process, making the folder; None if somebody else holds it."""
    while True:
        try:
            handle = open_private(private_folder(folder) / "lock")
        except FileNotFoundError:
            continue  # its former holder has just removed the folder
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
        if _is_at(handle, folder / "lock"):
            return handle
        os.close(handle)  # its former holder has just removed the file: a lock that nobody else would see


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def is_held(folder: Path) -> bool:
    """Whether a supervisor lives there. The lock goes with the process, however it dies."""
    try:
        handle = os.open(folder / "lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False


def sweep(folder: Path, *, keep_lock: bool = False) -> None:
    """Remove what a sandbox left on the disk, also one that was killed. The caller holds its lock."""
    found = read(folder)
    if found and found.scratch and found.scratch.name.startswith(SCRATCH_PREFIX):
        shutil.rmtree(found.scratch, ignore_errors=True)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name != "lock":
            path.unlink()
    if not keep_lock:
        (folder / "lock").unlink(missing_ok=True)  # last: from here on the folder may be somebody else's
        with suppress(OSError):
            folder.rmdir()


def running(name: str = "default", state_dir: Path | None = None) -> Sandbox | None:
    """The sandbox of that name if it is up and ready, else None."""
    folder = sandbox_folder(name, state_dir)
    sandbox = read(folder)
    return sandbox if sandbox and sandbox.ready and is_held(folder) else None
