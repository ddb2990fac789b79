"""Putting a scenario on: its faults go into the parts, the former one's are taken back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from diag.errors import UsageError
from diag.sandbox.counters import Counters
from diag.sandbox.model import Deployed, Project
from diag.sandbox.own.environment import OwnEnvironment
from diag.sandbox.parts import FUNCTIONS
from diag.sandbox.postgres import Postgres
from diag.sandbox.scenarios import ALIASES, SCENARIOS, Scenario, wrong_twin
from diag.sandbox.state import write_private

_DRAIN = 5.0  # seconds


class Upstream(Protocol):
    """A stand-in whose faults can be set; ``{}`` is healthy."""

    def configure(self, faults: Mapping[str, object]) -> None:
        """Replace all faults."""


def find(name: str) -> Scenario:
    """The scenario of that name; a ``UsageError`` that suggests the near one."""
    name = ALIASES.get(name, name)
    if name in SCENARIOS:
        return SCENARIOS[name]
    from difflib import get_close_matches

    near = get_close_matches(name, SCENARIOS, n=1)
    raise UsageError(
        f"there is no scenario '{name}'" + (f"; did you mean '{near[0]}'?" if near else ""),
        "nukediag sandbox scenarios lists them",
    )


@dataclass
class Stage:
    """The parts that a scenario changes. ``functions``: slug -> what is deployed when all is well;
    ``kept_secrets``: credentials that the stand-ins keep for scenarios (an expired token, a user without rights);
    ``environment``: what a user's own functions have on top."""

    project: Project
    healthy_secrets: Mapping[str, str]
    functions: Mapping[str, Deployed]
    upstreams: Mapping[str, Upstream]
    postgres: Postgres
    counters: Counters
    env_file: Path
    fixed_settings: Mapping[str, str]
    on_secrets: Callable[[], None]
    drained: Callable[[float], Awaitable[None]]
    kept_secrets: Mapping[str, str] = field(default_factory=dict)
    environment: OwnEnvironment = field(default_factory=OwnEnvironment)
    current: Scenario = SCENARIOS["healthy"]

    async def put_on(self, name: str) -> None:
        """Switch to that scenario and start counting anew. Results that were saved stay."""
        scenario = find(name)
        await self._change_data(scenario)
        for part, faults in {**{part: {} for part in self.upstreams}, **scenario.faults}.items():
            self.upstreams[part].configure(faults)
        self._deploy(scenario)
        secrets = scenario.secrets_from(self.healthy_secrets, self.kept_secrets)
        if self.project.replace_secrets(self.environment.over(secrets)) or scenario is not self.current:
            self.on_secrets()
        await self.drained(_DRAIN)  # a function runs on when its caller has left: its calls are the old scenario's
        self._write_settings(scenario)
        self.counters.reset()
        self.current = scenario

    async def _change_data(self, scenario: Scenario) -> None:
        for statement in (self.current.leave, scenario.enter):
            if statement:
                await self.postgres.query(statement)

    def _deploy(self, scenario: Scenario) -> None:
        if not scenario.deployed:
            self.project.functions = {}
            return
        for slug, function in self.functions.items():
            if scenario.code:
                entry = FUNCTIONS / "faults" / scenario.code / "index.ts"
                self.project.functions[slug] = Deployed(slug, entry, readable=(FUNCTIONS,))
            elif self.current.code or slug not in self.project.functions:
                self.project.functions[slug] = replace(function)

    def _write_settings(self, scenario: Scenario) -> None:
        keys = self.project.keys
        tokens = {"full": keys.access_token, "scoped": keys.scoped_token, "refused": wrong_twin(keys.access_token)}
        settings = {
            "SUPABASE_URL": self.project.public_url,
            "SUPABASE_PROJECT_ID": keys.ref,
            "SUPABASE_SERVICE_ROLE_KEY": getattr(keys, scenario.caller_key),
            "SUPABASE_ANON_KEY": keys.anon,
            "SUPABASE_ACCESS_TOKEN": tokens[scenario.access],
            "DATABASE_URL": self.project.database_url,
            **self.fixed_settings,
        }
        write_private(self.env_file, "".join(f"{name}={value}\n" for name, value in settings.items()))
