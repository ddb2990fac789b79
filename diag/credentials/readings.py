"""What a function's code reads, held against what is set. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from diag.credentials.comparison import INJECTED, SERVICE_NAMES, near_name
from diag.project.source import Source

_RUNTIME = ("SB_REGION", "SB_EXECUTION_ID", "DENO_DEPLOYMENT_ID", "DENO_REGION", "HOME", "PATH", "PORT", "NODE_ENV")
_OPTIONAL = re.compile(
    r"AWS_SESSION_TOKEN|.*(?:PAUSED|ENABLED?|DISABLED?|DEBUG|VERBOSE|LOG|FLAG|LIMIT|TIMEOUT|ENVIRONMENT).*"
)
"""Names of switches and of what only some accounts have: their absence has a meaning of its own."""
_SINGULAR = {
    "SUPABASE_SECRET_KEY": "SUPABASE_SECRET_KEYS, a JSON object of keys by name",
    "SUPABASE_PUBLISHABLE_KEY": "SUPABASE_PUBLISHABLE_KEYS, a JSON object of keys by name",
    "SUPABASE_SERVICE_KEY": "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_SERVICE_ROLE": "SUPABASE_SERVICE_ROLE_KEY",
    "SUPABASE_KEY": "SUPABASE_ANON_KEY or SUPABASE_SERVICE_ROLE_KEY",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """A variable that the code needs and will not get. ``can_be_set``: False for a name that is the platform's."""

    name: str
    where: str
    told: str
    can_be_set: bool = True


def lacks(source: Source, stored: Collection[str]) -> tuple[Lack, ...]:
    """What the code reads without any default and the project does not give it, in the order of reading."""
    given = {*stored, *INJECTED, *_RUNTIME}
    needed = [read for read in source.reads.values() if not (read.optional or _OPTIONAL.fullmatch(read.name))]
    return tuple(_lack(read.name, read.where, stored) for read in needed if read.name not in given)


def _lack(name: str, where: str, stored: Collection[str]) -> Lack:
    if name.startswith("SUPABASE_"):
        given = f"; the platform gives {_SINGULAR[name]}" if name in _SINGULAR else ""
        told = f"{where} reads {name}, which nobody can set: names starting with SUPABASE_ are reserved{given}"
        return Lack(name, where, told, can_be_set=False)
    if name in SERVICE_NAMES:
        return Lack(name, where, f"{where} reads {name}; the platform itself only gives SUPABASE_SERVICE_ROLE_KEY")
    near = near_name(name, stored)
    return Lack(name, where, f"{where} reads {name}, which is not set" + (f", but there is {near}" if near else ""))
