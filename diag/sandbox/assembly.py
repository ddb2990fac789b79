"""All parts of one sandbox, started in the order in which they need each other."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal

import aiohttp
from aiohttp import web
from pydantic import BaseModel

from diag.errors import SandboxError, UsageError
from diag.private import private_folder
from diag.sandbox import parts, pgmq
from diag.sandbox.bundles import Bundles
from diag.sandbox.children import Family
from diag.sandbox.condition import Condition
from diag.sandbox.control import PREFIX, Control
from diag.sandbox.counters import Counters
from diag.sandbox.data_api import DataApi
from diag.sandbox.edge_log import EdgeLog
from diag.sandbox.functions import BootError, Fence, Workers
from diag.sandbox.gateway import Gateway
from diag.sandbox.kept import Keeper
from diag.sandbox.keys import ProjectKeys
from diag.sandbox.logbook import Logbook
from diag.sandbox.management import Management
from diag.sandbox.model import Deployed, Project
from diag.sandbox.moto import Moto
from diag.sandbox.own import OwnProject, buckets, load, tables
from diag.sandbox.own.folder import supabase_folder
from diag.sandbox.own.watch import Watch
from diag.sandbox.ports import free_ports, listener
from diag.sandbox.postgres import ROLES, Postgres
from diag.sandbox.proxy import open_session
from diag.sandbox.schema_cache import SchemaCache
from diag.sandbox.stage import Stage, find
from diag.sandbox.state import FUNCTIONS_ENV, write_private
from diag.sandbox.upstreams import history
from diag.sandbox.upstreams.aws import Aws
from diag.sandbox.upstreams.gemini import Gemini
from diag.sandbox.upstreams.openai import OpenAI
from diag.sandbox.upstreams.openrouter import OpenRouter
from diag.sandbox.upstreams.photos import BUCKET, Photos
from diag.sandbox.world import seed

_LARGEST_BODY = 50 * 2**20  # bytes
Variant = Literal["strict", "lenient"]
OWN_SECRETS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "GEMINI_API_KEY",
    "OPENAI_API_KEY",
    "SERVICE_ROLE_KEY",
)
"""What a user's own functions can have of the sandbox's, under these names or others."""


class Wishes(BaseModel):
    """What ``sandbox up`` was asked for. ``images``: pending rows, None for all 2,734; ``port`` 0: a free one;
    ``functions``: a folder of the user's own ones; ``tables``: a file of SQL for after the sandbox's own."""

    scenario: str = "healthy"
    variant: Variant = "strict"
    sb_keys: Literal["accepted", "refused"] = "accepted"
    images: int | None = None
    port: int = 0
    functions: Path | None = None
    tables: Path | None = None


class Assembly:
    """One sandbox's parts. ``scratch`` is where the database goes."""

    def __init__(self, folder: Path, scratch: Path, wishes: Wishes, say: Callable[[str], None]) -> None:
        find(wishes.scenario)
        self._folder, self._wishes, self._say = folder, wishes, say
        self._gateway_socket, self._management_socket = listener(wishes.port), listener()
        self._openai_socket, self._aws_socket = listener(), listener()
        self._gemini_socket, self._openrouter_socket, self._history_socket = listener(), listener(), listener()
        database_port, self._data_api_port, self._moto_port = free_ports(3)
        self.control_token = secrets.token_urlsafe(32)
        self.management_url = _address(self._management_socket)
        self.family = Family(private_folder(folder / "logs"))
        self._keeper = Keeper(self.family)
        self.counters = Counters()
        self.openai, self.aws, self.photos = OpenAI(self.counters), Aws(self.counters), Photos()
        self.gemini, self.openrouter = Gemini(self.counters), OpenRouter(self.counters)
        self.history = history.History()
        keys = ProjectKeys.generate()
        self.postgres = Postgres(scratch, database_port, keys.database_password)
        self.project = Project(keys, url=_address(self._gateway_socket), database_url=self.postgres.url)
        self.project.usual = Condition(new_keys_pass=wishes.sb_keys == "accepted")
        self.data_api = DataApi(folder / "data-api", self._data_api_port, keys, self.postgres.url, self.postgres.query)
        self._schema_cache = SchemaCache(
            self.postgres.url, self.data_api.reload, self.data_api.lose_database, self.data_api.find_database
        )
        self.book = Logbook()
        self.workers = Workers(self.family, self._fence(), self.project.environment, self.book)
        self.management = Management(
            self.project,
            Bundles(folder / "bundles"),
            self.book,
            on_secrets=self.workers.retire,
            on_deploy=self.workers.retire_one,
        )
        self._runners: list[web.AppRunner] = []
        self._watching: asyncio.Task[None] | None = None
        self._session: aiohttp.ClientSession | None = None

    def _fence(self) -> Fence:
        stand_ins = {
            "api.openai.com": self._openai_socket,
            "*.amazonaws.com": self._aws_socket,
            "generativelanguage.googleapis.com": self._gemini_socket,
            "openrouter.ai": self._openrouter_socket,
            history.HOST: self._history_socket,
        }
        upstreams = {host: _address(where) for host, where in stand_ins.items()}
        aws = upstreams["*.amazonaws.com"]
        return Fence(
            ports=tuple(each.getsockname()[1] for each in (self._gateway_socket, *stand_ins.values())),
            upstreams=upstreams,
            # The AWS SDK speaks through node:http, past `fetch`; these variables are its own way to be redirected.
            variables={"AWS_ENDPOINT_URL_REKOGNITION": aws, "AWS_ENDPOINT_URL_STS": aws},
        )

    async def start(self) -> None:
        """Start everything; raises ``SandboxError`` or ``UsageError`` with what is in the way."""
        await parts.fetch(self._say)
        self._session = open_session()
        await asyncio.gather(self.openai.start(), self.aws.start())
        credentials, _, own = await asyncio.gather(self._start_aws(), self._start_data(), self._read_own())
        stage = self._stage({**credentials, "OPENAI_API_KEY": self.openai.issue_key()}, own)
        await self._listen(stage)
        await stage.put_on(self._wishes.scenario)
        if own.functions:
            watch = Watch(own, self._folder / "own", self.project, self.workers.retire_one)
            self._watching = asyncio.create_task(watch.run())
        if not own.functions:  # of those there may be many, and most will not be called
            await asyncio.gather(*map(self._warm, stage.functions))

    async def _start_aws(self) -> dict[str, str]:
        moto = Moto(self.aws, self._moto_port, self._folder)
        self._keeper.keep(await moto.start(self.family), lambda: moto.start(self.family))
        return self.aws.credentials

    async def _start_data(self) -> None:
        await self.postgres.make()
        self._keeper.keep(await self.postgres.start(self.family), lambda: self.postgres.start(self.family))
        await self.postgres.query(ROLES + pgmq.sql())
        await self.postgres.query(seed.sql(self.project.url + BUCKET, self._wishes.images))
        if supabase := supabase_folder(self._wishes.functions):
            await tables.apply(supabase, self.project.url, self.postgres.query, self._say)
        if self._wishes.tables:
            await self._apply(self._wishes.tables)
        private_folder(self._folder / "data-api")
        lite, _ = await asyncio.gather(self.data_api.start(self.family), self._schema_cache.start())
        self._keeper.keep(lite, lambda: self.data_api.start(self.family))

    async def _apply(self, file: Path) -> None:
        try:
            await self.postgres.query(await asyncio.to_thread(file.read_text, encoding="utf-8"))
        except (SandboxError, OSError, UnicodeDecodeError) as error:
            text = f"{file} cannot be applied to the sandbox's database: {error}"
            raise UsageError(text, "mend the file; the sandbox's own tables and roles are there before it") from error

    async def _read_own(self) -> OwnProject:
        if self._wishes.functions is None:
            return OwnProject()
        return await load(self._wishes.functions, self._folder / "own", OWN_SECRETS, self._say)

    def _stage(self, credentials: dict[str, str], own: OwnProject) -> Stage:
        healthy = {**credentials, "AWS_REGION": "us-east-1", "SERVICE_ROLE_KEY": self.project.keys.service_role}
        kept = self._kept()
        healthy |= {name: kept[name] for name in own.environment.wanted if name in kept}
        if own.functions:
            self.project.stand_ins["SUPABASE_SERVICE_ROLE_KEY"] = "SERVICE_ROLE_KEY"
        # The local copy that a user would have in supabase/functions/.env: right, whatever the scenario breaks.
        write_private(self._folder / FUNCTIONS_ENV, "".join(f"{name}={value}\n" for name, value in healthy.items()))
        shipped = sorted((parts.FUNCTIONS / self._wishes.variant).glob("*/index.ts"))
        return Stage(
            project=self.project,
            healthy_secrets=healthy,
            functions=own.functions or {entry.parent.name: Deployed(entry.parent.name, entry) for entry in shipped},
            upstreams={
                "openai": self.openai,
                "gemini": self.gemini,
                "openrouter": self.openrouter,
                "aws": self.aws,
                "history": self.history,
                "photos": self.photos,
                "gateway": self.project,
                "management": self.management,
            },
            postgres=self.postgres,
            counters=self.counters,
            env_file=self._folder / "sandbox.env",
            fixed_settings={
                "NUKEDIAG_MANAGEMENT_URL": self.management_url,
                "OPENAI_BASE_URL": f"{_address(self._openai_socket)}/v1",
                "AWS_ENDPOINT_URL": _address(self._aws_socket),
                "NUKEDIAG_STATE_DIR": str(private_folder(self._folder / "journals")),
            },
            on_secrets=self.workers.retire,
            drained=self.workers.drained,
            kept_secrets=kept,
            environment=own.environment,
        )

    def _kept(self) -> dict[str, str]:
        """Credentials that a healthy function does not have: for scenarios, by the names that these use."""
        return {
            **self.aws.kept,
            "OPENAI_RESTRICTED_KEY": self.openai.issue_key("restricted"),
            "OPENAI_DEACTIVATED_KEY": self.openai.issue_key("deactivated"),
            "GEMINI_API_KEY": self.gemini.issue_key(),
            "OPENROUTER_API_KEY": self.openrouter.issue_key(),
            "VEHICLE_HISTORY_KEY": self.history.issue_key(),
            "SUPABASE_ANON_KEY": self.project.keys.anon,
        }

    async def _listen(self, stage: Stage) -> None:
        assert self._session is not None
        gateway = Gateway(self.project, self.workers, self.data_api, self.counters, EdgeLog(self.book, self.project))
        management = web.Application(client_max_size=_LARGEST_BODY)
        management.add_subapp("/v1", self.management.application())
        management.add_subapp(PREFIX, Control(stage, self.family, self.control_token, self._folder).application())
        await self._host(gateway.application(self._session, self._objects()), self._gateway_socket)
        await self._host(management, self._management_socket)
        await self._host(_application(self.openai.routes()), self._openai_socket)
        await self._host(_application(self.aws.routes()), self._aws_socket)
        await self._host(_application(self.gemini.routes()), self._gemini_socket)
        await self._host(_application(self.openrouter.routes()), self._openrouter_socket)
        await self._host(_application(self.history.routes()), self._history_socket)

    def _objects(self) -> list[web.RouteDef]:
        supabase = supabase_folder(self._wishes.functions)
        own = buckets.routes(buckets.public_buckets(supabase)) if supabase else []
        return [*own, *self.photos.routes()]

    async def _host(self, application: web.Application, where: socket.socket) -> None:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._runners.append(runner)
        await web.SockSite(runner, where).start()

    async def _warm(self, slug: str) -> None:
        function = self.project.functions.get(slug)
        if function:
            with suppress(BootError):  # its callers will hear of it, as they would in production
                await self.workers.worker(function)

    async def stop(self) -> None:
        """End everything that was started, in whatever state the start-up was left."""
        if self._watching:
            self._watching.cancel()
        await self._keeper.close()
        await self._schema_cache.stop()
        for runner in self._runners:
            await runner.cleanup()
        await asyncio.gather(self.openai.close(), self.aws.close())
        if self._session is not None:
            await self._session.close()
        await self.family.stop_all()


def _application(routes: list[web.RouteDef]) -> web.Application:
    application = web.Application(client_max_size=_LARGEST_BODY)
    application.add_routes(routes)
    return application


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"http://{host}:{port}"
