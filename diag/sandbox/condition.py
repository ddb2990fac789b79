"""What is wrong with the gateway, or with the project behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Condition:
    """All defaults: nothing is wrong. ``idle_timeout`` and ``wall_clock`` in seconds."""

    status: str = "ACTIVE_HEALTHY"
    """As the management API gives it; ``INACTIVE`` is paused."""
    resolves: bool = True
    """Whether the project's host name does: that of a paused project may not."""
    door: Literal["open", "closed", "no-tls"] = "open"
    """What is at the address that callers know: the gateway, nobody, or (by https) a port without TLS."""
    connection: Literal["good", "breaks", "breaks-off"] = "good"
    """What becomes of the connection of a function's caller: ``breaks`` before the function is called, ``breaks-off``
    in the middle of the answer to a POST."""
    restricted: str = ""
    """The violation for which the project is restricted."""
    cdn_status: int = 0
    """With which the network in front answers by itself; 0: it does not."""
    refusal: str = ""
    """The ``sb-error-code`` with which the platform turns every call of a function away."""
    largest_body: int = 0
    """The most bytes that a call of a function may bring; 0: what the sandbox can hold."""
    idle_timeout: float = 150
    wall_clock: float = 400
    """How long a worker may live that still has a request: then the request is cancelled."""
    new_keys_pass: bool = True
    """Whether ``sb_`` keys pass a function's JWT check: the documents disagree."""
    legacy_keys: bool = True
    """Whether the anon and service_role JWTs are accepted."""
    data_api: bool = True
    """Whether the data API can reach its database."""
    cold_starts: bool = False
    """Whether every call finds no worker."""
    stale: frozenset[str] = frozenset()
    """Secrets of which the workers still have a former, wrong value, until the function is deployed anew."""

    @property
    def paused(self) -> bool:
        """Whether the project is."""
        return self.status == "INACTIVE"
