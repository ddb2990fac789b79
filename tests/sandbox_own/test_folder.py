from __future__ import annotations

from pathlib import Path

import pytest

from diag.errors import UsageError
from diag.sandbox.own.folder import find_functions

PROJECTS = Path(__file__).parent / "projects"


def _of(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / "supabase" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.mark.parametrize("inside", ["", "supabase", "supabase/functions"])
def test_functions_are_found_from_the_repository_or_the_folder_itself(inside: str) -> None:
    found = find_functions(PROJECTS / "modern" / inside)
    assert set(found) == {"analyze-image", "hello", "lost"}


def test_folders_that_begin_with_an_underscore_and_disabled_functions_are_no_functions() -> None:
    assert not {"_drafts", "_shared", "off"} & set(find_functions(PROJECTS / "modern"))


def test_config_toml_gives_entry_point_and_jwt_check() -> None:
    hello = find_functions(PROJECTS / "modern")["hello"]
    assert hello.entry.name == "main.ts"
    assert hello.verify_jwt is False
    assert find_functions(PROJECTS / "modern")["analyze-image"].verify_jwt is True


def test_an_import_map_that_is_a_deno_json_counts_as_one(tmp_path: Path) -> None:
    config = '[functions.one]\nimport_map = "./functions/one/deno.jsonc"\n'
    folder = _of(tmp_path, {"config.toml": config, "functions/one/index.ts": "", "functions/one/deno.jsonc": "{}"})
    found = find_functions(folder)["one"]
    assert found.deno_json == folder / "supabase/functions/one/deno.jsonc"
    assert found.import_map is None


def test_the_old_import_map_beside_all_functions_counts_where_a_function_has_none(tmp_path: Path) -> None:
    files = {"functions/import_map.json": "{}", "functions/old/index.ts": "", "functions/new/index.ts": ""}
    folder = _of(tmp_path, {**files, "functions/new/deno.json": "{}"})
    found = find_functions(folder)
    assert found["old"].import_map == folder / "supabase/functions/import_map.json"
    assert found["new"].import_map is None


def test_a_folder_without_functions_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no edge function"):
        find_functions(tmp_path)


def test_a_broken_config_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"config\.toml"):
        find_functions(_of(tmp_path, {"config.toml": "[functions", "functions/one/index.ts": ""}))
