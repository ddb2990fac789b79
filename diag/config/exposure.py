"""Can somebody else read the env files: another user of this machine, or everybody who has the repository?"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

from diag.config.envfiles import EnvFile
from diag.secret import redact

_GROUP, _OTHERS = stat.S_IRGRP | stat.S_IWGRP, stat.S_IROTH | stat.S_IWOTH
_PATIENCE = 5.0  # seconds for git
_ALONE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}  # the first is younger than many a git


def exposures(env_files: Iterable[EnvFile]) -> Iterator[str]:
    """A sentence for every way in which a file with a secret in it lies open. ``redact`` knows the secrets already."""
    for env_file in env_files:
        if _holds_a_secret(env_file):
            readers = _readers(env_file.path)
            if readers:
                yield f"{env_file.shown} can be read by {readers}: chmod 600 {quote(env_file.shown)}"
            if is_tracked(env_file.path):
                yield (
                    f"{env_file.shown} is tracked by git: whoever has the repository has its secrets. "
                    f"git rm --cached {quote(env_file.shown)}, ignore it, and replace the secrets."
                )


def _holds_a_secret(env_file: EnvFile) -> bool:
    return any(redact(found.raw) != found.raw for values in env_file.values.values() for found in values)


def _readers(path: Path) -> str:
    try:
        mode = path.stat().st_mode
    except OSError:
        return ""
    if os.name != "posix" or not mode & (_GROUP | _OTHERS):
        return ""
    return "every user of this machine" if mode & _OTHERS else "its whole group"


def is_tracked(path: Path) -> bool:
    """Whether git keeps the file. False where that cannot be told: no git, no repository, not ours."""
    path = path.absolute()
    if not any((above / ".git").exists() for above in path.parents):
        return False
    # A repository's own settings may name a program to run (core.fsmonitor; a remote's uploadpack, for objects that it
    # says are elsewhere): this one is only looked at.
    words = ["git", "-c", "core.fsmonitor=false", "-C", str(path.parent), "ls-files", "-z", "--", path.name]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _ALONE
    try:
        told = subprocess.run(words, env=environ, capture_output=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    return told.returncode == 0 and bool(told.stdout)
