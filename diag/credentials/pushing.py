"""Setting the function's secrets from the local copies: a plan, then the calls, then a look at what came of it."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from diag.config.configuration import LocalSecret
from diag.config.envfiles import is_for_functions
from diag.config.suspicion import faults, is_placeholder
from diag.credentials.comparison import Copies, Copy, State
from diag.project import Management, StoredSecret

_KEY_LIKE = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|REGION", re.IGNORECASE)
_ACCESS_KEY_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{12,124}")
_SETTLE = (0.0, 1.0, 3.0)  # seconds before each look: a digest may lag behind its value for a while


class Action(StrEnum):
    """What a push does with one secret."""

    SET = "set"
    OVERWRITE = "overwrite"
    KEEP = "keep"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Step:
    """What is planned for one secret, and ``why``. ``done``: whether the project's digest is that of the local value
    afterwards (None: not looked, or it cannot be told)."""

    name: str
    action: Action
    why: str
    done: bool | None = None

    @property
    def changes(self) -> bool:
        """Whether this step sets anything."""
        return self.action in (Action.SET, Action.OVERWRITE)


def plan(copies: Copies, names: Sequence[str] = (), *, overwrite: bool = False) -> tuple[Step, ...]:
    """What to do with these secrets; without names, with every one that is wanted or stands in an env file kept for
    the functions. Pure."""
    chosen = [copies.of(name) or Copy(name, State.MISSING, "", False) for name in names]
    return tuple(_step(copy, overwrite) for copy in chosen or _meant(copies))


def _meant(copies: Copies) -> list[Copy]:
    return [copy for copy in copies.secrets if copy.wanted or (copy.local and is_for_functions(copy.local.place))]


def _step(copy: Copy, overwrite: bool) -> Step:
    if copy.state is State.SAME:
        return Step(copy.name, Action.KEEP, "the copies agree")
    refused = refusal(copy.name, copy.local)
    if copy.stored is not None and copy.state is not State.EMPTY:
        if not overwrite or copy.local is None:
            return Step(copy.name, Action.KEEP, _kept(copy))
        return Step(copy.name, Action.REFUSE, refused) if refused else Step(copy.name, Action.OVERWRITE, _bare(copy))
    return Step(copy.name, Action.REFUSE, refused) if refused else Step(copy.name, Action.SET, _bare(copy))


def _bare(copy: Copy) -> str:
    return copy.told.removeprefix(f"{copy.name} ")


def _kept(copy: Copy) -> str:
    if copy.local is None:
        return "set in the project; there is no local copy"
    return f"{_bare(copy) or 'is set already'} (--overwrite replaces it)"


def refusal(name: str, local: LocalSecret | None) -> str | None:
    """Why a local value is not worth setting, or None. Pure."""
    if name.startswith("SUPABASE_"):
        return "names that start with SUPABASE_ are the platform's own and cannot be set"
    if local is None:
        return "there is no local value: put it into supabase/functions/.env"
    value = local.secret.reveal()
    if not value.strip():
        return f"{local.place.text} holds nothing"
    if is_placeholder(value):
        return f"{local.place.text} holds a placeholder"
    wrong = faults(value) or _malformed(name, value)
    return f"{local.place.text} holds {' and '.join(wrong)}" if wrong else None


def _malformed(name: str, value: str) -> tuple[str, ...]:
    if _KEY_LIKE.search(name) and (not value.isascii() or not value.isprintable() or " " in value):
        return ("characters that no key has",)
    if name == "AWS_ACCESS_KEY_ID" and not _ACCESS_KEY_ID.fullmatch(value):
        return ("no access key id (those begin with AKIA or ASIA): are id and secret swapped?",)
    if name == "AWS_SECRET_ACCESS_KEY" and _ACCESS_KEY_ID.fullmatch(value):
        return ("an access key id: are id and secret swapped?",)
    if name == "OPENAI_API_KEY" and value.startswith("sk-admin-"):
        return ("an admin key, which cannot call models",)
    return ()


async def push(
    management: Management,
    steps: Sequence[Step],
    local: Mapping[str, LocalSecret],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[Step, ...]:
    """Carry the plan out and look whether the project now holds the local values. Raises ProjectError."""
    values = {step.name: local[step.name].secret for step in steps if step.changes}
    if not values:
        return tuple(steps)
    await management.set_secrets(values)
    held: set[str] = set()
    for pause in _SETTLE:
        await sleep(pause)
        held = _held(await management.secrets(), local)
        if values.keys() <= held:
            break
    return tuple(dataclasses.replace(step, done=step.name in held) if step.changes else step for step in steps)


def _held(stored: Sequence[StoredSecret], local: Mapping[str, LocalSecret]) -> set[str]:
    return {one.name for one in stored if one.name in local and local[one.name].secret.digest == one.digest}
