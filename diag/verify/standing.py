"""The words for what a provider says about a credential."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from diag.diagnosis import Answer

_WORD = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


class Standing(StrEnum):
    """``invalid`` needs a refusal that names the credential; a timeout, a 5xx, a limit or a refused look is
    ``unknown``."""

    VALID = "valid"
    INVALID = "invalid"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer of a provider means. ``signature``: what is wrong, which may stand beside ``valid`` (a key that
    lives and may not call the model). ``inferred``: concluded, not documented."""

    standing: Standing
    signature: str | None = None
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """One question to a provider and what came of it. ``names``: the secrets that were used; ``step``: the call;
    ``code``: the provider's own; ``account``: the AWS account's twelve digits; ``limits``: the rate limits that the
    answer revealed, by header; ``where``: who asked (``here`` or ``nukediag-probe``)."""

    provider: str
    names: tuple[str, ...]
    step: str
    standing: Standing
    signature: str | None = None
    inferred: bool = False
    status: int | None = None
    code: str | None = None
    request_id: str | None = None
    account: str | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    cost_usd: float = 0.0
    where: str = "here"

    @property
    def told(self) -> str:
        """What was asked and answered, in a line."""
        said = ", ".join(str(part) for part in (self.status, self.code) if part is not None) or "no answer"
        concluded = ", inferred" if self.inferred else ""
        return f"{self.step}: {said} ({self.standing.value}{concluded})"


VALID = Reading(Standing.VALID)
UNKNOWN = Reading(Standing.UNKNOWN)


def valid(signature: str | None = None, *, inferred: bool = False) -> Reading:
    """The credential is good (and something else may be wrong)."""
    return Reading(Standing.VALID, signature, inferred)


def invalid(signature: str) -> Reading:
    """The credential itself was refused."""
    return Reading(Standing.INVALID, signature)


def unknown(signature: str | None = None) -> Reading:
    """Nothing was learned about the credential; ``signature`` says what was in the way."""
    return Reading(Standing.UNKNOWN, signature)


def verification(
    provider: str, names: tuple[str, ...], step: str, answer: Answer, reading: Reading, code: str | None
) -> Verification:
    """The verification behind an answer. A code that does not look like one is left out: it is text from outside."""
    request_id = answer.header("x-request-id") or answer.header("x-amzn-requestid")
    limits = {key: value for key, value in answer.headers.items() if key.lower().startswith("x-ratelimit-")}
    return Verification(
        provider,
        names,
        step,
        reading.standing,
        reading.signature,
        reading.inferred,
        answer.status,
        answer.failure or word_or_none(code),
        word_or_none(request_id),
        limits={key.lower(): value for key, value in limits.items() if word_or_none(value)},
    )


def unsendable(provider: str, names: tuple[str, ...], step: str, signature: str) -> Verification:
    """A credential that no header can carry."""
    return Verification(provider, names, step, Standing.INVALID, signature, code="malformed")


def not_asked(provider: str, name: str, address: str) -> Verification:
    """A credential that must not go to the address that a file names: nothing was sent."""
    step = f"not asked, for {address} stands in another file than the key: set both in one, or export the address"
    return Verification(provider, (name,), step, Standing.UNKNOWN)


def word_or_none(text: object) -> str | None:
    """The text where it is a code or an id, else None."""
    return text if isinstance(text, str) and _WORD.fullmatch(text) else None
