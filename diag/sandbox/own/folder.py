"""What stands in a ``supabase/functions`` folder, read as the Supabase CLI reads it.

Source: the CLI's own lookup (``config.toml``'s ``[functions.<slug>]``, else ``<slug>/index.ts`` with the ``deno.json``,
``deno.jsonc`` or ``import_map.json`` beside it, else the old ``import_map.json`` beside all functions).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diag.errors import UsageError

_REMEDY = "give the folder that holds <function>/index.ts, usually supabase/functions"


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function as the user keeps it. ``deno_json``, ``import_map``, ``package_json``: the file that names its
    imports, or None. ``root``: the folder of all functions."""

    slug: str
    entry: Path
    root: Path
    verify_jwt: bool = True
    deno_json: Path | None = None
    import_map: Path | None = None
    package_json: Path | None = None

    @property
    def settings_files(self) -> tuple[Path, ...]:
        """The files that say what its imports are."""
        return tuple(each for each in (self.deno_json, self.import_map, self.package_json) if each)


def functions_root(folder: Path) -> Path:
    """The functions' folder, from itself, from ``supabase`` or from the repository's root."""
    candidates = (folder / "supabase" / "functions", folder / "functions", folder)
    return next((each for each in candidates if each.is_dir()), folder).absolute()


def supabase_folder(folder: Path | None) -> Path | None:
    """The ``supabase`` folder around the functions, or None where they stand elsewhere."""
    home = functions_root(folder).parent if folder else None
    return home if home and home.name == "supabase" else None


def find_functions(folder: Path) -> dict[str, OwnFunction]:
    """Slug -> function, of all that are enabled; ``UsageError`` where there is none."""
    root = functions_root(folder)
    settings = _settings(root.parent / "config.toml")
    slugs = {each.name for each in root.iterdir() if _is_function(each)} if root.is_dir() else set()
    found = {slug: _function(slug, root, settings.get(slug, {})) for slug in sorted(slugs | set(settings))}
    enabled = {slug: each for slug, each in found.items() if settings.get(slug, {}).get("enabled", True)}
    there = {slug: each for slug, each in enabled.items() if each.entry.is_file()}
    if not there:
        raise UsageError(f"no edge function was found in {root}", _REMEDY)
    return there


def _is_function(folder: Path) -> bool:
    return not folder.name.startswith(("_", ".")) and (folder / "index.ts").is_file()


def _settings(config: Path) -> dict[str, Mapping[str, Any]]:
    if not config.is_file():
        return {}
    try:
        named = tomllib.loads(config.read_text(encoding="utf-8")).get("functions", {})
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{config} cannot be read: {error}", "mend it, or give another folder") from error
    return {slug: each for slug, each in named.items() if isinstance(each, dict)}


def _function(slug: str, root: Path, settings: Mapping[str, Any]) -> OwnFunction:
    own = root / slug
    entry = _named(root.parent, settings.get("entrypoint")) or own / "index.ts"
    imports = _named(root.parent, settings.get("import_map"))
    deno_json = imports if imports and imports.name.startswith("deno.") else _first(own, "deno.json", "deno.jsonc")
    import_map = imports if imports and imports != deno_json else None
    if deno_json is None and import_map is None:
        import_map = _first(own, "import_map.json") or _first(root, "import_map.json")
    return OwnFunction(
        slug=slug,
        entry=entry,
        root=root,
        verify_jwt=settings.get("verify_jwt", True) is not False,
        deno_json=deno_json,
        import_map=import_map,
        package_json=_first(own, "package.json"),
    )


def _named(folder: Path, value: object) -> Path | None:
    """A path from ``config.toml``, which counts from the folder that holds it."""
    return Path(folder, value).resolve() if isinstance(value, str) and value else None


def _first(folder: Path, *names: str) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_file()), None)
