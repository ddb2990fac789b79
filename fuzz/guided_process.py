"""``python -m fuzz.guided_process MODULE TARGET [FLAG ...] FOLDER``: one of a module's ``TARGETS`` under atheris.

A process of its own: libFuzzer ends the one that it runs in, and what is instrumented stays so.
"""

from __future__ import annotations

import atexit
import importlib
import signal
import sys

import atheris

from fuzz.trial import tried


def main(module: str, target: str, *wishes: str) -> None:
    """Does not return: libFuzzer leaves with 0 when its time is over, with another code when something is found."""
    # Python, going down, hands signals back to the system: atheris's timer would then kill the process while libFuzzer
    # has yet to write what was found, or to say that nothing was.
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
    # As long as the search goes on: some modules are imported only when they are needed.
    with atheris.instrument_imports(include=["diag", module]):
        one = importlib.import_module(module).TARGETS[target]
        atheris.Setup([sys.argv[0], *wishes], lambda data: tried(one, data))
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
