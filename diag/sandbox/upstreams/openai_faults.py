"""What an OpenAI account can be made to suffer from, and its limit on requests per minute."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Reply = Literal["good", "refusal", "prose", "truncated", "empty"]


class Faults(BaseModel):
    """The settings of the stand-in; the defaults are a healthy account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standing: str = ""
    """What is wrong with the account: a key of ``STANDINGS``, or nothing."""
    credit_usd: float = 1_000.0
    """What may be spent; at 0 every call is refused as ``insufficient_quota``."""
    overloaded_share: float = Field(0.0, ge=0, le=1)
    """The share of calls that fail at random with a 500 or 503 of the provider's."""
    outage: Literal["", "error", "overload", "page"] = ""
    """Every call ends in a 500, in a 503, or in the page of the proxy in front."""
    connection: Literal["good", "breaks", "breaks-off", "stalls"] = "good"
    """``breaks``: before an answer; ``breaks-off``: in the middle of it; ``stalls``: no answer comes."""
    requests_per_minute: int = Field(30_000, gt=0)
    burst: int | None = Field(None, gt=0)
    """How many of them may come at once; None: as many as in a minute."""
    crowded: Literal["", "requests", "tokens", "requests-per-day"] = ""
    """Others of the same organisation have used up that limit."""
    context_tokens: int = 128_000
    content_policy: bool = False
    reply: Reply = "good"
    """What the model writes: its analysis, that it will not, chatter around it, half of it, or nothing."""
    latency_ms: float = Field(60.0, ge=0)
    """The median; a real vision call takes seconds."""
    latency_sigma: float = Field(0.5, ge=0)
    without: tuple[str, ...] = ()
    """Parts that the model leaves out of its answer."""


class Bucket:
    """A token bucket for one minute's requests. Times are seconds of one monotonic clock."""

    def __init__(self, per_minute: int, burst: int | None = None) -> None:
        self._size = per_minute
        self._most = float(burst or per_minute)
        self._left = self._most
        self._seen: float | None = None

    def take(self, now: float) -> float:
        """Take one request: 0 where it is allowed, else the seconds until one would be."""
        self._refill(now)
        if self._left < 1:
            return (1 - self._left) * 60 / self._size
        self._left -= 1
        return 0.0

    def headers(self, now: float) -> dict[str, str]:
        """OpenAI's ``x-ratelimit-*`` headers for requests."""
        self._refill(now)
        return {
            "x-ratelimit-limit-requests": str(self._size),
            "x-ratelimit-remaining-requests": str(int(self._left)),
            "x-ratelimit-reset-requests": f"{(self._most - self._left) * 60 / self._size:.3f}s",
        }

    def _refill(self, now: float) -> None:
        if self._seen is not None:
            self._left = min(self._most, self._left + (now - self._seen) * self._size / 60)
        self._seen = now
