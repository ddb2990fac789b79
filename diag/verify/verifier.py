"""``Verifier``: asks each provider about each credential once per run, however many ask the verifier."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import httpx

from diag.config import Configuration
from diag.project.http import new_client
from diag.secret import Secret
from diag.verify import aws, gemini, openai, supabase
from diag.verify.standing import Verification, not_asked

Verifications = tuple[Verification, ...]


@dataclass
class Verifier:
    """An async context manager. ``endpoints``: overrides by variable (``OPENAI_BASE_URL``, ``AWS_ENDPOINT_URL`` ...);
    those in ``held_back`` are not asked; ``transport`` takes the network's place in tests."""

    endpoints: Mapping[str, str] = field(default_factory=dict)
    held_back: frozenset[str] = frozenset()
    transport: httpx.AsyncBaseTransport | None = None
    _asked: dict[tuple[str, ...], asyncio.Future[Verifications]] = field(default_factory=dict)

    @classmethod
    def of(cls, configuration: Configuration, transport: httpx.AsyncBaseTransport | None = None) -> Verifier:
        """One that asks where the settings say."""
        return cls(configuration.endpoints, configuration.held_back, transport)

    def __post_init__(self) -> None:
        self._client = new_client(self.transport)

    async def __aenter__(self) -> Verifier:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def openai(self, name: str, key: Secret, *, model: str | None, deep: bool) -> Verifications:
        """The free questions about an OpenAI key."""
        if "OPENAI_BASE_URL" in self.held_back:
            return (not_asked("openai", name, "OPENAI_BASE_URL"),)
        base = self.endpoints.get("OPENAI_BASE_URL") or openai.BASE
        asking = lambda: openai.verify(self._client, name, key, base=base, model=model, deep=deep)  # noqa: E731
        return await self._once(("openai", key.digest, model or "", str(deep)), asking)

    async def openai_quota(self, name: str, key: Secret, *, model: str | None) -> Verifications:
        """The smallest generation: paid."""
        if "OPENAI_BASE_URL" in self.held_back:
            return (not_asked("openai", name, "OPENAI_BASE_URL"),)
        base = self.endpoints.get("OPENAI_BASE_URL") or openai.BASE

        async def asking() -> Verifications:
            return (await openai.verify_quota(self._client, name, key, base=base, model=model),)

        return await self._once(("openai-quota", key.digest, model or ""), asking)

    async def aws(self, keys: aws.Keys, *, deep: bool) -> Verifications:
        """The free questions about a pair of AWS keys."""
        asked = ("aws", keys.id.digest, keys.secret.digest, keys.region, str(deep))
        return await self._once(asked, lambda: aws.verify(self._client, keys, self.endpoints, deep=deep))

    async def gemini(self, name: str, key: Secret) -> Verifications:
        """The free question about a Gemini key."""
        if "GOOGLE_GEMINI_BASE_URL" in self.held_back:
            return (not_asked("gemini", name, "GOOGLE_GEMINI_BASE_URL"),)
        base = self.endpoints.get("GOOGLE_GEMINI_BASE_URL") or gemini.BASE
        return await self._once(("gemini", key.digest), lambda: gemini.verify(self._client, name, key, base=base))

    async def supabase(self, name: str, key: Secret, url: str, table: str, column: str) -> Verifications:
        """The free question about a key of the project."""
        asked = ("supabase", key.digest, url)
        return await self._once(asked, lambda: supabase.verify(self._client, name, key, url, table, column))

    async def _once(
        self, asked: tuple[str, ...], asking: Callable[[], Coroutine[Any, Any, Verifications]]
    ) -> Verifications:
        if asked not in self._asked:
            self._asked[asked] = asyncio.ensure_future(asking())
        return await asyncio.shield(self._asked[asked])
