"""From a signature's id to the diagnosis and the remedies that a user reads."""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Mapping, Sequence
from shlex import quote

from diag.catalogue.model import Signature
from diag.catalogue.registry import SIGNATURES
from diag.diagnosis import Diagnosis, Evidence, Remedy, Verdict

_PLACEHOLDERS = {
    "ref": "<project-ref>",
    "function": "<function>",
    "secret": "<SECRET_NAME>",
    "url": "<image-url>",
    "table": "<table>",
}


def describe(
    signature: str,
    *,
    context: Mapping[str, str] | None = None,
    others: Sequence[str] = (),
    evidence: Sequence[Evidence] = (),
    parts: Mapping[str, bool] | None = None,
    retry_after: float | None = None,
    verdict: Verdict | None = None,
    own: Mapping[str, Signature] | None = None,
) -> Diagnosis:
    """The diagnosis for a known id (an unknown id becomes ``unknown``). ``context`` fills the remedies' commands:
    ``ref``, ``function``, ``secret``, ``url``, ``table``. ``verdict`` replaces the catalogue's (an error beside
    usable content is ``degraded``)."""
    entry = (own or {}).get(signature) or SIGNATURES.get(signature) or SIGNATURES["unknown"]
    return Diagnosis(
        verdict or entry.verdict,
        entry.id,
        entry.scope,
        entry.title,
        _filled(entry, context or {}),
        tuple(evidence),
        tuple(others),
        dict(parts or {}),
        retry_after,
    )


def remedies(signature: str, context: Mapping[str, str] | None = None) -> tuple[Remedy, ...]:
    """What mends it, the likeliest first, with commands to copy."""
    return _filled(SIGNATURES.get(signature) or SIGNATURES["unknown"], context or {})


def in_context(diagnosis: Diagnosis, context: Mapping[str, str]) -> Diagnosis:
    """A diagnosis made where nobody knew the project, its remedies' placeholders filled now; remedies that are not
    the catalogue's stay."""
    if diagnosis.remedies != remedies(diagnosis.signature):
        return diagnosis
    return dataclasses.replace(diagnosis, remedies=remedies(diagnosis.signature, context))


def _filled(entry: Signature, context: Mapping[str, str]) -> tuple[Remedy, ...]:
    words = {**_PLACEHOLDERS, **{key: value for key, value in context.items() if value}}
    quoted = _quoted(words) if entry.remedies else words
    return tuple(
        Remedy(_fill(one.text, words) or "", _fill(one.command, quoted), _fill(one.url, words))
        for one in entry.remedies
    )


def _quoted(words: Mapping[str, str]) -> dict[str, str]:
    """The words as a shell takes them: a command is there to be copied, and a name may come from a file of others. The
    URL stands in quotes already."""
    quoted = {key: value if value == _PLACEHOLDERS.get(key) else quote(value) for key, value in words.items()}
    return {**quoted, "url": words["url"].replace("'", "'\"'\"'")}


def _fill(text: str | None, words: Mapping[str, str]) -> str | None:
    """The text with its placeholders filled; braces that are no placeholder stay."""
    if text is None or "{" not in text:
        return text
    return "".join(
        literal + (words.get(name, f"{{{name}}}") if name is not None else "")
        for literal, name, _, _ in string.Formatter().parse(text)
    )
