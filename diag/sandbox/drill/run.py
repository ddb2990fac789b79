"""Calling a function under every scenario."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from diag.catalogue import SIGNATURES
from diag.config import Configuration
from diag.diagnosis import Scope
from diag.errors import SandboxError
from diag.project import Project
from diag.rows import Outcome, Pictures, Row, RowWorker, pending_rows
from diag.rows.picture import limits_for
from diag.rows.request import row_columns, row_from
from diag.sandbox import launch
from diag.sandbox.drill.database import Database, changes
from diag.sandbox.drill.judge import Usual, as_usual, claims_success, judge, usual
from diag.sandbox.drill.leaks import find_leaks, secrets_in
from diag.sandbox.drill.model import Card, Drilled, Shot
from diag.sandbox.scenarios import SCENARIOS, Scenario
from diag.sandbox.state import Sandbox
from diag.secret import Secret, redact

_HEALTHY_CALLS = 3
_MOST_ATTEMPTS = 4  # where chance decides whether a fault shows
_LOOKS = 40  # rows looked at for one whose picture has the fault in question
_LOG_LINES = 12
OnDrilled = Callable[[Drilled], None]


class Drill:
    """A drill of one function in a running sandbox of its own, which nobody else may use meanwhile.

    ``configure`` gives the configuration for the sandbox as it is set now.
    """

    def __init__(self, sandbox: Sandbox, configure: Callable[[], Configuration]) -> None:
        self._sandbox, self._configure = sandbox, configure
        configuration = configure()
        if configuration.database_url is None:
            raise RuntimeError("a sandbox's settings name its database")
        self._settings = configuration.settings
        self._database = Database(configuration.database_url.reveal(), self._settings.table)
        self._project = Project(configuration)
        self._unused: list[str] = []
        self._pictures = Pictures(limits_for(self._settings))

    async def run(self, scenarios: Sequence[str], on_drilled: OnDrilled) -> Card:
        """Play each scenario and call the function. ``on_drilled`` hears of every one as it is done."""
        async with self._project:
            try:
                return await self._run(scenarios, on_drilled)
            finally:
                await self._pictures.aclose()

    async def _run(self, scenarios: Sequence[str], on_drilled: OnDrilled) -> Card:
        await self._play("healthy")
        self._unused = [row.id async for row in pending_rows(self._project, self._settings)]
        shots = [await self._shoot(SCENARIOS["healthy"]) for _ in range(_HEALTHY_CALLS)]
        before = usual(shots)
        first = judge(SCENARIOS["healthy"], shots[0], before, self._settings.table)
        on_drilled(first)
        if not all(claims_success(shot.answer) for shot in shots):
            return self._card([first], healthy=False)
        drilled = [first]
        for name in scenarios:
            drilled.append(await self._drill(SCENARIOS[name], before))
            on_drilled(drilled[-1])
        return self._card(drilled, healthy=True)

    def _card(self, drilled: Sequence[Drilled], *, healthy: bool) -> Card:
        folder = str(self._sandbox.functions) if self._sandbox.functions else None
        log = "" if healthy else self._log()
        return Card(self._settings.function.name, folder, healthy, tuple(drilled), log)

    def _log(self) -> str:
        path = self._sandbox.folder / "logs" / f"function-{self._settings.function.name}.log"
        try:
            return redact("\n".join(path.read_text(errors="replace").splitlines()[-_LOG_LINES:]))
        except OSError:
            return ""

    async def _drill(self, scenario: Scenario, before: Usual) -> Drilled:
        await self._play(scenario.name)
        attempts, most = 1, _MOST_ATTEMPTS if _by_chance(scenario) else 1
        while as_usual(shot := await self._shoot(scenario), before) and attempts < most:
            attempts += 1
        return judge(scenario, shot, before, self._settings.table, attempts)

    async def _play(self, name: str) -> None:
        await asyncio.to_thread(launch.switch, self._sandbox, name)

    async def _shoot(self, scenario: Scenario) -> Shot:
        row = await self._next_row(scenario)
        before, counted = await asyncio.gather(self._database.state(row.id), self._counted())
        outcome = await self._call(row)
        after, now = await asyncio.gather(self._database.state(row.id), self._counted())
        wrote, columns = changes(before, after)
        environment = await asyncio.to_thread(launch.environment, self._sandbox, self._settings.function.name)
        secrets, public = secrets_in(environment)
        redact.learn(*map(Secret, secrets.values()))
        answer = outcome.answer
        assert answer is not None, "the picture was not looked at, so there was a call"
        return Shot(
            answer=answer,
            told=outcome.diagnosis,
            reached=now["function"] > counted["function"],
            paid={name: now[name] - counted[name] for name in now if name.endswith("_accepted")},
            wrote=wrote,
            columns=columns,
            leaks=find_leaks(answer, secrets, public),
        )

    async def _call(self, row: Row) -> Outcome:
        configuration = self._configure()  # a scenario may hold the fault: the anon key instead of the service key
        async with Project(configuration) as project, RowWorker(project, configuration.settings) as worker:
            return await worker.run(row, mark=False, look_at_picture=False)

    async def _counted(self) -> dict[str, int]:
        return dict((await asyncio.to_thread(launch.status, self._sandbox))["calls"])

    async def _next_row(self, scenario: Scenario) -> Row:
        """A fresh row: one whose picture is sound, or has the fault that the scenario puts into some of them."""
        wants_fault = scenario.signature.startswith("image.")
        for row_id in self._unused[:_LOOKS]:
            row = await self._row(row_id)
            if bool(await self._pictures.fault(row.url)) is wants_fault:
                self._unused.remove(row_id)
                return row
        if not self._unused:
            raise SandboxError("the sandbox has no row left to call the function for", "drill fewer scenarios at once")
        return await self._row(self._unused.pop(0))

    async def _row(self, row_id: str) -> Row:
        """The row as it stands now: a scenario may have changed it."""
        record = await self._database.row(row_id)
        return row_from({name: record.get(name) for name in row_columns(self._settings)}, self._settings)


def _by_chance(scenario: Scenario) -> bool:
    return len(scenario.preflight_exit) > 1 or SIGNATURES[scenario.signature].scope is Scope.TRANSIENT
