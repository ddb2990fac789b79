"""A real Chromium, driven over its own DevTools protocol: what a page asks for, complains about and looks like."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_FLAGS = (
    "--headless=new", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", "--no-first-run",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip
MISSING = "no Chromium was found: install one (Debian: apt-get install chromium), or name it in CHROMIUM"


def program() -> str:
    """Where Chromium is. Raises LookupError where there is none."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        raise LookupError(MISSING)
    return found


class Tab:
    """One page. ``requests`` are the URLs that it asked for, ``complaints`` what the browser logged about it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._loaded = asyncio.Event()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            found = message.json()
            if "id" in found:
                self._waiting.pop(found["id"]).set_result(found)
            elif found["method"] == "Page.loadEventFired":
                self._loaded.set()
            elif found["method"] == "Network.requestWillBeSent":
                self.requests.append(found["params"]["request"]["url"])
            elif found["method"] in ("Log.entryAdded", "Runtime.exceptionThrown", "Page.javascriptDialogOpening"):
                self.complaints.append(str(found["params"]))

    async def tell(self, method: str, **parameters: Any) -> Any:
        """A command of the protocol and its result."""
        self._number += 1
        future = self._waiting[self._number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": self._number, "method": method, "params": parameters})
        answer = await asyncio.wait_for(future, 30)
        assert "error" not in answer, answer
        return answer["result"]

    async def show(self, page: Path, width: int, *, scheme: str = "light", media: str = "") -> None:
        """Load the page at that width, with the user's wish for light or dark."""
        for domain in ("Page", "Network", "Log", "Runtime"):
            await self.tell(f"{domain}.enable")
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self.tell("Emulation.setEmulatedMedia", media=media, features=features)
        phone = width < 600
        await self.tell(
            "Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=phone
        )
        self._loaded.clear()
        await self.tell("Page.navigate", url=page.resolve().as_uri())
        await asyncio.wait_for(self._loaded.wait(), 30)

    async def value(self, expression: str) -> Any:
        """What an expression comes to in the page."""
        found = await self.tell("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def picture(self, path: Path) -> None:
        """The whole page as a PNG."""
        found = await self.tell("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    async def close(self) -> None:
        """Stop listening."""
        self._reader.cancel()
        await self._socket.close()


@asynccontextmanager
async def new_tab() -> AsyncIterator[Tab]:
    """A tab of a browser of its own."""
    flags = [*_FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = await asyncio.create_subprocess_exec(
            program(), *flags, f"--user-data-dir={folder}", stderr=asyncio.subprocess.DEVNULL
        )
        try:
            port = await _port(Path(folder) / "DevToolsActivePort")
            async with aiohttp.ClientSession() as session:
                async with session.put(f"http://127.0.0.1:{port}/json/new?about:blank") as answer:
                    address = (await answer.json())["webSocketDebuggerUrl"]
                tab = Tab(await session.ws_connect(address, max_msg_size=0))
                yield tab
                await tab.close()
        finally:
            process.terminate()
            await process.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(60):
        while not (file.exists() and file.read_text().strip()):
            await asyncio.sleep(0.1)
    return int(file.read_text().split()[0])
