"""Who may name the address to which a credential goes. Pure.

``nukediag.toml`` is committed, and an env file may come with a repository: whoever writes there must not thereby get
the credentials of the machine that runs nukediag in it. So an address that stands in a file gets only what stands in
the same file; the environment and flags are the user's own word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from diag.config.address import host_of, is_loopback
from diag.config.choose import DEFAULT, Choice, label
from diag.config.configuration import MANAGEMENT_URL
from diag.config.envfiles import Found
from diag.config.names import GEMINI_NAMES, PROVIDER_ENDPOINTS
from diag.config.settings import Place
from diag.config.sources import Sources
from diag.config.suspicion import is_placeholder, tidy

_KEYS_SENT_TO: Mapping[str, tuple[str, ...]] = {
    "OPENAI_BASE_URL": ("OPENAI_API_KEY",),
    "GOOGLE_GEMINI_BASE_URL": GEMINI_NAMES,
}
"""Addresses by variable, and the secrets that are sent there. AWS's secret key is sent nowhere."""
_VENDORS = (".openai.com", ".googleapis.com")


def settle_management_url(url: Choice, token: Choice) -> None:
    """An address of the Management API that must not have the token does not count."""
    if url.value is None or token.value is None or url.value == MANAGEMENT_URL or is_loopback(url.value):
        return
    if not _same_word(url.place, token.place):
        url.warnings.append(
            f"{label(url.place)} names a Management API, but the access token stands elsewhere ({label(token.place)}): "
            "not followed. If it is meant, set NUKEDIAG_MANAGEMENT_URL in the environment."
        )
        url.value, url.place = None, DEFAULT


def endpoints(sources: Sources) -> dict[str, str]:
    """Where the vendors' libraries are pointed to, by variable."""
    found = {name: tidy(one.raw) for name in PROVIDER_ENDPOINTS if (one := next(iter(sources.variables(name)), None))}
    return {name: url for name, url in found.items() if url.startswith(("http://", "https://"))}


def held_back(sources: Sources) -> frozenset[str]:
    """Those of these addresses that must not be sent the key that is meant for them."""
    addresses = {name: next(iter(sources.variables(name)), None) for name in _KEYS_SENT_TO}
    return frozenset(
        name
        for name, found in addresses.items()
        if found and _is_held_back(found, (key for one in _KEYS_SENT_TO[name] for key in sources.variables(one)))
    )


def _is_held_back(address: Found, keys: Iterable[Found]) -> bool:
    """Whether one of the keys stands elsewhere, with a value that whoever wrote the address need not know."""
    url = tidy(address.raw)
    if address.place.file is None or is_loopback(url) or f".{host_of(url)}".endswith(_VENDORS):
        return False
    copies = [key for key in keys if tidy(key.raw) and not is_placeholder(key.raw)]
    beside = {tidy(key.raw) for key in copies if _same_word(address.place, key.place)}
    return any(tidy(key.raw) not in beside for key in copies)


def _same_word(address: Place, credential: Place) -> bool:
    return address.file is None or address.file == credential.file
