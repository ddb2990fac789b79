"""Free loopback ports, and waiting for somebody to listen on one."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

from diag.errors import UsageError
from diag.sandbox.children import Child

LOOPBACK = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """That many different free ports. Somebody may take one before we do; then its user says so when it starts."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]


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
