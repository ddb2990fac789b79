"""The catalogue as a page for people: ``python -m diag.catalogue.page > docs/signatures.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import groupby

from diag.catalogue.describe import remedies
from diag.catalogue.examples import EXAMPLES
from diag.catalogue.model import Signature
from diag.catalogue.registry import SIGNATURES

_COMPONENTS = {
    "gateway": "Supabase's front door, before the function runs",
    "runtime": "the function's worker",
    "openai": "OpenAI and Azure OpenAI",
    "gemini": "Google's Gemini",
    "ai": "another model, an AI gateway, or one that is not named",
    "aws": "STS and Rekognition",
    "image": "the picture itself, as the function or nukediag met it",
    "supabase": "the database and its API, as the function used them",
    "service": "any other third party",
    "function": "the function's own answer",
    "network": "nukediag's own connection",
    "unknown": "nothing recognised",
}
_HEAD = """# Signatures

What nukediag can find out about an answer. Each signature has a *verdict* (`ok`, `degraded`, `failed`, or
`inconclusive`: the answer proves nothing) and a *scope*: `project` (every call will end alike until it is mended),
`item` (this row only), `transient` (likely to pass, unchanged). `nukediag explain <id>` shows the same in the terminal.

This page is generated from the catalogue (`python -m diag.catalogue.page`); a test keeps it current.
"""


def page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *_sections()]) + "\n"


def _sections() -> Iterator[str]:
    for component, group in groupby(SIGNATURES.values(), key=lambda one: one.component):
        yield f"## {component} — {_COMPONENTS[component]}\n"
        for signature in group:
            yield from _entry(signature)


def _entry(signature: Signature) -> Iterator[str]:
    scope = f", {signature.scope.value}" if signature.scope else ""
    title = signature.title[0].upper() + signature.title[1:]
    yield f"### `{signature.id}`\n\n{title}. ({signature.verdict.value}{scope})\n"
    example = next((one for one in EXAMPLES if one.signature == signature.id and one.body), None)
    if example:
        status = f"status {example.status}: " if example.status else ""
        yield f"Seen as: {status}`{' '.join(example.body.split()).replace('`', chr(39))}`\n"
    unlike = sorted({one.like for one in EXAMPLES if one.signature == signature.id and one.like})
    if unlike:
        yield f"Not to be confused with {', '.join(f'`{one}`' for one in unlike)}.\n"
    for remedy in remedies(signature.id):
        yield f"- {remedy.text}" + (f" <{remedy.url}>" if remedy.url else "")
        if remedy.command:
            yield f"  `{remedy.command}`"
    yield ""


if __name__ == "__main__":
    sys.stdout.write(page())
