"""Write the documents that are generated from the code, or with ``--check`` say which of them are out of date."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

HERE = Path(__file__).resolve().parent


def signatures() -> str:
    """The catalogue as a page."""
    from diag.catalogue.page import page

    return page()


def commands() -> str:
    """All commands, as a page."""
    from docs.commands import page

    return page()


def reference(name: str) -> str:
    """A page of reference that ``nukediag help`` shows as well."""
    from diag.report.reference import as_markdown

    return as_markdown(import_module(f"diag.report.reference.{name}").page())


PAGES: Mapping[str, Callable[[], str]] = {
    "signatures.md": signatures,
    "reference/commands.md": commands,
    "reference/checks.md": partial(reference, "checks"),
    "reference/configuration.md": partial(reference, "configuration"),
    "reference/environment.md": partial(reference, "environment"),
    "reference/exit-codes.md": partial(reference, "exit_codes"),
}


def schemas() -> Mapping[str, Callable[[], str]]:
    """The JSON Schema of every document, by file: ``schemas/preflight-1.json``."""
    from diag.report.schemas import DOCUMENTS, schema

    def text(name: str) -> str:
        return json.dumps(schema(name), indent=2) + "\n"

    return {f"schemas/{'-'.join(name.split('/')[1:])}.json": partial(text, name) for name in DOCUMENTS}


def main(arguments: list[str]) -> int:
    """Write all pages; with ``--check`` write none and end with 1 if one differs from what stands there."""
    stale = []
    for name, text in {**PAGES, **schemas()}.items():
        path = HERE / name
        if not path.exists() or path.read_text() != text():
            stale.append(name)
            if "--check" not in arguments:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text())
    if stale and "--check" in arguments:
        print(f"out of date: {', '.join(stale)} (make docs writes them)", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
