"""Free loopback ports, and waiting for somebody to listen on one."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from secrets import SystemRandom

from diag.errors import SandboxError, UsageError
from diag.sandbox.children import Child

LOOPBACK = "127.0.0.1"
_FOR_CHILDREN = range(20_000, 32_768)


def free_ports(count: int) -> list[int]:
    """That many different free ports, for children that want to be told a number.

    From below the range out of which systems give ports to outgoing connections (32768 up on Linux, 49152 up on
    macOS), so that none is taken by chance before the child listens on it.
    """
    found: list[int] = []
    candidates = SystemRandom().sample(_FOR_CHILDREN, k=200 + count)
    while len(found) < count and candidates:
        port = candidates.pop()
        with suppress(OSError), socket.socket() as probe:
            probe.bind((LOOPBACK, port))
            found.append(port)
    if len(found) < count:
        raise SandboxError("no free ports between 20000 and 32767", "end some of the programs that listen there")
    return found


def listener(port: int = 0) -> socket.socket:
    """A listening socket on the loopback address; port 0 takes a free one."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} is taken ({error.strerror})", "choose another --port, or leave it out"
        ) from error
    listening.listen(512)
    return listening


async def until_listening(port: int, child: Child, seconds: float) -> bool:
    """Whether the child listens there before it ends or the time is up."""
    deadline = asyncio.get_running_loop().time() + seconds
    while child.alive and asyncio.get_running_loop().time() < deadline:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            await asyncio.sleep(0.01)
        else:
            writer.close()
            return True
    return False
