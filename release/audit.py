"""Known vulnerabilities of what is locked, asked of the advisory service by pip-audit; three-valued.

pip-audit counts a package that it could not ask about as one without findings. Here it counts as *not asked*, which
is said and is no pass. ``python -m release.audit``: 0 nothing known, 1 something found, 5 nobody could be asked.
``--lenient`` (for places without a network) turns 5 into 0, still said.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from release.locks import FOLDER

FOUND, NOT_ASKED = 1, 5
WIDEST = ("dev.txt", "fuzz.txt")
"""The lock files that together hold what stands in any."""
SECONDS = 10
"""How long one answer of the service may take."""


@dataclass(frozen=True)
class Audit:
    """What the service said: packages asked about, packages it could not be asked about, findings."""

    asked: int
    not_asked: int
    findings: tuple[str, ...]

    @property
    def verdict(self) -> int:
        """The exit code. A partial answer without findings is no verdict either."""
        if self.findings:
            return FOUND
        return NOT_ASKED if self.not_asked or not self.asked else 0

    def sentence(self) -> str:
        """One line for people."""
        if self.findings:
            return f"{len(self.findings)} known vulnerabilities in {self.asked} packages asked about"
        if self.verdict == NOT_ASKED:
            which = f" about {self.not_asked} packages" if self.not_asked else ""
            return f"no verdict: the advisory service could not be asked{which}"
        return f"no known vulnerability in {self.asked} packages"


def read(document: dict[str, Any]) -> Audit:
    """pip-audit's JSON. Pure."""
    packages = document.get("dependencies", [])
    asked = [one for one in packages if "vulns" in one]
    findings = tuple(
        f"{one['name']} {one['version']}: {hit['id']}, mended in {', '.join(hit['fix_versions']) or 'no release'}"
        for one in asked
        for hit in one["vulns"]
    )
    return Audit(len(asked), len(packages) - len(asked), findings)


def ask(files: Sequence[str] = WIDEST) -> Audit:
    """Run pip-audit over lock files; whatever keeps it from answering is *not asked*."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--format", "json"]
    command += ["--progress-spinner", "off", "--timeout", str(SECONDS)]
    command += [part for file in files for part in ("--requirement", str(FOLDER / file))]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        return read(json.loads(done.stdout))
    except (subprocess.TimeoutExpired, json.JSONDecodeError):
        return Audit(0, 0, ())


def main(arguments: list[str]) -> int:
    """Say what is known, and end with the verdict."""
    audit = ask()
    for finding in audit.findings:
        print(finding)  # noqa: T201
    print(f"audit: {audit.sentence()}")  # noqa: T201
    return 0 if audit.verdict == NOT_ASKED and "--lenient" in arguments else audit.verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
