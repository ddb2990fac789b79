"""A real PostgreSQL on a loopback port: initdb, start, psql."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import tempfile
from contextlib import suppress
from pathlib import Path

from diag.errors import SandboxError
from diag.sandbox.children import Child, Family, run
from diag.sandbox.parts import postgres_programs
from diag.sandbox.state import SCRATCH_PREFIX, write_private

# The data goes with the sandbox and need not survive the machine; what was committed survives the end of Postgres.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "timezone": "UTC",
}
_INITDB = (
    "--username=postgres",
    "--encoding=utf8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--auth=scram-sha-256",
    "--no-sync",
    "--no-instructions",
    "--no-data-checksums",
)
_PSQL = ("-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-f", "-")
ROLES = """
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
grant usage on schema public to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
"""


def foreign_user() -> str | None:
    """Whom to run as: Postgres refuses root, so root lends it to ``nobody``; everybody else runs it themselves."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("nobody").pw_name
    raise SandboxError("Postgres does not run as root, and there is no user 'nobody' to lend it to", "run as a user")


def scratch_folder() -> Path | None:
    """A folder that the foreign user can reach (root's home is closed to it); None where none is needed."""
    user = foreign_user()
    if user is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix=SCRATCH_PREFIX))
    shutil.chown(folder, user)
    return folder


class Postgres:
    """The database of one sandbox. ``password`` is that of ``postgres``; nobody connects without it."""

    def __init__(self, folder: Path, port: int, password: str) -> None:
        self._folder, self._port, self._password = folder, port, password
        self._user = foreign_user()
        self._programs = postgres_programs()

    @property
    def url(self) -> str:
        """The connection string, with the password."""
        return f"postgresql://postgres:{self._password}@127.0.0.1:{self._port}/postgres"

    async def make(self) -> None:
        """Make the database; raises ``SandboxError`` with Postgres's own words."""
        if self._user:
            self._programs = await asyncio.to_thread(_reachable, self._programs, self._folder)
        await self._initdb()

    async def start(self, family: Family) -> Child:
        """Start it, be it again; raises ``SandboxError`` with Postgres's own words. Whoever starts it keeps it."""
        settings = [word for pair in _SETTINGS.items() for word in ("-c", "=".join(pair))]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self._port), *settings]
        # SIGINT is Postgres's fast shutdown; SIGTERM would wait for its clients.
        child = await family.start(
            "postgres", command, env={}, cwd=Path("/"), user=self._user, stop_signal=signal.SIGINT, watched=False
        )
        await self._until_ready(child)
        return child

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    async def _initdb(self) -> None:
        password_file = self._folder / "password"
        write_private(password_file, self._password)
        if self._user:
            shutil.chown(password_file, self._user)
        words = [str(self._programs / "initdb"), "-D", str(self._data), f"--pwfile={password_file}", *_INITDB]
        code, _, complaint = await run(words, env={}, user=self._user)
        password_file.unlink()
        if code:
            raise SandboxError(f"Postgres could not make its database: {_last_line(complaint)}", "see the text above")

    async def _until_ready(self, child: Child) -> None:
        while child.alive:
            with suppress(SandboxError):
                await self.query("select 1")
                return
            await asyncio.sleep(0.02)
        raise SandboxError(f"Postgres did not start: {_last_line(child.last_words())}", f"see {child.log}")

    async def query(self, sql: str) -> list[list[str]]:
        """The rows that the statements give, as text."""
        url = self.url.replace(f":{self._password}@", "@")  # command lines are public
        words = [str(self._programs / "psql"), url, *_PSQL]
        code, answer, complaint = await run(words, env={"PGPASSWORD": self._password}, text=sql)
        if code:
            said = next((line for line in complaint.splitlines() if "ERROR:" in line), _last_line(complaint))
            raise SandboxError(f"Postgres refused a statement: {said}", "this is a fault of the sandbox")
        return [line.split("\t") for line in answer.splitlines()]


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def _reachable(programs: Path, scratch: Path) -> Path:
    """The programs where another user can execute them: as they are, or a copy (40 MB) if a folder above is closed."""
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (programs, *programs.parents)):
        return programs
    copy = scratch / "postgres"
    shutil.copytree(programs.parent, copy, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() or path.parent.name == "bin" else 0o044))
    return copy / "bin"
