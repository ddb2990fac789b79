"""moto, which stands behind the front of AWS: a process of its own, with the project's account in it."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from diag.errors import SandboxError
from diag.sandbox.children import Child, Family
from diag.sandbox.ports import until_listening
from diag.sandbox.upstreams.aws import Aws

_PATIENCE = 30.0  # seconds


class Moto:
    """moto on a port, for ``front``. ``folder``: its home."""

    def __init__(self, front: Aws, port: int, folder: Path) -> None:
        self._front, self._port, self._folder = front, port, folder

    async def start(self, family: Family) -> Child:
        """Start it, be it again, and make the account, the same one each time. Whoever starts it keeps it. Raises
        ``SandboxError``."""
        self._front.lose_account()
        environ = {"INITIAL_NO_AUTH_ACTION_COUNT": "10", "HOME": str(self._folder), "MOTO_CALL_RESET_API": "false"}
        command = self._front.child_command(self._port)
        child = await family.start("aws", command, env=environ, cwd=self._folder, watched=False)
        try:
            if await until_listening(self._port, child, _PATIENCE):
                await self._front.prepare(f"http://127.0.0.1:{self._port}")
                return child
            why = child.last_words(2)
        except aiohttp.ClientError as error:
            why = str(error)
        await child.stop(0)
        raise SandboxError(f"moto, the AWS stand-in, did not start: {why}", f"see {child.log}")
