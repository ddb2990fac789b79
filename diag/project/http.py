"""The HTTP client of one project for everything but the function calls, which have their own (``wire``).

The transport is aiohttp under httpx's interface: httpx 0.28's own pool walks over all its connections for every
request, which eats a core from 200 calls in flight on. HTTP/1.1, because one HTTP/2 connection carries 100 streams
at most and the pool opens no second one.
"""

from __future__ import annotations

import logging
import os
import ssl
from functools import lru_cache

import httpx
import stamina.instrumentation

import diag
from diag.config.keys import read_key
from diag.diagnosis import Answer, Headers
from diag.errors import SettingsError
from diag.project.bounded import BoundedClient, refuse_codings, without_userinfo
from diag.project.limits import CONNECT_TIMEOUT, READ_TIMEOUT, WRITE_TIMEOUT
from diag.secret import Secret

CALLS_IN_FLIGHT = 2_000  # connections at most; the engine's own ceiling is below it
KEEP_ALIVE = 30.0  # seconds that an idle connection is kept
USER_AGENT = f"nukediag/{diag.__version__}"  # never like a browser's: the gateway refuses secret keys from those


def timeouts(read: float) -> httpx.Timeout:
    """Explicit limits for each step. None for the pool: its wait would count into the transport's connect time."""
    return httpx.Timeout(connect=CONNECT_TIMEOUT, read=read, write=WRITE_TIMEOUT, pool=None)


def new_client(transport: httpx.AsyncBaseTransport | None, read_timeout: float = READ_TIMEOUT) -> httpx.AsyncClient:
    """A client that follows no redirect (it would carry the key to another host) and keeps to the environment's
    proxy settings. ``transport`` takes the network's place in tests."""
    quieten()
    return BoundedClient(
        verify=certificates(),
        transport=transport,
        timeout=timeouts(read_timeout),
        limits=httpx.Limits(max_connections=CALLS_IN_FLIGHT, keepalive_expiry=KEEP_ALIVE),
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip, deflate"},
        event_hooks={"request": [without_userinfo], "response": [refuse_codings]},
    )


def certificates() -> ssl.SSLContext:
    """The trusted certificates, as httpx chooses them. Loading them takes a tenth of a second: once for all clients."""
    return _certificates(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=2)
def _certificates(file: str | None, folder: str | None) -> ssl.SSLContext:
    return httpx.create_ssl_context()


def quieten() -> None:
    """httpx logs whole URLs at INFO, stamina whole exceptions at WARNING, asyncio those of abandoned tasks at ERROR
    (and, after Ctrl-C, connections that nobody closed): none of it goes through the redactor."""
    for name in ("httpx", "httpcore", "aiohttp.client", "hpack", "postgrest", "supabase"):
        logging.getLogger(name).setLevel(logging.ERROR)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    stamina.instrumentation.set_on_retry_hooks(())


def key_headers(key: Secret) -> dict[str, str]:
    """How a key travels: always in ``apikey``; a JWT also as bearer. An ``sb_`` key is no JWT, and as bearer it is
    refused by gateways that check one. Raises SettingsError for a key that no header can hold."""
    value = key.reveal()
    if not value.isascii() or not value.isprintable():
        remedy = "Copy it again from the dashboard; nukediag config show says where it stands."
        raise SettingsError("The key holds characters that no key has", remedy)
    return {"apikey": value, "Authorization": f"Bearer {value}"} if read_key(key).is_jwt else {"apikey": value}


def answer_of(response: httpx.Response, body: bytes, duration_ms: float = 0.0) -> Answer:
    """A response as the classifier takes it."""
    return Answer(status=response.status_code, headers=Headers(response.headers), body=body, duration_ms=duration_ms)
