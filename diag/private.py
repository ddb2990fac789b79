"""Folders and files of nukediag's own, for their owner's eyes alone whatever the umask says.

Nothing is written through a link that somebody else may have laid: neither a symbolic link nor a second name of a
file is followed, and a folder of another user is refused. Looser modes of an own folder are mended in silence: they
come from an older version or from a copy.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from diag.errors import SettingsError

FOLDER, FILE = 0o700, 0o600
_OTHERS = 0o077


class NotPrivate(SettingsError):
    """A folder or file that belongs to somebody else, or is a link."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} {why}", "Choose another folder with --state-dir, or find out who put it there.")


def private_folder(folder: Path) -> Path:
    """The folder, made with its parents where it is missing, 0700. Raises OSError; NotPrivate where it is not ours."""
    for each in (*reversed(folder.parents), folder):  # `parents=True` would give the parents the umask's mode
        each.mkdir(exist_ok=True, mode=FOLDER)
    if folder.is_symlink() and os.lstat(folder).st_uid != os.geteuid():
        raise NotPrivate(folder, "is a link that somebody else has laid")
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise NotPrivate(folder, "belongs to another user")
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        folder.chmod(FOLDER)
    return folder


def open_private(path: Path, flags: int = os.O_RDWR) -> int:
    """A descriptor of the file, made where it is missing, 0600. Raises OSError; NotPrivate for a link, for a second
    name of another file, and for what is no file of ours."""
    try:
        descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, FILE)
    except OSError:
        if path.is_symlink():
            raise NotPrivate(path, "is a symbolic link, which is not followed") from None
        raise
    found = os.fstat(descriptor)
    why = "is no file" if not stat.S_ISREG(found.st_mode) else _not_ours(found)
    if why:
        os.close(descriptor)
        raise NotPrivate(path, why)
    if stat.S_IMODE(found.st_mode) & _OTHERS:
        os.fchmod(descriptor, FILE)
    return descriptor


def _not_ours(found: os.stat_result) -> str:
    if found.st_uid != os.geteuid():
        return "belongs to another user"
    return "has a second name, under which it is another file" if found.st_nlink > 1 else ""
