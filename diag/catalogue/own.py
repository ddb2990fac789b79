"""The user's own signatures: ``[[signature]]`` tables of nukediag.toml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import re2  # type: ignore[import-untyped]

from diag.catalogue.model import Signature
from diag.catalogue.reading import Reading, normalise
from diag.catalogue.registry import SIGNATURES
from diag.diagnosis import Remedy, Scope, Verdict
from diag.errors import SettingsError

_KEYS = {"id", "pattern", "scope", "verdict", "title", "remedy", "command", "url", "status", "example"}


@dataclass(frozen=True, slots=True)
class OwnRule:
    """One of the user's patterns: matched against the raw text and against its normal form, without regard to case."""

    signature: Signature
    pattern: Any
    status: tuple[int, ...] = ()

    def matches(self, text: str, normal: str, status: int | None) -> bool:
        """Whether an answer shows it."""
        return (not self.status or status in self.status) and self.occurs(text, normal)

    def occurs(self, text: str, normal: str) -> bool:
        """Whether its wording stands in a text."""
        return any(self.pattern.search(form) is not None for form in (text, normal))


@dataclass(frozen=True, slots=True)
class OwnSignatures:
    """All of the user's signatures, in the order of the file: the first that matches is taken."""

    rules: tuple[OwnRule, ...] = ()
    signatures: Mapping[str, Signature] = field(default_factory=dict)

    def ruling(self, reading: Reading, status: int | None) -> str | None:
        """The id of the first signature that the answer shows, or None."""
        if not self.rules:
            return None
        text, normal = reading.text.encode("utf-8", "replace").decode(), reading.normal.decode()
        return next((rule.signature.id for rule in self.rules if rule.matches(text, normal, status)), None)


def compile_own(tables: Sequence[Mapping[str, object]]) -> OwnSignatures:
    """The user's signatures from the tables of nukediag.toml.

    Each has ``id`` (``mine.some-name``, or an id of the catalogue to add a wording to it) and ``pattern`` (RE2,
    without regard to case); optionally ``scope`` (project, item, transient), ``verdict``, ``title``, ``remedy``,
    ``command``, ``url``, ``status`` (a number or a list) and ``example`` (a text that must match). Raises
    SettingsError that names the entry.
    """
    rules = tuple(_rule(number, table) for number, table in enumerate(tables, 1))
    return OwnSignatures(rules, {rule.signature.id: rule.signature for rule in rules})


def _rule(number: int, table: Mapping[str, object]) -> OwnRule:
    place = f"[[signature]] number {number}"
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise SettingsError(f"{place}: unknown key {unknown[0]!r}.", f"The keys are: {', '.join(sorted(_KEYS))}.")
    identifier, pattern = table.get("id"), table.get("pattern")
    if not isinstance(identifier, str) or not identifier or not isinstance(pattern, str) or not pattern:
        raise SettingsError(
            f"{place}: 'id' and 'pattern' are needed, both text.",
            "Write for example id = \"mine.licence\" and pattern = 'licence has ended'.",
        )
    rule = OwnRule(
        _signature(place, identifier, table), _compiled(place, pattern), _statuses(place, table.get("status"))
    )
    example = table.get("example")
    if isinstance(example, str) and not rule.occurs(example, normalise(example)):
        raise SettingsError(
            f"{place} ({identifier}): the pattern does not match its own example.", "Mend the pattern or the example."
        )
    return rule


def _compiled(place: str, pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive, options.log_errors = False, False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        (said,) = error.args  # UTF-8, as bytes
        raise SettingsError(
            f"{place}: the pattern cannot be used: {said.decode()}.",
            "Patterns are RE2: no look-around and no back-references.",
        ) from None


def _signature(place: str, identifier: str, table: Mapping[str, object]) -> Signature:
    known = SIGNATURES.get(identifier)
    try:
        scope = Scope(str(table["scope"])) if "scope" in table else known.scope if known else Scope.PROJECT
        verdict = Verdict(str(table["verdict"])) if "verdict" in table else known.verdict if known else Verdict.FAILED
    except ValueError as error:
        raise SettingsError(
            f"{place}: {error}.", "scope is project, item or transient; verdict is failed, degraded or inconclusive."
        ) from None
    if verdict is Verdict.OK:
        raise SettingsError(f"{place}: a signature cannot make an answer ok.", "Use failed, degraded or inconclusive.")
    title = str(table.get("title") or (known.title if known else identifier))
    return Signature(identifier, title, verdict, scope, _remedies(table) or (known.remedies if known else ()))


def _remedies(table: Mapping[str, object]) -> tuple[Remedy, ...]:
    text, command, url = (str(table[key]) if table.get(key) else None for key in ("remedy", "command", "url"))
    plainest = "See the command." if command else "See the page."
    return (Remedy(text or plainest, command, url),) if text or command or url else ()


def _statuses(place: str, value: object) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [] if value is None else [value]
    if not all(isinstance(number, int) and 100 <= number <= 599 for number in numbers):
        raise SettingsError(
            f"{place}: 'status' must be an HTTP status or a list of them.", "Write for example status = [500, 503]."
        )
    return tuple(numbers)
