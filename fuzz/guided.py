"""The search that learns: atheris (libFuzzer) keeps what reaches new code in ``diag`` and goes on from there.

Beginning, discoveries and leftovers live in a folder that is gone afterwards; the parent reads off what was found.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from fuzz.trial import SLOW, Find
from fuzz.words import LONGEST, WORDS

_LONGEST_WORD = 64  # bytes; libFuzzer's dictionary passes over longer ones


@dataclass(frozen=True)
class Limits:
    """What one input may take at most: more is a find."""

    patience: int = int(4 * SLOW)
    """Seconds by the wall clock, which other work on the machine and the instrumentation use up as well."""
    megabytes: int = 2_048
    """Of the whole process's memory."""


@dataclass(frozen=True)
class Search:
    """What became of one target's share: inputs tried, places in the code reached, and what was found."""

    inputs: int
    reached: int
    find: Find | None


def here() -> bool:
    """Whether atheris can be had on this Python and platform."""
    return importlib.util.find_spec("atheris") is not None


def search(
    name: str,
    seeds: Sequence[bytes],
    *,
    seconds: int,
    number: int,
    module: str = "fuzz.targets",
    limits: Limits = Limits(),
) -> Search:
    """Fuzz one target of a module's ``TARGETS`` in a process of its own for so long."""
    with tempfile.TemporaryDirectory(prefix="nukediag-fuzz-") as folder:
        scratch = Path(folder)
        flags = [f"-max_total_time={seconds}", f"-seed={number % (1 << 32)}", *_flags(scratch, limits)]
        command = [sys.executable, "-m", "fuzz.guided_process", module, name, *flags, str(_begun(scratch, seeds))]
        # What a target leaves behind when libFuzzer ends its process goes with the folder.
        environment = os.environ | {"TMPDIR": str(_new(scratch / "tmp"))}
        run = subprocess.run(command, capture_output=True, check=False, env=environment, cwd=Path(__file__).parents[1])
        return _read(run, _new(scratch / "found"))


def _flags(scratch: Path, limits: Limits) -> list[str]:
    dictionary = scratch / "words"
    dictionary.write_text("".join(f'"{_spelt(word)}"\n' for word in WORDS if len(word) <= _LONGEST_WORD))
    return [
        f"-max_len={LONGEST}",
        f"-timeout={limits.patience}",
        f"-rss_limit_mb={limits.megabytes}",
        f"-dict={dictionary}",
        f"-artifact_prefix={_new(scratch / 'found')}/",
        "-print_final_stats=1",
    ]


def _spelt(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word)


def _begun(scratch: Path, seeds: Sequence[bytes]) -> Path:
    """The corpus: the seeds, and the words that are too long for the dictionary."""
    corpus = _new(scratch / "corpus")
    for number, data in enumerate((*seeds, *(word for word in WORDS if len(word) > _LONGEST_WORD))):
        (corpus / f"{number:04}").write_bytes(data[:LONGEST])
    return corpus


def _new(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


def _read(run: subprocess.CompletedProcess[bytes], found: Path) -> Search:
    says, log = run.stdout.decode("utf-8", "replace"), run.stderr.decode("utf-8", "replace")
    inputs = _last(r"stat::number_of_executed_units:\s*(\d+)|^#(\d+)\s", log)
    reached = _last(r" cov: (\d+)", log)
    if run.returncode == 0:
        return Search(inputs, reached, None)
    # The traceback is on the one channel, libFuzzer's own words at the end of the other.
    told = [line for line in log.splitlines() if not line.startswith("INFO: Instrumenting ")]
    fault = "\n".join([says.strip(), *told[-20:]])
    broke = sorted(found.iterdir())
    return Search(inputs, reached, Find(broke[0].read_bytes() if broke else None, fault))


def _last(pattern: str, log: str) -> int:
    hits = re.findall(pattern, log, re.MULTILINE)
    return int("".join(hits[-1])) if hits else 0
