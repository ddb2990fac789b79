"""What nukediag can mend of what a preflight found, as a plan. Pure.

Only what is clear is planned: a secret whose good value is at hand, a function that nukediag ships, a JWT check that
the project's own file decides. The rest is left to the user, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from shlex import quote

from diag.credentials import Copies, Copy, State
from diag.credentials.pushing import refusal
from diag.preflight.cause import own_copies
from diag.preflight.judgement import is_proven
from diag.preflight.model import CheckResult, Status
from diag.verify import Standing


class MendAction(StrEnum):
    """``leave``: it wants mending, and somebody else has to do it."""

    SET = "set"
    OVERWRITE = "overwrite"
    DEPLOY = "deploy"
    JWT_ON = "jwt-on"
    JWT_OFF = "jwt-off"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Mend:
    """One change. ``name``: of the secret or function; ``change``: what is done to it and why, in words that follow the
    name; ``done``: whether it was seen afterwards (None: not carried out)."""

    action: MendAction
    name: str
    change: str
    done: bool | None = None

    @property
    def changes(self) -> bool:
        """Whether nukediag does something here."""
        return self.action is not MendAction.LEAVE


@dataclass(frozen=True, slots=True)
class View:
    """What a plan is made from. ``read``: names that the function's code needs and will not get; ``vouched``: what the
    providers say about the local values; ``jwt``: what the gateway's JWT check is to be, None where that is not
    clear."""

    function: str
    shipped: Collection[str] = ()
    copies: Copies | None = None
    expected: Mapping[str, str] = field(default_factory=dict)
    read: Collection[str] = ()
    vouched: Mapping[str, Standing] = field(default_factory=dict)
    jwt: bool | None = None


def plan(results: Sequence[CheckResult], view: View) -> tuple[Mend, ...]:
    """What to do about these results, secrets first: a function that starts anew shall find them."""
    proven = is_proven(results)
    secrets = [_secret(copy, view, proven) for copy in concerned(results, view)]
    return (*(mend for mend in secrets if mend), *_deployment(results, view), *_jwt(view))


def concerned(results: Sequence[CheckResult], view: View) -> tuple[Copy, ...]:
    """The secrets that want mending and that the function needs: by the settings, by its code, or by what failed."""
    if view.copies is None:
        return ()
    failed = {one.finding.diagnosis.component for one in results if one.status is Status.FAIL and one.finding.diagnosis}
    guilty = {copy.name for component in failed for copy in own_copies(view.copies, component)}
    needed = guilty | set(view.read)
    return tuple(copy for copy in view.copies.different if copy.wanted or copy.name in needed)


def _secret(copy: Copy, view: View, proven: bool) -> Mend | None:
    if copy.state is State.DIFFERS and proven:
        return None  # the function works with what is stored: which of the two is newer is not for us to say
    why = _why(copy)
    action = MendAction.SET if copy.stored is None or copy.state is State.EMPTY else MendAction.OVERWRITE
    if copy.name in view.expected:
        return Mend(action, copy.name, f"to {view.expected[copy.name]}, as the settings say; {why}")
    refused = refusal(copy.name, copy.local) or _doubtful(copy, view.vouched.get(copy.name))
    if refused or copy.local is None:
        return Mend(MendAction.LEAVE, copy.name, f"{why}; {refused}")
    return Mend(action, copy.name, f"from {copy.local.place.text}; {why}")


def _why(copy: Copy) -> str:
    told = {
        State.MISSING: "it is not set",
        State.ONLY_LOCAL: "it is not set",
        State.EMPTY: "it is empty",
        State.PLACEHOLDER: "a placeholder is stored",
        State.ALTERED: f"it is stored with {copy.told.rpartition(' with ')[2]}",
    }
    return told.get(copy.state, "another value is stored")


def _doubtful(copy: Copy, standing: Standing | None) -> str | None:
    """Why the local value is not worth setting, or None."""
    if standing is Standing.INVALID:
        return "the local value is refused by its provider as well: make a new one"
    if copy.state is State.DIFFERS and standing is not Standing.VALID:
        return "which of the two is right is not known here (secrets push --overwrite sets the local one)"
    return None


def _deployment(results: Sequence[CheckResult], view: View) -> tuple[Mend, ...]:
    result = next((one for one in results if one.check.id == "function.deployed"), None)
    if result is None or result.status is not Status.FAIL:
        return ()
    if view.function in view.shipped:
        return (Mend(MendAction.DEPLOY, view.function, "as nukediag ships it"),)
    why = f"{result.finding.summary}; nukediag does not ship it (supabase functions deploy {quote(view.function)})"
    return (Mend(MendAction.LEAVE, view.function, why),)


def _jwt(view: View) -> tuple[Mend, ...]:
    if view.jwt is None:
        return ()
    action = MendAction.JWT_ON if view.jwt else MendAction.JWT_OFF
    return (Mend(action, view.function, "the gateway's JWT check, as supabase/config.toml says"),)
