"""A stand-in for the advisory service OSV on this machine: a real server, asked by the real pip-audit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent


@contextmanager
def service(known: Mapping[str, str] | None = None, *, status: int = 200) -> Iterator[str]:
    """The address of a service that knows an advisory of each package named, with the version that mends it."""
    advisories = known or {}

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = asked["package"]["name"]
            body = json.dumps({"vulns": [_advisory(name, advisories[name])]} if name in advisories else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def _advisory(name: str, mended: str) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": mended}]}]
    return {
        "id": "OSV-1",
        "schema_version": "1.6.0",
        "summary": "x",
        "affected": [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}],
    }


def audited(address: str, *words: str) -> subprocess.CompletedProcess[str]:
    """``python -m release.audit``, which asks there."""
    environ = {**os.environ, "PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": address}
    command = [sys.executable, "-m", "release.audit", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
