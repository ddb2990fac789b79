"""The command that looks at one row."""

from __future__ import annotations

from shlex import quote


def look_at(row_id: str, *options: str) -> str:
    """To be copied: the id is one word, and no option though it may begin with a dash."""
    words = ["nukediag", "test-image", *options, *(["--"] if row_id.startswith("-") else []), quote(row_id)]
    return " ".join(words)
