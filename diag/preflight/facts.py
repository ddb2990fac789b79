"""What the checks look at. Each thing is fetched once per run, however many checks ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from diag.config import Configuration
from diag.config.settings import Settings
from diag.config.suspicion import tidy
from diag.credentials import Copies, compare
from diag.diagnosis import Answer, Diagnosis
from diag.project import DeployedFunction, Management, Project, ProjectError, ProjectState, StoredSecret
from diag.project.shipped import PROBE
from diag.project.source import Source, entry_of, scan, told_verify_jwt
from diag.rows import Outcome, Row, RowWorker, count_pending
from diag.rows.holding import Alone, Holding
from diag.rows.pending import pending_filter
from diag.rows.request import row_columns, row_from
from diag.secret import Secret
from diag.verify import Verification, Verifier
from diag.verify.probe import ProbeReport, ask_probe

T = TypeVar("T")

PAGE = 200
"""Pending rows from which the sample is drawn."""
SAMPLE = 24
"""Pictures looked at, so that one that is dead by chance does not stand for all, and many dead ones are noticed."""


@dataclass(frozen=True, slots=True)
class Options:
    """``call``: make the test call. ``mark``: set the marker of its row once it is verified. ``max_cost``: what may be
    spent beside the test call, in USD (0: nothing). ``avoid``: rows that are not to be called while there are others:
    an earlier call of theirs may be under way. ``holding``: where somebody else may be calling rows, whose they are."""

    call: bool = True
    mark: bool = True
    attempts: int = 3
    max_cost: float = 0.0
    avoid: frozenset[str] = frozenset()
    holding: Holding = field(default_factory=Alone)


@dataclass(frozen=True, slots=True)
class Looked:
    """A pending row, and what is wrong with its picture (None: nothing)."""

    row: Row
    fault: Diagnosis | None


class Facts:
    """Answers the checks' questions about one project; every question is asked once and remembered.

    Methods raise ProjectError where the project refuses to answer.
    """

    def __init__(
        self,
        project: Project,
        worker: RowWorker,
        options: Options | None = None,
        *,
        settings: Settings | None = None,
        verifier: Verifier | None = None,
        now: datetime | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.project = project
        self.worker = worker
        self.options = options or Options()
        self.settings = settings or project.configuration.settings
        self.now = now or datetime.now(UTC)
        self.sleep = sleep
        self.verifier = verifier or Verifier.of(project.configuration)
        self.outcomes: list[Outcome] = []
        self.verifications: list[Verification] = []
        self._asked: dict[str, asyncio.Future[Any]] = {}

    @property
    def configuration(self) -> Configuration:
        """The settings of the connection, with their origins."""
        return self.project.configuration

    @property
    def context(self) -> dict[str, str]:
        """The names that a remedy's command needs."""
        known = {"ref": self.configuration.ref, "function": self.settings.function.name}
        return {**{key: value for key, value in known.items() if value}, "table": self.settings.table.name}

    @cached_property
    def source(self) -> Source | None:
        """What the function's code reads, where its source is at hand."""
        folder = self.configuration.folder
        entry = None if self.configuration.sandbox else entry_of(folder, self.settings.function.name)
        return scan(entry, folder) if entry else None

    @property
    def told_verify_jwt(self) -> bool | None:
        """What the project's own ``config.toml`` says about the gateway's JWT check of the function."""
        if self.configuration.sandbox:
            return None
        return told_verify_jwt(self.configuration.folder, self.settings.function.name)

    @property
    def model(self) -> str | None:
        """The model that the function asks OpenAI for, where it is known."""
        local = self.configuration.local_values.get("OPENAI_MODEL")
        if local:
            return tidy(local.secret.reveal())
        return next(iter(self.source.models), None) if self.source else None

    def origin(self, key: str) -> str | None:
        """Where a setting came from, or None."""
        entry = self.configuration.entry(key)
        return entry.place.text if entry else None

    @property
    def management(self) -> Management:
        """The management API. Only checks that need an accepted token may ask for it."""
        if self.project.management is None:
            raise RuntimeError("a check used the management API without needing the token")
        return self.project.management

    async def boot(self) -> Answer:
        """The answer to OPTIONS on the function: reaches the project and starts the function, free of charge."""
        return await self._once("boot", lambda: self.project.functions.options(self.settings.function.name))

    async def state(self) -> ProjectState:
        """The project's state."""
        return await self._once("state", self.management.project)

    async def deployed(self) -> DeployedFunction | None:
        """The function as it is deployed, or None."""
        return await self._once("deployed", lambda: self.management.function(self.settings.function.name))

    async def secrets(self) -> Mapping[str, StoredSecret]:
        """The project's secrets by name; their values are digests."""
        stored = await self._once("secrets", self.management.secrets)
        return {secret.name: secret for secret in stored}

    async def copies(self) -> Copies:
        """The function's secrets, compared with the local copies."""
        stored = await self.secrets()
        return compare(self.configuration, stored.values(), settings=self.settings.secrets)

    async def usable(self, name: str) -> Secret | None:
        """The value of a secret as the function has it: the local copy, where the project stores the same."""
        copy = (await self.copies()).of(name)
        return Secret(tidy(copy.held.secret.reveal())) if copy and copy.held else None

    async def probe(self) -> ProbeReport | None:
        """What nukediag-probe says from inside the project, where it is deployed."""
        return await self._once("probe", self._ask_probe)

    async def _ask_probe(self) -> ProbeReport | None:
        try:
            if self.project.management is None or await self.management.function(PROBE) is None:
                return None
        except ProjectError:
            return None
        table, names = self.settings.table, (await self.copies()).secrets
        return await ask_probe(
            self.project.functions, [one.name for one in names], model=self.model, table=table.name, column=table.id
        )

    async def visible(self) -> int:
        """How many rows of the work table this key sees."""
        return await self._once("visible", lambda: self.project.data.count(self.settings.table.name, {}))

    async def pending(self) -> int:
        """How many rows have no result yet."""
        return await self._once("pending", lambda: count_pending(self.project, self.settings))

    async def sample(self) -> tuple[Looked, ...]:
        """Some of the next pending rows, with what is wrong with their pictures; the first row is always in it."""
        return await self._once("sample", self._look_at_sample)

    async def last_rows(self) -> tuple[Looked, ...]:
        """As ``sample``, from the other end: the rows that workers on a queue come to last."""
        return await self._once("last_rows", lambda: self._look_at_sample(last=True))

    async def _look_at_sample(self, *, last: bool = False) -> tuple[Looked, ...]:
        table, where = self.settings.table, pending_filter(self.settings)
        columns = row_columns(self.settings)
        records = await self.project.data.page(
            table.name, columns, where, key=table.id, after=None, limit=PAGE, last=last
        )
        records = [one for one in records if str(one[table.id]) not in self.options.avoid] or records
        step = max(1, len(records) // SAMPLE)
        rows = [row_from(record, self.settings) for record in records[::step][:SAMPLE]]
        faults = await asyncio.gather(*(self.worker.pictures.fault(row.url) for row in rows))
        return tuple(Looked(row, fault) for row, fault in zip(rows, faults, strict=True))

    async def _once(self, name: str, ask: Callable[[], Awaitable[T]]) -> T:
        if name not in self._asked:
            self._asked[name] = asyncio.ensure_future(ask())
        answer: T = await asyncio.shield(self._asked[name])
        return answer
