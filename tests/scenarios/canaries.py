"""The sandbox's own secrets as canaries: whatever shows 8 characters of one has let it out."""

from __future__ import annotations

import base64

from sandboxes import settings_of

from diag.sandbox.state import Sandbox
from diag.secret import Secret

PIECE = 8


def canaries(sandbox: Sandbox, *, whole: bool = False) -> dict[str, str]:
    """The parts of every secret that are secret: behind a public prefix, and of a JWT all but its header; ``whole``:
    the secrets as they are."""
    lines = sandbox.functions_env.read_text().splitlines()
    named = {**settings_of(sandbox), **dict(line.split("=", 1) for line in lines)}
    secret = {name: value for name, value in named.items() if name.endswith(("_KEY", "_TOKEN", "_KEY_ID"))}
    password = named["DATABASE_URL"].split("://")[1].split("@")[0].split(":")[1]
    return {
        "the database's password": password,
        **{name: value if whole else _private(value) for name, value in secret.items()},
    }


def _private(value: str) -> str:
    return value.partition(".")[2] if value.startswith("eyJ") else value.removeprefix(Secret(value).kind)


def pieces(canary: str) -> set[str]:
    return {canary[start : start + PIECE] for start in range(len(canary) - PIECE + 1)}


def leaks(sandbox: Sandbox, text: str) -> list[str]:
    """The names of the canaries of which any piece stands in the text. A public role name in a JWT is no secret."""
    common = pieces(base64.urlsafe_b64encode(b'{"iss":"supabase","ref":"').decode().rstrip("="))
    return [name for name, canary in canaries(sandbox).items() if any(one in text for one in pieces(canary) - common)]
