"""The database's connection string, read before anything is done with it. Pure.

A password with ``@``, ``/`` or a blank that is not percent-encoded ends, for libpq, in the middle: the rest is a host,
a port or an error text, which is then shown and asked for in the DNS.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from diag.config.address import LOOPBACK
from diag.errors import SettingsError
from diag.secret import Secret

_HOME = (".internal", ".local", ".localhost")


def parameters(database_url: Secret, environ: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a connection, as psycopg takes them: encrypted where the way leads through the internet and
    nothing says otherwise (libpq alone would go on in the clear where the other side claims to know no TLS). Raises
    SettingsError, which repeats nothing of the text, for what is no connection string."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        found = {key: str(value) for key, value in conninfo_to_dict(database_url.reveal()).items() if value is not None}
    except psycopg.Error:
        raise _unreadable() from None
    names, port = found.get("host", ""), found.get("port", "")
    if (
        "@" in names.lstrip("@")
        or "@" in found.get("dbname", "")
        or not all(p.isdecimal() for p in port.split(",") if p)
    ):
        raise _unreadable()
    given = "sslmode" in found or any(name in environ for name in ("PGSSLMODE", "PGSERVICE"))
    away = any(_is_away(name) for name in names.split(","))
    return found if given or not away else {**found, "sslmode": "require"}


def _is_away(name: str) -> bool:
    """Whether a host is none of this machine (a socket's folder among them), nor of a network at home."""
    try:
        return not ipaddress.ip_address(name).is_private
    except ValueError:
        return "." in name and not name.startswith(("/", "@")) and name not in LOOPBACK and not name.endswith(_HOME)


def _unreadable() -> SettingsError:
    remedy = "Copy it again, and write @ / % and blanks in the password as %40 %2F %25 %20."
    return SettingsError("DATABASE_URL is no connection string that can be read", remedy)
