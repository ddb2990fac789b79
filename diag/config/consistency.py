"""Do the settings fit each other? Pure: choices in, warnings added to them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from diag.config.address import is_loopback, is_ref, ref_of
from diag.config.choose import Choice, label
from diag.config.keys import KeyFacts, read_key
from diag.config.names import SERVICE_NAMES, is_public
from diag.config.sources import Sources
from diag.config.suspicion import tidy
from diag.secret import Secret


def add_warnings(choices: Mapping[str, Choice], sources: Sources, now: datetime) -> None:
    """Everything that can be told offline, each on the entry where somebody would look for it."""
    for choice in choices.values():
        choice.warn_of_disagreement()
    _check_ref(choices["ref"], choices["url"].value)
    for key in ("service_key", "anon_key"):
        _check_key(choices[key], choices, now)
    _check_token(choices["access_token"])
    _find_published(choices["service_key"], sources)


def _check_ref(ref: Choice, url: str | None) -> None:
    if ref.value is None:
        return
    if not is_ref(ref.value):
        ref.warnings.append(f"{label(ref.place)} is no project ref (20 lower-case letters).")
    elif ref_of(url) not in (None, ref.value):
        ref.warnings.append(
            f"The ref {ref.value} ({label(ref.place)}) is not the one in the project's URL ({ref_of(url)})."
        )


def _check_key(key: Choice, choices: Mapping[str, Choice], now: datetime) -> None:
    if key.value is None:
        return
    facts, where = read_key(Secret(key.value), now), label(key.place)
    key.warnings += [f"The key in {where} {problem}." for problem in facts.problems]
    key.warnings += [f"{where} {text}" for text in _misplaced(key, facts, choices["url"].value)]
    ref = choices["ref"].value
    if facts.ref and ref and facts.ref != ref:
        key.warnings.append(f"The key in {where} belongs to the project {facts.ref}, not to {ref}.")


def _misplaced(key: Choice, facts: KeyFacts, url: str | None) -> list[str]:
    texts = []
    if key.known.key == "service_key" and facts.kind != "unknown" and not facts.is_service:
        texts.append(f"holds {facts.called} where the service key belongs: row-level security hides rows from it.")
    if key.known.key == "service_key" and facts.is_service and _low_name(key.place.name or ""):
        texts.append(f"holds {facts.called} under the name of a key that may be public.")
    if facts.kind == "local-demo" and url and not is_loopback(url):
        texts.append("holds the local stack's public key, which no hosted project accepts.")
    return texts


def _low_name(name: str) -> bool:
    return name.isupper() and not name.endswith(SERVICE_NAMES) and not name.startswith("NUKEDIAG_")


def _check_token(token: Choice) -> None:
    if token.value is None:
        return
    facts = read_key(Secret(token.value))
    if facts.kind != "pat":
        token.warnings.append(f"{label(token.place)} holds {facts.called}, not a personal access token (sbp_...).")
    else:
        token.warnings += [f"The token in {label(token.place)} {problem}." for problem in facts.problems]


def _find_published(service_key: Choice, sources: Sources) -> None:
    """A key that bypasses row-level security, under a name whose value is built into web pages, is a leak."""
    for found in sources.everything():
        name = found.place.name or ""
        if is_public(name) and read_key(Secret(tidy(found.raw))).is_service:
            service_key.warnings.append(
                f"{label(found.place)} holds a service key under a name that is published to browsers: "
                "rename it, and replace the key."
            )
