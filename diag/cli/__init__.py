"""The command line: one command per file, wired in ``root``; the one error boundary is ``main``."""

from diag.cli.root import main

__all__ = ["main"]
