"""Edits of a user's functions take effect while the sandbox runs, new imports included."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from diag.sandbox.model import Project
from diag.sandbox.own.prepare import prepare
from diag.sandbox.own.serve import OwnProject, readable

_EVERY = 0.5  # seconds between two looks
_log = logging.getLogger(__name__)


class Watch:
    """Looks at the functions' files. ``retire(slug)``: the next call gets a new worker."""

    def __init__(self, own: OwnProject, into: Path, project: Project, retire: Callable[[str], None]) -> None:
        self._own, self._into, self._project, self._retire = own, into, project, retire
        self._files = dict(own.files)
        self._seen = {slug: _stamp(files) for slug, files in self._files.items()}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(_EVERY)
            now = await asyncio.to_thread(lambda: {slug: _stamp(files) for slug, files in self._files.items()})
            for slug in [slug for slug, stamp in now.items() if stamp != self._seen[slug]]:
                self._seen[slug] = now[slug]
                await self._renew(slug)

    async def _renew(self, slug: str) -> None:
        function = self._own.sources[slug]
        prepared = await prepare(function, self._into)
        for problem in prepared.problems:
            _log.warning("%s will not start: %s", slug, problem)
        if prepared.files:  # else it cannot be read as it is now: the same files may mend it
            self._files[slug] = function.settings_files + prepared.files
            self._seen[slug] = _stamp(self._files[slug])
        deployed = [each for each in (self._own.functions[slug], self._project.functions.get(slug)) if each]
        for each in deployed:
            each.options, each.readable = prepared.options, readable(function, prepared)
        self._retire(slug)


def _stamp(files: tuple[Path, ...]) -> tuple[tuple[int, int], ...]:
    return tuple(_file_stamp(path) for path in files)


def _file_stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
