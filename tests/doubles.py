"""A small Supabase project behind an httpx transport, for tests that need odd answers: real requests, real status
codes, rows in memory. Whole flows are tested on the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx

from diag.config import Configuration, load
from diag.project import Project

REF = "abcdefghijklmnopqrst"
URL = f"https://{REF}.supabase.co"
SERVICE_KEY = "sb_secret_" + "Ab3dEf6hIj9lMn2pQr5tUv_12345678"
TOKEN = "sbp_" + "0123456789" * 4
SECRETS = {"OPENAI_API_KEY": "k1", "AWS_ACCESS_KEY_ID": "k2", "AWS_SECRET_ACCESS_KEY": "k3", "AWS_REGION": "us-east-1"}
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\0" * 200
FULL = {"success": True, "tags": ["engine"], "appraisal": {"category": "engine_bay", "condition": 7}}

Handler = Callable[[httpx.Request], httpx.Response]


def configuration(folder: Path, **environ: str) -> Configuration:
    """Settings of a healthy project; an empty value takes a variable away."""
    known = {"SUPABASE_URL": URL, "SUPABASE_SERVICE_ROLE_KEY": SERVICE_KEY, "SUPABASE_ACCESS_TOKEN": TOKEN}
    home = {"SUPABASE_HOME": str(folder), "NUKEDIAG_STATE_DIR": str(folder / "state")}
    merged = {**known, **home, **environ}
    return load(environ={name: value for name, value in merged.items() if value}, folder=folder)


@dataclass
class SupabaseDouble:
    """Answers as a healthy project does. ``answer`` is what the function answers; ``saves`` whether it also writes;
    ``special`` maps the beginning of a path to a handler that takes over."""

    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=lambda: dict(SECRETS))
    answer: Handler = lambda request: httpx.Response(200, json=FULL)
    saves: bool = True
    hidden: bool = False
    special: dict[str, Handler] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)

    @classmethod
    def with_rows(cls, count: int, **options: Any) -> SupabaseDouble:
        """A project with that many pending rows, ``row-000`` and on."""
        rows = {
            f"row-{n:03}": {
                "id": f"row-{n:03}",
                "vehicle_id": "v1",
                "image_url": f"https://pictures.example/{n}.jpg",
                "ai_last_scanned": None,
                "ai_scan_metadata": None,
            }
            for n in range(count)
        }
        names = ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data")
        return cls(rows=rows, tables={name: [] for name in names}, **options)

    def project(self, folder: Path, **environ: str) -> Project:
        """A project client that talks to this double alone."""
        return Project(configuration(folder, **environ), transport=httpx.MockTransport(self))

    def calls(self) -> list[httpx.Request]:
        """The calls of the function, in order."""
        return [one for one in self.requests if one.method == "POST" and "/functions/v1/" in one.url.path]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        path = request.url.path
        for beginning, handler in self.special.items():
            if path.startswith(beginning):
                return handler(request)
        if path.startswith("/functions/v1/"):
            return self._function(request)
        return self._rest(request) if path.startswith("/rest/v1/") else self._management(path)

    def _function(self, request: httpx.Request) -> httpx.Response:
        if request.method == "OPTIONS":
            return httpx.Response(204, headers={"x-deno-execution-id": "e1"})
        answer = self.answer(request)
        row = self.rows.get(json.loads(request.content).get("image_id", ""))
        if self.saves and row and answer.is_success:
            self.tables["image_tags"].append({"image_id": row["id"]})
            row["ai_scan_metadata"] = {"appraiser": "done"}
        return answer

    def _management(self, path: str) -> httpx.Response:
        if path.endswith("/secrets"):
            listed = [{"name": k, "value": sha256(v.encode()).hexdigest()} for k, v in self.secrets.items()]
            return httpx.Response(200, json=listed)
        if "/functions/" in path and not path.endswith("/analyze-image"):
            return httpx.Response(404, json={"message": "Function not found"})
        if "/functions/" in path:
            return httpx.Response(200, json={"slug": "analyze-image", "status": "ACTIVE", "version": 3})
        state = {"ref": REF, "name": "cars", "status": "ACTIVE_HEALTHY", "region": "eu-west-1"}
        return httpx.Response(200, json=state)

    def _rest(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.removeprefix("/rest/v1/")
        records = list(self.rows.values()) if name == "vehicle_images" else self.tables.get(name)
        if records is None:
            body = {"code": "PGRST205", "message": f"Could not find the table 'public.{name}'"}
            return httpx.Response(404, json=body)
        query = dict(request.url.params.multi_items())
        found = [] if self.hidden else [record for record in records if _matches(record, query)]
        if request.method == "PATCH":
            for record in found:
                record.update(json.loads(request.content))
        return _listed(found, query)


def _listed(found: list[dict[str, Any]], query: Mapping[str, str]) -> httpx.Response:
    offset, limit = int(query.get("offset", 0)), int(query.get("limit", 1000))
    found = found[::-1] if query.get("order", "").endswith(".desc") else found
    columns = query.get("select", "*").replace('"', "").split(",")
    page = found[offset : offset + limit]
    if columns != ["*"]:
        page = [{column: record.get(column) for column in columns} for record in page]
    span = f"{offset}-{offset + len(page) - 1}" if page else "*"
    return httpx.Response(200, json=page, headers={"content-range": f"{span}/{len(found)}"})


def _matches(record: Mapping[str, Any], query: Mapping[str, str]) -> bool:
    plain = {"select", "order", "limit", "offset", "columns"}
    return all(_holds(record.get(column), unquote(test)) for column, test in query.items() if column not in plain)


def _holds(value: Any, test: str) -> bool:
    operator, _, wanted = test.partition(".")
    if operator == "not":
        return not _holds(value, wanted)
    if operator == "is":
        return value is None
    if operator == "gt":
        return str(value) > wanted
    if operator == "in":
        return str(value) in wanted.strip("()").replace('"', "").split(",")
    return str(value) == wanted
