"""Looking at processes from outside."""

from pathlib import Path


def lives(pid):
    """Whether a process still runs: one that only waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
