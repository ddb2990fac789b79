"""What is proposed for ``nukediag.toml``, from what was seen: pure, and never surer than the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diag.config.settings import Settings
from diag.discovery import results, work
from diag.discovery.choice import Choice
from diag.discovery.sight import Seen, Sight
from diag.project.source import Read
from diag.project.tables import Table

__all__ = ["Choice", "Proposal", "propose"]

_DEFAULTS = Settings()
_GIVEN = ("SUPABASE_", "SB_", "DENO_")
"""What the platform sets itself."""
_TEMPORARY = ("AWS_SESSION_TOKEN",)
"""Set beside temporary keys alone."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """``choices`` in the order of the file; ``unknown``: what could not be looked at."""

    choices: tuple[Choice, ...]
    unknown: tuple[str, ...] = ()

    def choice(self, key: str) -> Choice:
        """The choice for one setting. Raises KeyError."""
        return {choice.key: choice for choice in self.choices}[key]

    @property
    def unsure(self) -> tuple[Choice, ...]:
        """What somebody should look at."""
        return tuple(choice for choice in self.choices if not choice.sure)


def propose(
    sight: Sight, *, function: str | None = None, table: str | None = None, marker: str | None = None
) -> Proposal:
    """A value for every setting that depends on the project; ``function``, ``table`` and ``marker`` are what somebody
    has said."""
    name = work.function_choice(sight, function)
    seen = sight.functions.get(str(name.value), Seen(str(name.value)))
    place = work.table_choice(sight, seen, table)
    found = sight.tables.get(str(place.value)) or Table(str(place.value))
    payload, left = work.payload_choice(seen, found)
    return Proposal(
        (
            name,
            payload,
            work.fixed_choice(seen, found),
            _requires(seen, found, left),
            _fallback(seen),
            *_secrets(sight, seen),
            place,
            work.id_choice(found, seen),
            *work.address_choices(payload, found, sight),
            *results.choices(sight, seen, found, payload, marker),
            work.where_choice(payload, found),
            _cost(seen),
        ),
        sight.unknown,
    )


def _requires(seen: Seen, table: Table, left: tuple[str, ...]) -> Choice:
    if seen.name == _DEFAULTS.function.name and table.name == _DEFAULTS.table.name:
        return Choice("function.requires", list(_DEFAULTS.function.requires), "what this function answers with")
    sent = {*seen.code.fields, *left}
    parts = [part for part in seen.code.answer if part not in sent]
    if not parts:
        why = (
            "nothing was found that every full answer has: name such parts here, and an answer without them is degraded"
        )
        return Choice("function.requires", [], why, sure=bool(seen.entry))
    return Choice("function.requires", parts, f"the parts of the answer in {seen.entry}", sure=len(parts) == 1)


def _fallback(seen: Seen) -> Choice:
    own = seen.name == _DEFAULTS.function.name
    why = "used only where you ask for it" if own else "nukediag ships another function for photos of vehicles alone"
    return Choice("function.fallback", _DEFAULTS.function.fallback if own else "", why)


def _secrets(sight: Sight, seen: Seen) -> Iterator[Choice]:
    read = [one for one in seen.reads if not one.name.startswith(_GIVEN)]
    if seen.entry:
        yield _read_secrets(seen, read)
    elif seen.name == _DEFAULTS.function.name:
        known = seen.name in sight.functions
        yield Choice("secrets.required", list(_DEFAULTS.secrets.required), "what this function needs", sure=known)
    elif sight.secrets:
        yield Choice("secrets.required", list(sight.secrets), "all that are set: the code is not here", sure=False)
    else:
        yield Choice(
            "secrets.required", [], "neither the code nor the project's secrets could be looked at", sure=False
        )
    names = {one.name for one in read} or set(sight.secrets)
    plain = {name: value for name, value in sight.plain.items() if name in names}
    yield Choice("secrets.expected", plain, "values that are no secret, compared by digest")


def _read_secrets(seen: Seen, read: list[Read]) -> Choice:
    spare = [one.name for one in read if one.optional or one.name in _TEMPORARY]
    needed = [one.name for one in read if one.name not in spare]
    why = "what the code reads" + (f"; it can do without {', '.join(spare)}" if spare else "")
    if seen.unclear:
        why += f"; at {', '.join(seen.unclear[:3])} it puts a name together, which may be one more"
    return Choice("secrets.required", needed, why, sure=not seen.unclear)


def _cost(seen: Seen) -> Choice:
    if seen.name == _DEFAULTS.function.name:
        return Choice("backfill.cost_per_call", _DEFAULTS.backfill.cost_per_call, "USD: Rekognition and a vision model")
    why = "USD for one call: the price of a vision model, since nobody here knows yours"
    return Choice("backfill.cost_per_call", _DEFAULTS.backfill.cost_per_call, why, sure=False)
