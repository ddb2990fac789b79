"""Installing the queue's functions in a project's database, and taking them away again: one shipped SQL file each."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from diag.errors import ExitCode, NukediagError, SettingsError
from diag.fleet.queue import Functions, fleet_state
from diag.fleet.state import FleetState
from diag.project import ProjectError

Step = Literal["install", "remove"]
VERSION = 2
"""Of the functions that this nukediag ships and speaks to."""
_HOME = Path(__file__).resolve().parent.parent / "shipped" / "sql"
_FILES: dict[Step, str] = {"install": "nukediag_queue.sql", "remove": "nukediag_queue_remove.sql"}
_LOOKS, _BETWEEN = 40, 0.25  # the data API may take some seconds to look at the schema again


class Database(Protocol):
    """Whatever runs SQL as the database's owner: the Management API or a direct connection."""

    async def query(self, statements: str) -> Sequence[Mapping[str, Any]]:
        """The rows of the last statement. Raises ProjectError."""
        ...


def script(step: Step) -> str:
    """The SQL of a step, as it is run."""
    return (_HOME / _FILES[step]).read_text(encoding="utf-8")


def script_file(step: Step) -> Path:
    """Where it stands."""
    return _HOME / _FILES[step]


async def installed(functions: Functions, queue: str | None = None) -> FleetState | None:
    """The queues, or None where the functions are not installed. Raises ProjectError for anything else."""
    try:
        return await fleet_state(functions, queue)
    except ProjectError as error:
        if error.diagnosis.signature == "supabase.schema-mismatch":
            return None
        raise


async def require(functions: Functions, queue: str | None = None) -> FleetState:
    """The queues. Raises SettingsError where the functions are not installed, or are another version's."""
    state = await installed(functions, queue)
    if state is None:
        text = "the shared queue is not installed in this project's database"
        raise SettingsError(text, "nukediag queue install --yes (without --yes it only shows the SQL)")
    if state.version != VERSION:
        text = f"the shared queue in the database is version {state.version}, this nukediag speaks version {VERSION}"
        raise SettingsError(text, "nukediag queue install --yes with the newest nukediag, on every worker")
    return state


async def run(step: Step, database: Database, functions: Functions | None) -> FleetState | None:
    """Run the step and look whether it took; the queues then. ``functions`` None: it cannot be looked. Raises
    ProjectError, and NukediagError where the data API does not see what was done."""
    await database.query(script(step))
    if functions is None:
        return None
    for _ in range(_LOOKS):
        state = await installed(functions)
        if (state is not None) == (step == "install"):
            return state
        await asyncio.sleep(_BETWEEN)
    raise NotSeen


class NotSeen(NukediagError):
    """The SQL ran, but the data API goes on as before."""

    exit_code = ExitCode.CANNOT_VOUCH

    def __init__(self) -> None:
        text = "the SQL ran, but the data API does not see the change yet"
        super().__init__(text, "Run in the SQL editor: notify pgrst, 'reload schema'; then nukediag queue status.")
