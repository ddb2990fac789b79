"""The supervisor of one sandbox: one process that hosts the HTTP parts and owns the child processes.

``python -m diag.sandbox.server`` is started by ``launch.up``, detached. It tells its progress through a pipe
(``--tell FD``), one JSON object a line: ``{"say"}``, at last ``{"ready": true}``, ``{"busy": true}`` (another one
holds the folder) or ``{"error", "remedy", "exit_code"}``.
It ends on SIGTERM or SIGINT and takes every child with it; if it is killed, the kernel ends them (``children``).

What it takes from the world (``scenarios``, ``counters``, ``upstreams``, ``world``):

``counters.Counters()``
    ``snapshot()``, ``reset()``, ``function_called(slug)`` (the gateway calls it per call that reaches a worker).
``upstreams.openai.OpenAI(counters)`` · ``upstreams.aws.Aws(counters)`` · ``upstreams.photos.Photos()``
    each with ``routes()`` and ``configure(faults)`` (a complete replacement: ``{}`` is healthy); ``start()`` and
    ``close()`` where they have connections of their own. OpenAI and AWS have a listener each, so paths start at ``/``;
    the photos' routes stand in the gateway.
``scenarios.SCENARIOS``, ``world.seed.sql``/``COUNTS``, ``world/functions/{strict,lenient}/<slug>/index.ts``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from diag.errors import ExitCode, NukediagError
from diag.private import private_folder
from diag.sandbox.assembly import Assembly, Wishes
from diag.sandbox.control import PREFIX
from diag.sandbox.postgres import scratch_folder
from diag.sandbox.stage import find
from diag.sandbox.state import Sandbox, hold, save, sweep
from diag.secret import redact

_LOOK_AFTER = 2  # seconds


@dataclass
class Teller:
    """The pipe to whoever started us; a reader that left is no reason to stop."""

    handle: int | None

    def tell(self, **words: object) -> None:
        """One line of progress."""
        if self.handle is not None:
            with suppress(OSError):
                os.write(self.handle, (json.dumps(words) + "\n").encode())

    def say(self, text: str) -> None:
        """Progress for the user."""
        self.tell(say=text)

    def close(self) -> None:
        """Nothing more will be told."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None


def parse(arguments: list[str]) -> argparse.Namespace:
    """The supervisor's own command line, which only ``launch`` writes."""
    parser = argparse.ArgumentParser(prog="diag.sandbox.server")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--tell", type=int)
    parser.add_argument("--wishes", type=Wishes.model_validate_json, required=True)
    return parser.parse_args(arguments)


async def serve(folder: Path, wishes: Wishes, teller: Teller) -> None:
    """Bring the sandbox up, say so, and keep it until a signal ends it."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    announced = Sandbox(name=folder.name, folder=folder, pid=os.getpid(), scratch=scratch_folder())
    save(announced)
    assembly = Assembly(folder, announced.scratch or private_folder(folder / "postgres"), wishes, teller.say)
    try:
        ended = await _unless(stopped, assembly.start())
        if not ended:
            save(_described(announced, assembly, wishes))
            teller.tell(ready=True)
            teller.close()
            await _until_stopped(stopped, (folder / "lock").exists)
    finally:
        await assembly.stop()


async def _until_stopped(stopped: asyncio.Event, is_ours: Callable[[], bool]) -> None:
    """Wait for the signal, or for the folder to be removed under us: then nobody could find or end us any more."""
    while not stopped.is_set() and is_ours():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), _LOOK_AFTER)


async def _unless(stopped: asyncio.Event, starting: Coroutine[None, None, None]) -> bool:
    """Run the start-up unless a signal comes first; whether one came."""
    task = asyncio.create_task(starting)
    signalled = asyncio.create_task(stopped.wait())
    await asyncio.wait({task, signalled}, return_when=asyncio.FIRST_COMPLETED)
    if stopped.is_set():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return True
    signalled.cancel()
    await task
    return False


def _described(announced: Sandbox, assembly: Assembly, wishes: Wishes) -> Sandbox:
    return announced.model_copy(
        update={
            "ready": True,
            "url": assembly.project.url,
            "ref": assembly.project.keys.ref,
            "management_url": assembly.management_url,
            "control_url": assembly.management_url + PREFIX,
            "control_token": assembly.control_token,
            "scenario": find(wishes.scenario).name,
            "variant": wishes.variant,
            "sb_keys": wishes.sb_keys,
            "images": wishes.images,
            "functions": wishes.functions,
            "tables": wishes.tables,
        }
    )


def _explain(error: Exception) -> dict[str, object]:
    if isinstance(error, NukediagError):
        return {"error": error.message, "remedy": error.remedy, "exit_code": int(error.exit_code)}
    traceback.print_exception(error)
    text = f"the sandbox failed: {type(error).__name__}: {error}"
    return {"error": redact(text), "remedy": "", "exit_code": int(ExitCode.BUG)}


def main() -> int:
    """Be the supervisor."""
    given = parse(sys.argv[1:])
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # until the event loop takes over
    teller = Teller(given.tell)
    if hold(given.folder) is None:
        teller.tell(busy=True)
        return 1
    # A former sandbox of this name that was killed has left its files; ours are for nobody either once we end.
    sweep(given.folder, keep_lock=True)
    log = private_folder(given.folder / "logs") / "supervisor.log"
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s", filename=log)
    try:
        asyncio.run(serve(given.folder, given.wishes, teller))
    except Exception as error:
        teller.tell(**_explain(error))
        return 1
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # nothing keeps us from tidying up
        sweep(private_folder(given.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
