"""``nukediag`` in a world that is bent: a clock that jumps, names that cannot be resolved, files that cannot grow,
file descriptors that run out. ``python -m benchmarks.bent BENDS WORD...``; BENDS is JSON, all of it optional:

``clock``: ``[[seconds after the start, seconds that the wall clock jumps], ...]``; ``dns``: ``[[from, to], ...]`` in
seconds after the start, when no name is resolved; ``files``: the most file descriptors; ``bytes``: the most that a
file may hold.
"""

from __future__ import annotations

import json
import resource
import socket
import sys
import time
from typing import Any, NoReturn


def bend_clock(jumps: list[list[float]]) -> None:
    """The wall clock alone: the monotonic one does not jump, by definition."""
    real, began = time.time, time.monotonic()
    time.time = lambda: real() + sum(jump for after, jump in jumps if time.monotonic() - began >= after)


def bend_names(spans: list[list[float]]) -> None:
    """What the C library answers where the resolver is away."""
    real, began = socket.getaddrinfo, time.monotonic()

    def getaddrinfo(*words: Any, **more: Any) -> Any:
        if any(start <= time.monotonic() - began < end for start, end in spans):
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(*words, **more)

    socket.getaddrinfo = getaddrinfo


def main(bends: dict[str, Any], words: list[str]) -> NoReturn:
    """Bend, then be nukediag. Its modules take the clock as they are imported: so they come after."""
    bend_clock(bends.get("clock", []))
    bend_names(bends.get("dns", []))
    for kind, name in ((resource.RLIMIT_NOFILE, "files"), (resource.RLIMIT_FSIZE, "bytes")):
        if name in bends:
            resource.setrlimit(kind, (bends[name], bends[name]))
    from diag.cli import main as run

    sys.argv = ["nukediag", *words]
    sys.exit(run())


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), sys.argv[2:])
