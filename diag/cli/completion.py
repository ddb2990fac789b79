"""``nukediag completion``: the scripts that teach a shell to complete nukediag's words, and those words.

Click knows commands and flags; here is what it cannot know: names of checks, signatures, functions, scenarios, secrets.
All of it is read from this machine alone, and quickly: somebody waits at the prompt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, ShellComplete, get_completion_class

from diag.cli.check_ids import CHECKS, GROUPS

VARIABLE = "_NUKEDIAG_COMPLETE"
"""Set by the scripts when the shell asks for words."""
_HOME = Path(__file__).resolve().parent.parent
_EPILOG = """\b
Examples:
  source <(nukediag completion bash)                                in ~/.bashrc
  source <(nukediag completion zsh)                                 in ~/.zshrc, after compinit
  nukediag completion fish > ~/.config/fish/completions/nukediag.fish
"""


@click.command(epilog=_EPILOG)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the script that teaches a shell to complete commands, flags, checks, signatures and names."""
    from diag.cli.root import root

    found = get_completion_class(shell)
    assert found is not None
    # Not its own `source`: that starts a bash only to ask for its version.
    click.echo(ShellComplete.source(found(root, {}, "nukediag", VARIABLE)))
    return 0


class Words(click.ParamType[Any]):
    """A parameter's own type, with words to complete."""

    def __init__(self, own: click.ParamType[Any], words: Callable[[], Iterable[str]]) -> None:
        self.own, self.words, self.name = own, words, own.name

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As the parameter's own type does."""
        return self.own.convert(value, param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The words that begin so, behind the last comma; files where none does."""
        before, comma, last = incomplete.rpartition(",")
        fitting = sorted({word for word in self.words() if word.startswith(last)})
        found = [CompletionItem(before + comma + word) for word in fitting]
        return found or [CompletionItem(incomplete, type="file")]


def add_words(path: str, command: click.Command) -> None:
    """Give a command's parameters their words; ``path``: its name as typed, without ``nukediag``."""
    for parameter in command.params:
        words = WORDS.get(f"{path} {parameter.name}") or WORDS.get(str(parameter.name))
        if words and not isinstance(parameter.type, click.Choice):
            parameter.type = Words(parameter.type, words)
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            add_words(f"{path} {name}", child)


def checks() -> list[str]:
    """Ids and groups of checks, those of the project's secrets too."""
    names = [*_secrets()]
    own = [f"secrets.{name}.{what}" for name in names for what in ("present", "expected")]
    return [*GROUPS, *CHECKS, *own]


def signatures() -> Iterable[str]:
    """Ids of signatures."""
    from diag.catalogue import SIGNATURES

    return SIGNATURES


def scenarios() -> Iterable[str]:
    """Names of the sandbox's scenarios."""
    from diag.sandbox.scenarios import SCENARIOS

    return SCENARIOS


def functions() -> list[str]:
    """The functions in this folder, and those that nukediag ships."""
    return [*_folders(Path("supabase/functions")), *shipped()]


def shipped() -> list[str]:
    """The functions that nukediag ships."""
    return _folders(_HOME / "shipped" / "functions")


def _folders(home: Path) -> list[str]:
    return [entry.parent.name for entry in home.glob("*/index.ts") if not entry.parent.name.startswith(("_", "."))]


def _secrets() -> list[str]:
    """The secrets that this folder's settings name."""
    try:
        named = tomllib.loads(Path("nukediag.toml").read_text(encoding="utf-8"))["secrets"]["required"]
        return [name for name in named if isinstance(name, str)]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        from diag.config.settings import SecretsSettings

        return [*SecretsSettings().required]


WORDS: dict[str, Callable[[], Iterable[str]]] = {
    "only": checks,
    "skip": checks,
    "allow": checks,
    "function_name": functions,
    "explain text": signatures,
    "functions deploy name": shipped,
    "functions delete name": functions,
    "secrets push names": _secrets,
    "sandbox up scenario": scenarios,
    "sandbox scenario scenario": scenarios,
    "sandbox drill scenarios": scenarios,
}
"""Parameter (with its command's name before it, where only that one is meant) -> its words."""
