"""Keys as Supabase makes them, for no project that exists."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

REF = "qwertyuiopasdfghjklz"
OTHER_REF = "zlkjhgfdsapoiuytrewq"
URL = f"https://{REF}.supabase.co"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRET_KEY = "sb_secret_Qw3rTyUiOpAsDfGhJkLzXc_V8nM2kLp"
PUBLISHABLE_KEY = "sb_publishable_Zx9cVbNmAsDfGhJkLqWeRt_Y7uI3oPa"
TOKEN = "sbp_" + "0a1b2c3d4e" * 4


def jwt(role: str = "service_role", ref: str = REF, exp: int = 2_000_000_000, **claims: Any) -> str:
    """A legacy key: three parts, of which nukediag reads the middle one."""
    body = {"iss": "supabase", "ref": ref, "role": role, "iat": 1_700_000_000, "exp": exp, **claims}
    return ".".join((_part({"alg": "HS256", "typ": "JWT"}), _part(body), _part({"signature": "x" * 20})))


def _part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
