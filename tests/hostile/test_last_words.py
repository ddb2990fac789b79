"""No crash shows a secret: not the traceback of -vv, and not what Python writes by itself where nobody catches."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

KEY = "sk-proj-Zq8vR2mXk4Lw9TyBNf7gHd3sPa6cQe1u"
_BEFORE = f"""
import asyncio, gc, logging, os, sys, threading
from diag.cli import root
from diag.config import load
KEY = {KEY!r}
class Boom(Exception): pass
def crash(*_, **__):
    local = KEY
    raise Boom(f"Authorization: Bearer {{local}} \\x1b[2J {{local[:20]}} and {{local[20:]}}")
def after(then):
    def run(words):
        from pathlib import Path
        load(environ=dict(os.environ), folder=Path.cwd())
        then()
        print("still here", file=sys.stderr)
        return 0
    root._run = run
    root.main([])
"""
CRASHES = {
    "a command": """
from diag.secret import Secret, redact
redact.learn(Secret(KEY))
root.root.main = crash
root.main(["preflight", "-vv"])
""",
    "a thread": "after(lambda: (t := threading.Thread(target=crash), t.start(), t.join()))",
    "a task that nobody waits for": """
async def forget():
    task = asyncio.create_task(asyncio.to_thread(crash))
    await asyncio.sleep(0.2)
    del task
    gc.collect()
after(lambda: asyncio.run(forget()))
""",
    "a library's log": "after(lambda: logging.getLogger('library').error('key %s refused', KEY))",
    "a log with a traceback": """
def logged():
    try:
        crash()
    except Boom:
        logging.getLogger("library").exception("so it goes")
after(logged)
""",
    "a destructor": """
class Last:
    __del__ = crash
def made():
    Last()
    gc.collect()
after(made)
""",
    "the interpreter itself": "after(lambda: setattr(root, 'finish', crash))",
}


@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_tells_where_it_happened_and_nothing_of_the_secret(tmp_path: Path, where: str) -> None:
    environ = {**os.environ, "PYTHONPATH": ":".join(sys.path), "OPENAI_API_KEY": KEY, "NUKEDIAG_STATE_DIR": "state"}
    words = [sys.executable, "-c", _BEFORE + CRASHES[where]]
    done = subprocess.run(words, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False)
    shown = done.stdout + done.stderr
    assert "Boom" in shown or "refused" in shown
    assert not [at for at in range(8, len(KEY) - 7) if KEY[at : at + 8] in shown]
    assert "\x1b" not in shown
