"""The tests on the oldest libraries that setup.cfg admits: are its lower bounds true?

``python -m release.minimal [AREA ...] [--resume] [--without-sandbox]`` resolves them (asks the package index), makes
``.venv-minimal`` and runs there all tests that need no tool of the developers'.
"""

from __future__ import annotations

import sys

from release import suite
from release.locks import ROOT, resolve

PLACE = ROOT / ".venv-minimal"
TOOLS = ("quality", "release")
"""Areas that test the developers' tools, whose bounds nobody meets who installs nukediag."""


def main(arguments: list[str]) -> int:
    """0 if all passed, 1 if something failed."""
    wanted = suite.wish(arguments, "release.minimal", [area for area in suite.areas() if area not in TOOLS])
    place = suite.Place(PLACE, sys.executable, PLACE / "lowest.txt")
    PLACE.mkdir(exist_ok=True)
    resolve(place.lock, "test", resolution="lowest-direct")
    suite.furnish(place)
    return suite.verdict("oldest libraries", suite.run(place, wanted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
