"""The options that choose checks and bound how long they take."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

R = TypeVar("R")
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


class Duration(click.ParamType[float]):
    """``90``, ``90s``, ``5m``, ``1h30m``: seconds."""

    name = "duration"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """As in an example."""
        return "5m"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """A usage error for what is no duration."""
        text = str(value).strip().lower()
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return float(text)
        if not re.fullmatch(rf"(?:{_PART.pattern})+", text):
            self.fail(f"{value!r} is no duration: write 90s, 5m or 1h30m", param, ctx)
        return sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


class Names(click.ParamType[tuple[str, ...]]):
    """Ids or groups of checks, several with commas between them."""

    name = "id|group"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """The names; whether there are such checks is seen when the settings are known."""
        return tuple(name for part in str(value).split(",") if (name := part.strip()))


_ALLOW = click.option(
    "--allow", type=Names(), multiple=True, help="A failure of these checks is a warning; it is still shown."
)
_WAIT = click.option(
    "--wait", type=Duration(), default=0.0, help="Look again, for so long, at what is unknown or not there yet."
)
_ALL = (
    click.option("--only", type=Names(), multiple=True, help="Only these checks, and those that they need."),
    click.option("--skip", type=Names(), multiple=True, help="Not these checks, nor those that need them."),
    _ALLOW,
    _WAIT,
    click.option("--timeout", type=Duration(), help="For each check but the test call; no answer is unknown."),
    click.option("--deadline", type=Duration(), help="For everything; what has no answer then is unknown."),
)


def check_options(function: Callable[..., R]) -> Callable[..., R]:
    """All of them; the command gets them as ``wishes``."""
    return _with_wishes(function, _ALL)


def gate_options(function: Callable[..., R]) -> Callable[..., R]:
    """Those that make sense before a backfill. Leaving checks out does not: the gate would stay shut, since nobody
    can vouch then, or the check did not count anyway."""
    return _with_wishes(function, (_ALLOW, _WAIT))


def _with_wishes(function: Callable[..., R], options: tuple[Callable[..., Any], ...]) -> Callable[..., R]:
    @functools.wraps(function)
    def with_wishes(*args: Any, **values: Any) -> R:
        from diag.preflight.wishes import Wishes

        given: dict[str, Any] = {name: values.pop(name) for name in Wishes.__dataclass_fields__ if name in values}
        for several in ("only", "skip", "allow"):
            given[several] = tuple(name for names in given.get(several, ()) for name in names)
        return function(*args, wishes=Wishes(**given), **values)

    wrapped: Callable[..., R] = with_wishes
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped
