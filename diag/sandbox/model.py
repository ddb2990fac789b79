"""The project that the sandbox stands for: what its management API would say, and what its gateway goes by."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from diag.sandbox.condition import Condition
from diag.sandbox.keys import ProjectKeys
from diag.sandbox.scenarios.model import wrong_twin

REGION = "us-east-1"
_CLOSED_PORT = "1"  # tcpmux: reserved, and nowhere in use


@dataclass(frozen=True)
class SecretValue:
    """A secret of the project. ``updated_at``: ISO 8601 text, as the management API gives it."""

    value: str
    updated_at: str

    @property
    def digest(self) -> str:
        """SHA-256 of the UTF-8 text in hex: all that the management API ever says about the value."""
        return hashlib.sha256(self.value.encode()).hexdigest()


@dataclass
class Deployed:
    """A deployed function. Times in milliseconds since the epoch.

    ``options``: what makes Deno find its imports (None: the packages that the sandbox pins); ``readable``: the folders
    that its worker may read (none named: the one that holds all functions). ``root``: the folder of its own that an
    upload went into; ``digest``: what changes with its code."""

    slug: str
    entry: Path
    verify_jwt: bool = True
    status: str = "ACTIVE"
    version: int = 1
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: int = field(default_factory=lambda: int(time.time() * 1000))
    updated_at: int = 0
    options: tuple[str, ...] | None = None
    readable: tuple[Path, ...] = ()
    name: str = ""
    import_map: bool = False
    digest: str = ""
    root: Path | None = None

    def __post_init__(self) -> None:
        self.updated_at = self.updated_at or self.created_at
        self.name = self.name or self.slug
        self.digest = self.digest or hashlib.sha256(str(self.entry).encode()).hexdigest()

    @property
    def identity(self) -> dict[str, object]:
        """What the logs say of it: ``function_id``, ``version``."""
        return {"function_id": self.id, "version": self.version}


@dataclass
class Project:
    """The state of the miniature project. ``url`` is the gateway's; ``usual`` is its condition when all is well."""

    keys: ProjectKeys
    name: str = "sandbox"
    url: str = ""
    database_url: str = ""
    secrets: dict[str, SecretValue] = field(default_factory=dict)
    functions: dict[str, Deployed] = field(default_factory=dict)
    created_at: str = field(default_factory=lambda: timestamp())
    stand_ins: dict[str, str] = field(default_factory=dict)
    """Injected variable -> the secret whose value it has instead, so that a scenario can break it: on the hosted
    platform such a variable is stale for a while after its key was changed."""
    usual: Condition = field(default_factory=Condition)
    condition: Condition = field(default_factory=Condition)

    def configure(self, faults: Mapping[str, Any]) -> None:
        """What is wrong in a scenario, by the names of ``Condition``; ``{}`` is as usual."""
        self.condition = replace(self.usual, **faults)

    @property
    def public_url(self) -> str:
        """The address that callers know, with what the condition says is wrong with it: a host that does not resolve
        (RFC 6761), a port on which nobody listens, or https where no TLS is spoken."""
        port = self.url.rpartition(":")[2]
        if not self.condition.resolves:
            return f"http://{self.keys.ref}.invalid:{port}"
        return {
            "open": self.url,
            "closed": self.url.removesuffix(port) + _CLOSED_PORT,
            "no-tls": self.url.replace("http:", "https:", 1),
        }[self.condition.door]

    def deploy(self, function: Deployed) -> None:
        """Make it the active one of its name; its workers are new."""
        self.functions[function.slug] = function
        self.condition = replace(self.condition, stale=frozenset())

    def set_secrets(self, values: Mapping[str, str]) -> None:
        """Create or overwrite; the others stay."""
        now = timestamp()
        self.secrets.update({name: SecretValue(value, now) for name, value in values.items()})

    def replace_secrets(self, values: Mapping[str, str]) -> bool:
        """Make these the secrets, and no others; what does not change keeps its time. Whether anything changed."""
        changed = {name: value for name, value in values.items() if self._value(name) != value}
        gone = self.secrets.keys() - values.keys()
        self.secrets = {name: secret for name, secret in self.secrets.items() if name in values}
        self.set_secrets(changed)
        return bool(changed or gone)

    def _value(self, name: str) -> str | None:
        return self.secrets[name].value if name in self.secrets else None

    def injected(self) -> dict[str, str]:
        """The variables that the platform gives to every function by itself."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_DB_URL": self.database_url,
            "SUPABASE_PUBLISHABLE_KEYS": json.dumps({"default": self.keys.publishable}),
            "SUPABASE_SECRET_KEYS": json.dumps({"default": self.keys.secret}),
            "SUPABASE_JWKS": json.dumps({"keys": []}),
            "SUPABASE_ANON_KEY": self.keys.anon,
            "SUPABASE_SERVICE_ROLE_KEY": self.keys.service_role,
        }

    def environment(self, slug: str, execution_id: str) -> dict[str, str]:
        """All variables of a new worker of that function: secrets, injected ones, those of the run."""
        function = self.functions[slug]
        return {
            **{name: self._as_booted(name, secret.value) for name, secret in self.secrets.items()},
            **self._injected_now(),
            "SB_REGION": REGION,
            "SB_EXECUTION_ID": execution_id,
            "DENO_DEPLOYMENT_ID": self.deployment_id(function),
        }

    def _as_booted(self, name: str, value: str) -> str:
        return wrong_twin(value) if name in self.condition.stale else value

    def deployment_id(self, function: Deployed) -> str:
        """``<ref>_<function id>_<version>``."""
        return f"{self.keys.ref}_{function.id}_{function.version}"

    def _injected_now(self) -> dict[str, str]:
        values = {name: self._value(one) for name, one in self.stand_ins.items()}
        return {name: value for name, value in {**self.injected(), **values}.items() if value is not None}


def timestamp() -> str:
    """Now, as the management API writes times: ``2026-11-01T10:11:12.345Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
