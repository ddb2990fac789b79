"""A journal after a disk, a crash or a careless hand: it is read, or it says why not, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import tempfile
from functools import cache
from pathlib import Path

from diag.backfill.fate import Fate
from diag.backfill.journal import Journal, Moment
from diag.backfill.records import State
from diag.backfill.result import BackfillResult
from diag.backfill.runs import Runs
from diag.catalogue import describe
from diag.errors import NukediagError
from diag.rows.outcome import Outcome, Row

_NAME, _FUNCTION, _PATIENCE = "j.sqlite3", "f", 30.0
_ROWS = 60
_DONE = frozenset(f"row-{number}" for number in range(0, _ROWS, 3))


def journal(data: bytes) -> None:
    """Each five bytes damage a file: which one, how, where and with what. A file that merely ends too early may
    forget, and never makes a row done that was not."""
    files, honest = dict(_files()), True
    for at in range(0, min(len(data), 60) - 4, 5):
        honest &= _damage(files, data[at : at + 5])
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        _look(Runs(Path(folder) / _NAME))
        asyncio.run(asyncio.wait_for(_go_on(Path(folder) / _NAME, honest=honest), _PATIENCE))


def _damage(files: dict[str, bytes], how: bytes) -> bool:
    name = (_NAME, f"{_NAME}-wal")[how[0] & 1]
    content = files[name]
    at = int.from_bytes(how[2:4], "big") * max(1, len(content)) >> 16
    if how[1] % 4 == 0:
        files[name] = content[:at]
        return True
    middle = (bytes([how[4]]), bytes(512), b"")[how[1] % 4 - 1]
    files[name] = content[:at] + middle + content[at + (len(middle) or 16) :]
    return False


def _look(runs: Runs) -> None:
    for one in (lambda: runs.latest(), lambda: runs.refused(_FUNCTION), *map(_questions(runs), ("run-1", "run-2"))):
        try:
            one()
        except NukediagError as error:
            assert error.remedy


def _questions(runs: Runs):  # type: ignore[no-untyped-def]
    def of(run: str):  # type: ignore[no-untyped-def]
        return lambda: (
            runs.run(run),
            runs.signatures(run),
            runs.slots(run),
            runs.latencies(run),
            runs.failed_rows(run),
            runs.failed_count(run),
        )

    return of


async def _go_on(path: Path, *, honest: bool) -> None:
    try:
        held = await Journal.open(path, _FUNCTION, "run-3")
    except NukediagError as error:
        assert error.remedy
        return
    try:
        found = await held.records(f"row-{number}" for number in range(_ROWS))
        done = {one.id for one in found.values() if one.state is State.DONE}
        assert not honest or done <= _DONE
        await held.begin(9, {})
        await held.intent("row-1")
        await held.counted(State.DONE)
    except NukediagError as error:
        assert error.remedy
    finally:
        await held.close()


@cache
def _files() -> dict[str, bytes]:
    """A journal of two runs, the second one killed: with a write-ahead log that was never folded in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / _NAME
        return asyncio.run(_written(path))


async def _written(path: Path) -> dict[str, bytes]:
    first = await Journal.open(path, _FUNCTION, "run-1")
    await first.begin(_ROWS, {"limit": 5})
    for number in range(_ROWS):
        await _record(first, number)
    await first.finish(BackfillResult("run-1", _FUNCTION, _ROWS))
    await first.close()
    second = await Journal.open(path, _FUNCTION, "run-2")
    await second.begin(_ROWS, {})
    for number in range(1, _ROWS, 7):
        await second.intent(f"row-{number}")
    await second.progress(BackfillResult("run-2", _FUNCTION, _ROWS), Moment("running"))
    files = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.suffix != ".lock"}
    await second.close()
    return {name: content for name, content in files.items() if not name.endswith("-shm")}


async def _record(held: Journal, number: int) -> None:
    row = f"row-{number}"
    fate = Fate.DONE if row in _DONE else (Fate.REFUSED, Fate.FAILED)[number % 2]
    signature = "function.ok" if fate is Fate.DONE else "image.not-found"
    await held.intent(row)
    await held.outcome(Outcome(Row(row, None), describe(signature), called=True, marked=fate is Fate.DONE), fate)
