from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from diag.sandbox.own.mapping import SHIMS, substitute


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        ("https://esm.sh/@supabase/supabase-js@2", "npm:@supabase/supabase-js@2"),
        ("https://esm.sh/@supabase/supabase-js@2.39.3?target=deno&no-check", "npm:@supabase/supabase-js@2.39.3"),
        ("https://esm.sh/@supabase/supabase-js", "npm:@supabase/supabase-js"),
        ("https://esm.sh/v135/stripe@14.21.0/lib/stripe.js", "npm:stripe@14.21.0/lib/stripe.js"),
        ("https://esm.sh/*preact@10/hooks", "npm:preact@10/hooks"),
        ("https://cdn.skypack.dev/lodash@4.17.21", "npm:lodash@4.17.21"),
        ("https://cdn.jsdelivr.net/npm/lodash@4/+esm", "npm:lodash@4"),
        ("https://unpkg.com/nanoid@5/index.js?module", "npm:nanoid@5"),
        ("jsr:@supabase/supabase-js@2", "npm:@supabase/supabase-js@2"),
        ("jsr:/@supabase/supabase-js@^2.1", "npm:@supabase/supabase-js@^2.1"),
        ("jsr:@hono/hono", "npm:hono"),
        ("https://deno.land/x/openai@v4.24.0/mod.ts", "npm:openai@4.24.0"),
        ("https://deno.land/x/zod@v3.22.4/mod.ts", "npm:zod@3.22.4"),
        ("https://deno.land/x/aws_sdk@v3.32.0-1/client-rekognition/mod.ts", "npm:@aws-sdk/client-rekognition@3"),
        ("https://deno.land/std@0.168.0/path/mod.ts", "node:path"),
        ("https://deno.land/std@0.177.0/node/buffer.ts", "node:buffer"),
        ("jsr:@std/path@^1.0.0", "node:path"),
    ],
)
def test_an_import_by_url_becomes_the_package_that_npm_or_deno_carries(written: str, instead: str) -> None:
    assert substitute(written) == instead


@pytest.mark.parametrize(
    ("written", "shim"),
    [
        ("https://deno.land/std@0.168.0/http/server.ts", "http_server.ts"),
        ("https://deno.land/std/http/server.ts", "http_server.ts"),
        ("jsr:@std/http@1/server", "http_server.ts"),
        ("https://deno.land/std@0.224.0/encoding/base64.ts", "base64.ts"),
        ("jsr:@std/encoding@1/base64", "base64.ts"),
        ("jsr:@std/encoding", "encoding.ts"),
        ("https://esm.sh/jsr/@std/encoding@1.0.0/hex", "hex.ts"),
        ("https://deno.land/std@0.168.0/dotenv/load.ts", "nothing.ts"),
        ("jsr:@supabase/functions-js/edge-runtime.d.ts", "nothing.ts"),
        ("jsr:@supabase/functions-js@2/edge-runtime.d.ts", "nothing.ts"),
    ],
)
def test_parts_of_the_standard_library_are_carried_along(written: str, shim: str) -> None:
    assert substitute(written) == (SHIMS / shim).as_uri()


@pytest.mark.parametrize(
    "written",
    [
        "https://esm.sh/gh/somebody/something@1",
        "https://deno.land/x/djwt@v3.0.1/mod.ts",
        "https://deno.land/std@0.168.0/fs/mod.ts",
        "jsr:@somebody/something@1",
        "https://raw.githubusercontent.com/somebody/something/main/mod.ts",
        "https://esm.sh.example.com/zod@3",
    ],
)
def test_what_nobody_else_is_known_to_carry_stays(written: str) -> None:
    assert substitute(written) is None


def test_every_shim_exists() -> None:
    written = ["async/delay", "crypto", "encoding", "encoding/base64url", "encoding/hex", "http/cookie", "http/status"]
    found = [substitute(f"https://deno.land/std@0.200.0/{name}.ts") for name in written]
    assert all(each and Path(urlsplit(each).path).is_file() for each in found)
