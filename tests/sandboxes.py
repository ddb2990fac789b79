"""What tests of every area need to know about a running sandbox."""

from __future__ import annotations

from diag.sandbox.state import Sandbox


def settings_of(sandbox: Sandbox) -> dict[str, str]:
    """The settings in a sandbox's env file."""
    return dict(line.split("=", 1) for line in sandbox.env_file.read_text().splitlines())
