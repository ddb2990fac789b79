"""The command as a process: however it behaves, nothing of it is left."""

import asyncio
import os
import sys
import textwrap
import uuid
from pathlib import Path

import pytest
from processes import lives

from diag.backfill.supervise.child import Child, Command
from diag.errors import UsageError

DEAF = """
    import signal, time
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("ready", flush=True)
    time.sleep(600)
"""
POLITE = """
    import signal, sys, time
    def last(*_):
        print("goodbye", flush=True)
        sys.exit(0)
    signal.signal(signal.SIGINT, last)
    print("ready", flush=True)
    while True:
        time.sleep(600)
"""
FORKS = """
    import subprocess, sys, time
    again = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session={session})
    print("ready", again.pid, flush=True)
    {then}
"""


def python(tmp_path, code):
    return Command((sys.executable, "-c", textwrap.dedent(code)), dict(os.environ), tmp_path)


async def started(command):
    child = await Child.start(command, uuid.uuid4().hex)  # its own mark: tests run side by side
    line = await child.process.stdout.readline()
    return child, line.decode().split()


def stopped(command, grace, *, hurry=False):
    async def scene():
        child, words = await started(command)
        event = asyncio.Event()
        if hurry:
            event.set()
        await child.stop(grace, event)
        rest = await child.process.stdout.read()
        return child.process.returncode, [int(word) for word in words[1:]], rest

    return asyncio.run(scene())


def test_a_command_that_listens_ends_by_itself_and_says_its_last_words(tmp_path):
    code, _, rest = stopped(python(tmp_path, POLITE), 60)
    assert (code, rest) == (0, b"goodbye\n")


def test_a_command_that_ignores_both_signals_is_killed(tmp_path):
    assert stopped(python(tmp_path, DEAF), 0.3)[0] == -9


def test_in_a_hurry_it_is_killed_at_once(tmp_path):
    assert stopped(python(tmp_path, POLITE), 60, hurry=True)[0] == -9


@pytest.mark.parametrize("session", [False, True])
def test_what_it_forked_ends_with_it(tmp_path, session):
    _, (grandchild,), _ = stopped(python(tmp_path, FORKS.format(session=session, then="time.sleep(600)")), 5)
    assert not lives(grandchild)


@pytest.mark.parametrize("session", [False, True])
def test_what_it_left_behind_is_cleared_away(tmp_path, session):
    async def scene():
        child, words = await started(python(tmp_path, FORKS.format(session=session, then="")))
        while child.process.returncode is None:
            await asyncio.sleep(0.02)
        before, cleared = lives(words[1]), await child.clear_away(5)
        while lives(words[1]):  # it has let go of its memory and runs no more, but may not be a zombie yet
            await asyncio.sleep(0.02)
        return before, cleared

    assert asyncio.run(asyncio.wait_for(scene(), 60)) == (True, True)


def test_a_halted_command_can_be_stopped(tmp_path):
    async def scene():
        child, _ = await started(python(tmp_path, POLITE))
        child.halt(True)
        state = Path(f"/proc/{child.process.pid}/stat")
        while state.read_text().rpartition(")")[2].split()[0] != "T":
            await asyncio.sleep(0.02)
        await child.stop(60, asyncio.Event())
        return child.process.returncode

    assert asyncio.run(scene()) == 0


def test_a_program_that_is_not_there_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no program"):
        Command(("no-such-program-here",), {"PATH": os.environ["PATH"]}, tmp_path)
