"""Write the documents that are generated from the code, or with ``--check`` say which of them are out of date."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent


def signatures() -> str:
    """The catalogue as a page."""
    from diag.catalogue.page import page

    return page()


PAGES: Mapping[str, Callable[[], str]] = {
    "signatures.md": signatures,
}


def main(arguments: list[str]) -> int:
    """Write all pages; with ``--check`` write none and end with 1 if one differs from what stands there."""
    stale = []
    for name, text in PAGES.items():
        path = HERE / name
        if not path.exists() or path.read_text() != text():
            stale.append(name)
            if "--check" not in arguments:
                path.write_text(text())
    if stale and "--check" in arguments:
        print(f"out of date: {', '.join(stale)} (make docs writes them)", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
