"""A third party that the function may ask: a service with a vehicle's history, of no particular vendor."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Final, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from diag.sandbox.upstreams.wire import hang_up

HOST: Final = "api.vehicle-history.example"


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are a healthy service."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    crowded: bool = False
    outage: Literal["", "maintenance", "breaks"] = ""


class History:
    """Knows the keys that it issued. ``configure`` takes the fields of ``Faults`` by name."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self.configure({})

    def issue_key(self) -> str:
        """A new key that is accepted from now on."""
        key = "vh_live_" + secrets.token_hex(16)
        self._keys.add(key)
        return key

    def configure(self, faults: Mapping[str, object]) -> None:
        """Set the faults; what is not named is as usual."""
        self._faults = Faults.model_validate(faults)

    def routes(self) -> list[web.RouteDef]:
        """``/v1/vehicles/{id}``."""
        return [web.get("/v1/vehicles/{id}", self._vehicle)]

    async def _vehicle(self, request: web.Request) -> web.Response:
        if self._faults.outage == "breaks":
            return hang_up(request)
        if self._faults.outage:
            return _told(503, "Service temporarily unavailable")
        if request.headers.get("X-API-Key") not in self._keys:
            return _told(401, "Invalid API key")
        if self._faults.crowded:
            return _told(429, "Too many requests")
        return web.json_response({"id": request.match_info["id"], "owners": 3, "accidents": 0})


def _told(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
