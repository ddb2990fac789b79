"""A gateway with workers behind it, and small functions that show one fault each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer

from diag.private import private_folder
from diag.sandbox.children import Family
from diag.sandbox.counters import Counters
from diag.sandbox.data_api import DataApi
from diag.sandbox.edge_log import EdgeLog
from diag.sandbox.functions import Fence, Workers
from diag.sandbox.gateway import Gateway
from diag.sandbox.keys import ProjectKeys
from diag.sandbox.limits import Allowance
from diag.sandbox.log_query import run
from diag.sandbox.logbook import Logbook
from diag.sandbox.model import Deployed, Project
from diag.sandbox.parts import FUNCTIONS
from diag.sandbox.proxy import open_session

SOURCES = {
    "echo": """Deno.serve(async (request) => Response.json({
        body: await request.text(), path: new URL(request.url).pathname, search: new URL(request.url).search,
        method: request.method, mine: request.headers.get("x-mine"), flavour: Deno.env.get("FLAVOUR") ?? null,
        ref: Deno.env.get("SUPABASE_URL"), hidden: Deno.env.get("NUKEDIAG_UPSTREAMS") ?? null }))""",
    "throws": 'Deno.serve(() => { throw new Error("inside") })',
    "answers-503": 'Deno.serve(() => Response.json({ error: "my own" }, { status: 503 }))',
    "dies": "Deno.serve(() => { Deno.exit(7) })",
    "no-boot": "import './not-there.ts'",
    "syntax": "Deno.serve(() => {",
    "slow": """let done = 0;
        Deno.serve(async (request) => {
            if (request.method === "GET") return Response.json({ done });
            await new Promise((resolve) => setTimeout(resolve, 400));
            done++;
            return new Response("late");
        })""",
    "outside": """Deno.serve(async (request) => {
        const reached = await fetch(await request.text()).then((r) => r.text(), (error) => String(error));
        return new Response(reached);
    })""",
    "talks": """Deno.serve(() => {
        console.log("one\\ntwo", { three: 3 });
        console.warn("%d is %s", 4, "4");
        console.error("bad");
        return new Response("said");
    })""",
    "slow-answer": """Deno.serve(async (request) => {
        if (request.method === "POST") await new Promise((resolve) => setTimeout(resolve, 400));
        console.log("done all the same");
        return new Response("late");
    })""",
    "waits-long": """Deno.serve(async () => {
        await new Promise((resolve) => setTimeout(resolve, 900));
        return new Response("at last");
    })""",
    "reads-files": """Deno.serve(async () => new Response(await Deno.readTextFile("/etc/passwd").catch(String)))""",
}


class Stand:
    """A gateway in front of those functions, with no database behind it."""

    def __init__(self, folder: Path, vendor: str) -> None:
        self.book = Logbook(delay=0)
        self.project = Project(ProjectKeys.generate(), url="http://127.0.0.1:1")
        for slug, source in SOURCES.items():
            entry = private_folder(folder / "functions" / slug) / "index.ts"
            entry.write_text(source)
            self.project.functions[slug] = Deployed(slug, entry, verify_jwt=False)
        for fault in sorted((FUNCTIONS / "faults").glob("*/index.ts")):
            slug = fault.parent.name
            deployed = Deployed(slug, fault, verify_jwt=False, readable=(FUNCTIONS,))
            self.project.functions.setdefault(slug, deployed)
        self.family = Family(private_folder(folder / "logs"))
        port = int(vendor.rsplit(":", 1)[1])
        fence = Fence((port,), {"api.vendor.test": vendor, "*.wild.test": vendor})
        allowance = Allowance(cpu=0.4)
        self.workers = Workers(self.family, fence, self.project.environment, self.book, allowance)
        self.counters = Counters()
        nowhere = DataApi(folder / "data-api", 1, self.project.keys, "")
        self.gateway = Gateway(self.project, self.workers, nowhere, self.counters, EdgeLog(self.book, self.project))
        self.client = aiohttp.ClientSession()
        self.url = ""

    async def call(self, slug: str, method: str = "POST", path: str = "", **options: object) -> tuple[int, str, dict]:
        async with self.client.request(method, f"{self.url}/functions/v1/{slug}{path}", **options) as answer:
            return answer.status, await answer.text(), dict(answer.headers)

    def logged(self, source: str, *columns: str) -> list[dict]:
        """The rows of that source, the oldest first."""
        named = ", ".join(f"log_attributes['{column}'] as {column.split('.')[-1]}" for column in columns)
        sql = f"select event_message, {named} from logs where source = '{source}' order by timestamp"
        return run(self.book, sql, 0, 1e11)


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator[Stand]:
    """One that serves, in front of a vendor's stand-in that repeats the path it was asked for."""

    async def vendor(request: aiohttp.web.Request) -> aiohttp.web.Response:
        return aiohttp.web.Response(text=f"the stand-in at {request.path_qs}")

    application = aiohttp.web.Application()
    application.router.add_route("*", "/{rest:.*}", vendor)
    async with TestServer(application) as vendors, open_session() as session:
        stand = Stand(folder, str(vendors.make_url("")).rstrip("/"))
        async with TestServer(stand.gateway.application(session, [])) as server:
            stand.url = str(server.make_url("")).rstrip("/")
            yield stand
            await stand.client.close()
            await stand.family.stop_all()
