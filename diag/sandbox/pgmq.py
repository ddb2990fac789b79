"""Supabase Queues: pgmq in the sandbox's database.

A hosted project has pgmq as an extension; here it is the same SQL, which the package ``pgmq`` carries for databases
whose extensions cannot be chosen.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from diag.errors import SandboxError


def sql() -> str:
    """What makes the schema ``pgmq``. The package is looked up, not imported: that would load a database driver."""
    spec = find_spec("pgmq")
    if spec is None or not spec.submodule_search_locations:
        raise SandboxError("the package pgmq is missing", "pip install 'nukediag[sandbox]'")
    return (Path(spec.submodule_search_locations[0]) / "sql" / "pgmq.sql").read_text(encoding="utf-8")
