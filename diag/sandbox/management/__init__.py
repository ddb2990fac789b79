"""The management API of the project: status, health, secrets, functions, keys, logs, SQL.

Paths, bodies and limits as in Supabase's published API description and recorded answers of the real API.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiohttp import web

from diag.sandbox.bundles import Bundles
from diag.sandbox.logbook import Logbook
from diag.sandbox.management.database import Database
from diag.sandbox.management.functions import Functions
from diag.sandbox.management.guard import Guard
from diag.sandbox.management.keys import Keys
from diag.sandbox.management.logs import Logs
from diag.sandbox.management.overview import Overview
from diag.sandbox.management.secrets import Secrets
from diag.sandbox.model import Project


class Management:
    """The routes, to be mounted at ``/v1``. ``on_secrets`` is told when the functions' secrets changed, ``on_deploy``
    which function did."""

    def __init__(
        self,
        project: Project,
        bundles: Bundles,
        book: Logbook,
        *,
        on_secrets: Callable[[], None],
        on_deploy: Callable[[str], None],
    ) -> None:
        self._guard = Guard(project.keys)
        self._parts = (
            Overview(project),
            Secrets(project, on_secrets),
            Functions(project, bundles, on_deploy),
            Keys(project),
            Logs(book),
            Database(project),
        )

    def configure(self, faults: Mapping[str, object]) -> None:
        """``per_minute``: allowed requests; ``lacks``: permissions that the scoped token was not given."""
        self._guard.configure(faults)

    def application(self) -> web.Application:
        """The aiohttp application: rate limit, token and permission are checked in front of the routes."""
        application = web.Application(middlewares=[self._guard.check])
        for part in self._parts:
            application.add_routes(part.routes())
        return application
