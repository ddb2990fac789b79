"""``Project``: the way to everything of one project, opened and closed as one."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType

import httpx

from diag.catalogue.own import OwnSignatures, compile_own
from diag.config import Configuration
from diag.project.data import DataApi, refuse_errors
from diag.project.functions import Functions
from diag.project.http import key_headers, new_client
from diag.project.management import Management
from diag.project.wire import AiohttpWire, HttpxWire, Wire


class Project:
    """One project, as an async context manager.

    ``data`` and ``functions`` raise SettingsError where the URL or the service key is not set; ``management`` is None
    without an access token or a ref. ``transport`` takes the network's place in tests.
    """

    def __init__(self, configuration: Configuration, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.configuration = configuration
        self._managed = new_client(transport)
        self._wire: Wire = AiohttpWire() if transport is None else HttpxWire(self._managed)
        self._reads = new_client(transport)
        self._reads.event_hooks["response"].append(refuse_errors)
        self._data: DataApi | None = None
        self._functions: Functions | None = None
        self.management = self._new_management()

    @cached_property
    def own_signatures(self) -> OwnSignatures:
        """The user's signatures from nukediag.toml: they go before the catalogue's. Raises SettingsError."""
        return compile_own(self.configuration.own_signatures)

    @property
    def data(self) -> DataApi:
        """The tables."""
        if self._data is None:
            self._data = DataApi(self._reads, *self._address())
        return self._data

    @property
    def functions(self) -> Functions:
        """The edge functions."""
        if self._functions is None:
            self._functions = Functions(self._wire, *self._address())
        return self._functions

    def _address(self) -> tuple[str, dict[str, str]]:
        configuration = self.configuration
        configuration.require("url", "service_key")
        assert configuration.url is not None
        assert configuration.service_key is not None
        return configuration.url, key_headers(configuration.service_key)

    def _new_management(self) -> Management | None:
        configuration = self.configuration
        if configuration.access_token is None or configuration.ref is None:
            return None
        return Management(self._managed, configuration.management_url, configuration.ref, configuration.access_token)

    async def __aenter__(self) -> Project:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._wire.aclose()
        await self._managed.aclose()
        await self._reads.aclose()
