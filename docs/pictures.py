"""Draw the terminal pictures of the documentation: real commands in a real sandbox, ``python -m docs.pictures``.

Every picture is looked at for secrets before it is written: all values of the sandbox's own env files, and whatever
looks like a credential. The pictures change with every run (ports, ids, times), so they are drawn by hand, not checked.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from diag.sandbox import launch
from diag.sandbox.state import Sandbox
from diag.secret import Redactor

HERE = Path(__file__).resolve().parent / "pictures"
_WIDTH = 108  # columns
_LARGEST = 60_000  # bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """``scenario`` is played before the command (without ``nukediag``, as typed) runs. ``shown``: how the command is
    written in the picture, where that is not how it runs."""

    name: str
    command: tuple[str, ...]
    scenario: str = "healthy"
    shown: str = ""


_PASTED = (
    'Edge Function returned a non-2xx status code: {"error":"The security token included in the request is invalid."}'
)
PICTURES = (
    Picture("preflight", ("preflight", "--sandbox"), "openai-key-invalid"),
    Picture(
        "secrets", ("secrets", "push", "OPENAI_API_KEY", "--overwrite", "--yes", "--sandbox"), "openai-key-invalid"
    ),
    Picture("preflight-healthy", ("preflight", "--sandbox", "-v")),
    Picture("test-image", ("test-image", "--sandbox", "--next")),
    Picture("backfill", ("backfill", "--sandbox", "--if-healthy", "--limit", "60", "--yes")),
    Picture("status", ("status", "--sandbox")),
    Picture("verify", ("verify", "--sandbox")),
    Picture("explain", ("explain", _PASTED), shown=f"explain '{_PASTED}'"),
)


def main(names: list[str]) -> int:
    """Draw all pictures, or those that are named."""
    with _project() as (folder, sandbox):
        for picture in PICTURES:
            launch.switch(sandbox, picture.scenario)
            text = _run(picture, folder, sandbox)
            if not names or picture.name in names:
                (HERE / f"{picture.name}.svg").write_text(_checked(drawn(picture, text), sandbox), encoding="utf-8")
                print(f"{picture.name}.svg")  # noqa: T201
    return 0


@contextmanager
def _project() -> Iterator[tuple[Path, Sandbox]]:
    """An empty project folder, and a sandbox whose files stand below it, so that paths are short."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary).resolve() / "photos"
        folder.mkdir()
        sandbox = launch.up(state_dir=folder / ".nukediag")
        try:
            yield folder, sandbox
        finally:
            launch.down(state_dir=folder / ".nukediag")


def _run(picture: Picture, folder: Path, sandbox: Sandbox) -> str:
    """What the command prints on a terminal of that width."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("NUKEDIAG_", "SUPABASE_"))}
    environ = {**kept, "NUKEDIAG_STATE_DIR": str(folder / ".nukediag"), "COLUMNS": str(_WIDTH), "CLICOLOR_FORCE": "1"}
    environ |= {"TERM": "xterm-256color", "HOME": str(folder)}
    line = [sys.executable, "-m", "diag", *picture.command]
    return subprocess.run(line, cwd=folder, env=environ, capture_output=True, text=True, check=False).stdout


def drawn(picture: Picture, text: str) -> str:
    """The picture of a terminal with the command and what it printed."""
    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    typed = picture.shown or " ".join(word for word in picture.command if word != "--sandbox")
    console.print(Text.assemble(("$ ", "green"), (f"nukediag {typed}", "bold")))
    console.print(Text.from_ansi(text.rstrip()), "", sep="\n")  # the picture's edge cuts into its last line
    svg = console.export_svg(title="nukediag", theme=MONOKAI, unique_id=picture.name)
    # No font from another host: a picture in a README may not load one anyway.
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.DOTALL)
    return (
        "\n".join(line.rstrip() for line in svg.replace("Fira Code", "ui-monospace, Menlo, Consolas").splitlines())
        + "\n"
    )


def _checked(svg: str, sandbox: Sandbox) -> str:
    """The picture, if it holds no secret and is small."""
    settings = [path.read_text(encoding="utf-8") for path in (sandbox.env_file, sandbox.functions_env)]
    values = [line.partition("=")[2] for text in settings for line in text.splitlines()]
    seen = svg.replace("&#160;", " ")
    leaked = [value for value in values if len(value) > 24 and "://" not in value and value[:24] in seen]
    if leaked or Redactor()(seen) != seen:
        raise SystemExit("a picture holds what looks like a secret; it was not written")
    if len(svg) > _LARGEST:
        raise SystemExit(f"a picture is larger than {_LARGEST:,} bytes")
    return svg


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    sys.exit(main(sys.argv[1:]))
