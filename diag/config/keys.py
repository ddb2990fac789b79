"""What a Supabase key tells about itself without any request: its kind, role, project and expiry.

The signature of a JWT is not checked (nobody outside the project can), so a key that reads well may still have been
revoked. Shapes: Supabase's guide to API keys; the local stack's public keys: the Supabase CLI's templates.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from diag.secret import Secret

KeyKind = Literal["legacy-jwt", "secret", "publishable", "user-jwt", "pat", "local-demo", "unknown"]

_LOCAL_KEYS = {
    "sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH": "anon",
    "sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz": "service_role",
}
"""The same on every machine that runs the local stack, hence public."""
_PREFIXES: tuple[tuple[str, KeyKind, str | None], ...] = (
    ("sb_secret_", "secret", "service_role"),
    ("sb_publishable_", "publishable", "anon"),
    ("sbp_", "pat", None),
)
_PAT_SHAPE = re.compile(r"sbp_(?:(?:oauth_|v0_)?[a-f0-9]{40}|fc[A-Za-z0-9_]{16,})")
_SHORTEST_SB_KEY = 20  # the two known keys have 22 + 8 characters behind the prefix; the length is not promised
_SERVICE_ROLES = ("service_role", "supabase_admin")


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """``role`` is the Postgres role that the key stands for (``anon``, ``service_role`` ...), ``ref`` the project it
    belongs to; both None where the key does not tell. ``problems`` are phrases that follow "the key ..."."""

    kind: KeyKind
    role: str | None = None
    ref: str | None = None
    expires_at: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def is_service(self) -> bool:
        """Whether the key reads and writes past row-level security."""
        return self.role in _SERVICE_ROLES

    @property
    def is_jwt(self) -> bool:
        """Whether the key may stand in an ``Authorization: Bearer`` header (an ``sb_`` key may not)."""
        return self.kind in ("legacy-jwt", "user-jwt") or (self.kind == "local-demo" and self.expires_at is not None)

    @property
    def called(self) -> str:
        """The kind in words, as a message needs it."""
        return _CALLED[self.kind].format(role=self.role or "unknown")


_CALLED: dict[KeyKind, str] = {
    "legacy-jwt": "a legacy JWT key (role {role})",
    "secret": "a secret key",
    "publishable": "a publishable key",
    "user-jwt": "a signed-in user's token",
    "pat": "a personal access token",
    "local-demo": "the local stack's public {role} key",
    "unknown": "no Supabase key by its shape",
}


def read_key(secret: Secret, now: datetime | None = None) -> KeyFacts:
    """What the key says about itself. Never raises. With ``now``, an expired key is among the problems."""
    value = secret.reveal()
    if value in _LOCAL_KEYS:
        return KeyFacts("local-demo", _LOCAL_KEYS[value])
    if value.startswith("eyJ"):
        return _read_jwt(value, now)
    for prefix, kind, role in _PREFIXES:
        if value.startswith(prefix):
            return KeyFacts(kind, role, problems=_shape_problems(value, kind))
    return KeyFacts("unknown", problems=("has the shape of no Supabase key", *_copy_problems(value)))


def _shape_problems(value: str, kind: KeyKind) -> tuple[str, ...]:
    problems = list(_copy_problems(value))
    if kind == "pat" and not _PAT_SHAPE.fullmatch(value):
        problems.append("has not the shape of a personal access token (sbp_ and 40 hexadecimal digits)")
    if kind != "pat" and len(value) < len("sb_secret_") + _SHORTEST_SB_KEY:
        problems.append("is too short: it looks cut off")
    return tuple(problems)


def _copy_problems(value: str) -> tuple[str, ...]:
    """Faults of copying: what the dashboard shows in place of a key is not the key."""
    if any(mark in value for mark in ("*", "·", "•", "…", "...")):
        return ("is a masked copy, not the key itself",)
    return ("holds characters that no key has",) if re.search(r"[^\x21-\x7e]", value) else ()


def _read_jwt(value: str, now: datetime | None) -> KeyFacts:
    claims = _claims(value)
    if claims is None:
        return KeyFacts(
            "unknown", problems=("is a JWT that cannot be decoded: it looks cut off", *_copy_problems(value))
        )
    expires = _instant(claims.get("exp"))
    problems = _copy_problems(value)
    if now is not None and expires is not None and expires <= now:
        problems += (f"expired on {expires:%Y-%m-%d}",)
    return KeyFacts(_jwt_kind(claims), _text(claims.get("role")), _text(claims.get("ref")), expires, problems)


def _jwt_kind(claims: dict[str, Any]) -> KeyKind:
    issuer = _text(claims.get("iss")) or ""
    if issuer == "supabase-demo":
        return "local-demo"
    if issuer.endswith("/auth/v1") or claims.get("sub"):
        return "user-jwt"
    return "legacy-jwt" if claims.get("role") else "unknown"


def _claims(value: str) -> dict[str, Any] | None:
    parts = value.split(".")
    if len(parts) != 3 or not parts[2]:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
