from __future__ import annotations

from pathlib import Path
from typing import Any

from diag.sandbox.own.imports import map_imports, read_packages

ENTRY = "file:///home/somebody/supabase/functions/one/index.ts"


def _graph(*dependencies: dict[str, Any], **module: Any) -> dict[str, Any]:
    return {"modules": [{"specifier": ENTRY, "dependencies": list(dependencies), **module}]}


def _import(written: str, resolved: str | None, line: int = 0, kind: str = "code") -> dict[str, Any]:
    found = {"specifier": resolved} if resolved else {"error": "not in import map"}
    return {"specifier": written, kind: {**found, "span": {"start": {"line": line, "character": 0}}}}


def test_what_the_users_own_map_resolves_is_mapped_where_it_leads() -> None:
    found = map_imports(_graph(_import("zod", "https://esm.sh/zod@3.24.1")), {})
    assert found.imports == {"zod": "npm:zod@3.24.1"}
    assert not found.remote
    assert not found.problems


def test_relative_imports_are_left_alone() -> None:
    found = map_imports(_graph(_import("../_shared/cors.ts", "file:///x/_shared/cors.ts")), {})
    assert found.imports == {}


def test_npm_and_builtin_imports_stay_as_they_are() -> None:
    found = map_imports(_graph(_import("npm:openai@4", "npm:openai@4"), _import("node:path", "node:path")), {})
    assert found.imports == {"npm:openai@4": "npm:openai@4", "node:path": "node:path"}


def test_an_unmappable_import_is_named_with_file_and_line() -> None:
    found = map_imports(
        _graph(_import("https://deno.land/x/djwt@v3/mod.ts", "https://deno.land/x/djwt@v3/mod.ts", 6)), {}
    )
    assert [str(each) for each in found.remote] == [
        "/home/somebody/supabase/functions/one/index.ts:7 imports 'https://deno.land/x/djwt@v3/mod.ts'"
    ]


def test_an_import_of_types_alone_needs_no_host() -> None:
    found = map_imports(_graph(_import("https://a.test/types.d.ts", "https://a.test/types.d.ts", kind="type")), {})
    assert found.imports["https://a.test/types.d.ts"].endswith("nothing.ts")
    assert not found.remote


def test_a_bare_name_is_looked_up_in_package_json() -> None:
    packages = {"axios": "1.12.2", "@aws-sdk/client-rekognition": "^3"}
    graph = _graph(
        _import("axios", None), _import("axios/lib/core", None), _import("@aws-sdk/client-rekognition", None)
    )
    assert map_imports(graph, packages).imports == {
        "axios": "npm:axios@1.12.2",
        "axios/lib/core": "npm:axios@1.12.2/lib/core",
        "@aws-sdk/client-rekognition": "npm:@aws-sdk/client-rekognition@^3",
    }


def test_a_bare_name_that_nobody_knows_is_a_problem() -> None:
    [problem] = map_imports(_graph(_import("mystery", None, 2)), {}).problems
    assert "index.ts:3 imports 'mystery'" in problem


def test_a_missing_file_is_a_problem() -> None:
    graph = {"modules": [{"specifier": "file:///x/nope.ts", "error": 'Module not found "file:///x/nope.ts".\n  at y'}]}
    assert map_imports(graph, {}).problems == ['Module not found "file:///x/nope.ts".']


def test_an_unreadable_package_json_names_nothing(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("[1")
    assert read_packages(tmp_path / "package.json") == {}
    assert read_packages(None) == {}
