"""The project's URL and ref: normal form, and what one says about the other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

_HOSTED = re.compile(r"([a-z0-9-]+)\.supabase\.(?:co|in|red|net)")
_DASHBOARD = re.compile(
    r"(?:https?://)?(?:app\.|www\.)?supabase\.(?:com|io)/(?:dashboard/)?project/([a-z]{20})(?:/.*)?"
)
_REF = re.compile(r"[a-z]{20}")
LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal", "kong")  # noqa: S104

_LONGEST_LABEL = 63  # RFC 1035


def is_ref(text: str) -> bool:
    """Whether the text has the shape of a project ref: 20 lower-case letters (Management API description)."""
    return bool(_REF.fullmatch(text))


def normal_url(raw: str) -> tuple[str | None, tuple[str, ...]]:
    """The base URL without path and trailing slash, and what was wrong with it (phrases that follow "holds").
    None where it is no URL."""
    page = _DASHBOARD.fullmatch(raw)
    if page:
        return f"https://{page[1]}.supabase.co", ("the dashboard's address in place of the project's URL",)
    wrong: tuple[str, ...] = () if "://" in raw else ("a host name without https://",)
    try:
        parts = urlsplit(raw if "://" in raw else f"https://{raw}")
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None, ("no valid URL",)
    if parts.scheme not in ("http", "https") or not _is_host(parts.hostname or "", bare=bool(wrong)):
        return None, ("no valid URL",)
    if parts.path.strip("/") or parts.query or parts.username:
        wrong += ("more than the base URL",)
    host = f"[{parts.hostname}]" if ":" in str(parts.hostname) else parts.hostname
    url = f"{parts.scheme}://{host}{port}"
    if parts.scheme == "http" and not is_loopback(url):
        wrong += ("an http:// address, over which keys travel in the clear",)
    return url, wrong


def _is_host(name: str, *, bare: bool) -> bool:
    """A name that DNS could know. A lone word without https:// is none: it may be a key in the wrong line."""
    shape = re.fullmatch(r"[a-z0-9.:-]+", name) and all(
        0 < len(label) <= _LONGEST_LABEL for label in name.removesuffix(".").split(".")
    )
    return bool(shape) and (not bare or "." in name or is_loopback(f"http://{name}"))


def ref_of(url: str | None) -> str | None:
    """The ref in ``https://<ref>.supabase.co``; None for a custom domain or a local stack."""
    found = _HOSTED.fullmatch(host_of(url))
    return found[1] if found else None


def host_of(url: str | None) -> str:
    """The URL's host name, or an empty text."""
    return (urlsplit(url).hostname or "") if url else ""


def is_loopback(url: str | None) -> bool:
    """Whether the URL leads to this machine (a local stack, a sandbox)."""
    return host_of(url) in LOOPBACK


def passwords_in(text: str) -> Iterator[str]:
    """The password of a URL as it is written and as it is meant, also with an ``@`` in it that nobody encoded."""
    for shape in (r"://[^:/@\s]*:([^@]+)@", r"://[^:/@\s]*:(.+)@"):
        if password := re.search(shape, text):
            yield from (password[1], unquote(password[1]))
