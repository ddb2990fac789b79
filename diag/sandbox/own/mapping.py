"""Imports by URL or from JSR, and what the npm registry or Deno itself carries in their place. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

SHIMS: Final = Path(__file__).parent / "shims"

_STD: Final[Mapping[str, str]] = {
    "async": "delay.ts",
    "async/delay": "delay.ts",
    "crypto": "crypto.ts",
    "crypto/crypto": "crypto.ts",
    "dotenv/load": "nothing.ts",
    "encoding": "encoding.ts",
    "encoding/base64": "base64.ts",
    "encoding/base64url": "base64url.ts",
    "encoding/hex": "hex.ts",
    "http/cookie": "cookie.ts",
    "http/http_status": "status.ts",
    "http/server": "http_server.ts",
    "http/status": "status.ts",
    "path": "node:path",
    "path/posix": "node:path/posix",
}
"""Module of Deno's standard library (without version, extension and ``/mod``) -> shim, or built-in module."""

_TWINS: Final[Mapping[str, str]] = {
    "jsr:@hono/hono": "npm:hono",
    "jsr:@openai/openai": "npm:openai",
    "jsr:@supabase/supabase-js": "npm:@supabase/supabase-js",
    "jsr:@zod/zod": "npm:zod",
    "https://deno.land/x/hono": "npm:hono",
    "https://deno.land/x/openai": "npm:openai",
    "https://deno.land/x/postgresjs": "npm:postgres",
    "https://deno.land/x/zod": "npm:zod",
}
"""What is published in both places by the same people. Of these, only the package itself and its version travel."""

_CDN: Final = re.compile(
    r"https://(?:esm\.sh|cdn\.esm\.sh|esm\.run|cdn\.skypack\.dev|unpkg\.com|cdn\.jsdelivr\.net/npm)"
    r"/(?:(?:v\d+|stable)/)?(?!gh/|pr/|jsr/)\*?"
    r"(?P<name>(?:@[\w.-]+/)?[\w.-]+)(?P<version>@[^/?]*)?(?P<path>/[^?]*)?(?:\?.*)?$"
)
_JSR_ON_CDN: Final = re.compile(r"https://esm\.sh/jsr/(?P<rest>@[^?]+)")
_STD_MODULE: Final = re.compile(r"(?:https://deno\.land/std(?:@[^/]+)?|jsr:/?@std)/(?P<path>[^?]+)$")
_PACKAGE: Final = re.compile(
    r"(?P<package>jsr:@[\w.-]+/[\w.-]+|https://deno\.land/x/[\w-]+)(?:@v?(?P<version>[^/]+))?(?:/.*)?$"
)
_AWS: Final = re.compile(r"https://deno\.land/x/aws_sdk@v?3[^/]*/(?P<client>[\w-]+)/mod\.ts$")


def substitute(specifier: str) -> str | None:
    """What to import in place of a URL or a ``jsr:`` package; None where nothing is known to be the same."""
    specifier = _JSR_ON_CDN.sub(r"jsr:\g<rest>", specifier).replace("jsr:/@", "jsr:@")
    if specifier.startswith("jsr:@supabase/functions-js"):
        return _shim("nothing.ts")  # types of the hosted runtime
    for rule in (_standard, _from_cdn, _aws, _twin):
        found = rule(specifier)
        if found:
            return found
    return None


def _standard(specifier: str) -> str | None:
    found = _STD_MODULE.match(specifier)
    if not found:
        return None
    name = re.sub(r"^([\w-]+)@[^/]+", r"\1", found["path"])  # jsr:@std/encoding@1/base64
    name = re.sub(r"(/mod)?\.(ts|js)$", "", name)
    if name.startswith("node/"):
        return name.replace("/", ":", 1)
    target = _STD.get(name)
    return target and (target if target.startswith("node:") else _shim(target))


def _from_cdn(specifier: str) -> str | None:
    found = _CDN.match(specifier)
    if not found:
        return None
    path = re.sub(r"/(\+esm|index\.m?js|mod\.ts)$", "", found["path"] or "").rstrip("/")
    return f"npm:{found['name']}{found['version'] or ''}{path}"


def _aws(specifier: str) -> str | None:
    found = _AWS.match(specifier)
    return found and f"npm:@aws-sdk/{found['client']}@3"


def _twin(specifier: str) -> str | None:
    found = _PACKAGE.match(specifier)
    twin = found and _TWINS.get(found["package"])
    return twin and f"{twin}@{found['version']}" if found and found["version"] else twin


def _shim(name: str) -> str:
    return (SHIMS / name).as_uri()
