"""The project that the sandbox stands for: what its management API would say, and what its gateway goes by."""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from diag.sandbox.keys import ProjectKeys

REGION = "us-east-1"


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
    """The state of the miniature project. ``url`` is the gateway's; ``idle_timeout`` in seconds."""

    keys: ProjectKeys
    name: str = "sandbox"
    status: str = "ACTIVE_HEALTHY"
    url: str = ""
    database_url: str = ""
    secrets: dict[str, SecretValue] = field(default_factory=dict)
    functions: dict[str, Deployed] = field(default_factory=dict)
    created_at: str = field(default_factory=lambda: timestamp())
    idle_timeout: float = 150
    new_keys_pass: bool = True
    """Whether ``sb_`` keys pass a function's JWT check: the documents disagree."""
    stand_ins: dict[str, str] = field(default_factory=dict)
    """Injected variable -> the secret whose value it has instead, so that a scenario can break it: on the hosted
    platform such a variable is stale for a while after its key was changed."""
    legacy_keys: bool = True
    """Whether the anon and service_role JWTs are accepted."""

    restricted: str = ""
    """The violation for which the project is restricted."""
    cdn_status: int = 0
    """With which the network in front answers by itself; 0: it does not."""
    refusal: str = ""
    """The ``sb-error-code`` with which the platform turns every call of a function away."""
    cold_starts: bool = False
    """Whether every call finds no worker."""
    stale: frozenset[str] = frozenset()
    """Secrets of which the warm workers still have a former, wrong value, until the function is deployed anew."""

    def configure(self, faults: Mapping[str, object]) -> None:
        """What is wrong with the gateway or the project in a scenario; ``{}`` is as usual. The names are those of the
        fields, and ``status``; an unknown one is a ``ValueError``."""
        unknown = faults.keys() - _USUAL.keys()
        if unknown:
            raise ValueError(f"the gateway has no such fault: {', '.join(sorted(unknown))}")
        for name, value in {**_USUAL, **faults}.items():
            setattr(self, name, value)

    def deploy(self, function: Deployed) -> None:
        """Make it the active one of its name."""
        self.functions[function.slug] = function

    def set_secrets(self, values: Mapping[str, str]) -> None:
        """Create or overwrite; the others stay."""
        now = timestamp()
        self.secrets.update({name: SecretValue(value, now) for name, value in values.items()})

    def replace_secrets(self, values: Mapping[str, str]) -> None:
        """Make these the secrets, and no others; what does not change keeps its time."""
        changed = {name: value for name, value in values.items() if self._value(name) != value}
        self.secrets = {name: secret for name, secret in self.secrets.items() if name in values}
        self.set_secrets(changed)

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
            **{name: secret.value for name, secret in self.secrets.items()},
            **self._injected_now(),
            "SB_REGION": REGION,
            "SB_EXECUTION_ID": execution_id,
            "DENO_DEPLOYMENT_ID": self.deployment_id(function),
        }

    def deployment_id(self, function: Deployed) -> str:
        """``<ref>_<function id>_<version>``."""
        return f"{self.keys.ref}_{function.id}_{function.version}"

    def _injected_now(self) -> dict[str, str]:
        values = {name: self._value(one) for name, one in self.stand_ins.items()}
        return {name: value for name, value in {**self.injected(), **values}.items() if value is not None}


_USUAL: Final[Mapping[str, object]] = {
    "status": "ACTIVE_HEALTHY",
    "idle_timeout": 150.0,
    "new_keys_pass": True,
    "legacy_keys": True,
    "restricted": "",
    "cdn_status": 0,
    "refusal": "",
    "cold_starts": False,
    "stale": frozenset(),
}


def timestamp() -> str:
    """Now, as the management API writes times: ``2026-11-01T10:11:12.345Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
