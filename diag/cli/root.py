"""The commands of nukediag, wired in one place, and the one error boundary."""

from __future__ import annotations

import importlib
import inspect
import json
import os
import re
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NoReturn, TypeGuard

import click
from click.shell_completion import CompletionItem

from diag import __version__
from diag.cli.help_format import Context
from diag.cli.last_words import redact_last_words
from diag.cli.streams import (
    ReaderLeft,
    as_utf8,
    finish,
    let_go,
    never_fail_to_encode,
    say,
    until_the_reader_leaves,
)
from diag.errors import ExitCode, NukediagError
from diag.secret import redact

# Name -> module and help line. Modules are imported when their command runs, so that `--help` stays fast.
COMMANDS = {
    "preflight": ("diag.cli.preflight", "Check project, secrets and function; end with one real test call."),
    "test-image": ("diag.cli.test_image", "Call the function once, for one row, and look at what it really wrote."),
    "backfill": ("diag.cli.backfill", "Call the function for every row without a result, if it is worth it."),
    "status": ("diag.cli.status", "Pending and done, and how the backfill is getting on; --watch keeps looking."),
    "verify": ("diag.cli.verify", "What the finished rows really have: marks with nothing behind them."),
    "report": ("diag.cli.report", "A run, a preflight or a drill as one page to send to somebody."),
    "control": ("diag.cli.control", "Steer a backfill that is running: pause, resume, set its rate, stop."),
    "worker": ("diag.cli.worker", "Work on a shared queue, one of many workers on any machines."),
    "queue": ("diag.cli.queue", "A queue in the project's own database, for many workers."),
    "explain": ("diag.cli.explain", "Say what an error, a log or a signature means and how to mend it."),
    "secrets": ("diag.cli.secrets", "The function's secrets: what is set, what differs, setting the missing."),
    "functions": ("diag.cli.functions", "What is deployed; deploy or delete a function that nukediag ships."),
    "init": ("diag.cli.init", "Write a commented nukediag.toml from what is found."),
    "config": ("diag.cli.config", "Show every setting, where it came from and what it shadowed."),
    "sandbox": ("diag.cli.sandbox", "A local stand-in for a Supabase project."),
    "help": ("diag.cli.help", "Exit codes, environment, configuration, checks, signatures: a topic at a time."),
    "completion": ("diag.cli.completion", "The script that teaches a shell (bash, zsh, fish) to complete."),
    "demo": ("diag.cli.demo", "The whole story in the sandbox, from a broken project to a finished backfill."),
}

EXAMPLES = """\b
Examples:
  nukediag preflight                       is everything there, good, and working?
  nukediag test-image --next               one real call, and what it wrote
  nukediag backfill --if-healthy           run the backfill only if that is worth it
  nukediag explain openai.quota-exhausted  what a diagnosis means and how to mend it
  nukediag sandbox up                      a local project to try all this on

\b
Exit codes: 0 healthy or done · 2 usage or configuration
  3 a check failed or the gate stayed shut · 4 degraded · 5 cannot vouch
  6 stopped early · 7 some rows failed · 130 interrupted
  1 nukediag's own fault
"""


class CommandTable(click.Group):
    """A group whose commands are imported on demand, and whose every flag can be set as ``NUKEDIAG_<FLAG>``."""

    context_class = Context

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """As click's; the reader may leave while help is printed."""
        with until_the_reader_leaves():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """As click's; the reader may leave at any time."""
        with until_the_reader_leaves():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name][0]).command
        name_environment_variables(command)
        examples_first(command)
        if "_NUKEDIAG_COMPLETE" in os.environ:
            from diag.cli.completion import add_words

            add_words(cmd_name, command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The table's own names: to complete one, none has to be imported."""
        names = [CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)]
        return names + click.Command.shell_complete(self, ctx, incomplete)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's, with the near name suggested for an unknown one."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(error.message + hint, ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself: no command is imported to print the help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


def name_environment_variables(command: click.Command) -> None:
    """Give every option without one its environment variable: ``--max-cost`` is ``NUKEDIAG_MAX_COST``."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.envvar is None:
            flag = max((opt for opt in parameter.opts if opt.startswith("--")), key=len, default="")
            if flag:
                parameter.envvar = "NUKEDIAG_" + flag.removeprefix("--").upper().replace("-", "_")
    command.context_class = Context
    if isinstance(command, click.Group):
        for child in command.commands.values():
            name_environment_variables(child)


def examples_first(command: click.Command) -> None:
    """Show a command's examples before its options: most who ask for help look for a line to copy. A command of a
    group without any of its own shows the group's."""
    if isinstance(command, click.Group):
        for child in command.commands.values():
            child.epilog = child.epilog or command.epilog
            examples_first(child)
    blocks = re.split(r"\n\s*\n", inspect.cleandoc(command.epilog or ""))
    examples = [block for block in blocks if re.match(r"\s*\x08?\s*Examples?:", block)]
    if examples:
        command.help = "\n\n".join([inspect.cleandoc(command.help or ""), *examples])
        command.epilog = "\n\n".join(block for block in blocks if block not in examples)


@click.group(cls=CommandTable, epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nukediag")
def root() -> None:
    """Find out why an edge function fails, which command mends it, and run the backfill only if that is worth it."""


examples_first(root)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the contract's exit code."""
    words = as_utf8(sys.argv[1:]) if arguments is None else list(arguments)
    never_fail_to_encode()
    redact_last_words()
    code = int(_run(words))
    finish()
    sys.exit(code)


def _run(words: list[str]) -> int:
    try:
        result = root.main(args=words, prog_name="nukediag", standalone_mode=False)
        return int(result) if isinstance(result, int) else ExitCode.OK
    except NukediagError as error:
        return _complain(words, error.message, error.remedy, error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        return _show_help(words, error)
    except click.ClickException as error:
        return _complain(words, _usage_text(error), _usage_remedy(error), ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _complain(words, "interrupted", "", ExitCode.INTERRUPTED)
    except ReaderLeft:
        let_go(sys.stdout)  # `| head`: nothing is wrong
        return ExitCode.OK
    except Exception as error:
        return _complain(words, *_own_fault(words, error), ExitCode.BUG)


def _show_help(words: Sequence[str], error: click.exceptions.NoArgsIsHelpError) -> int:
    """A group without a command: its help is the answer, in a document the fault alone."""
    path = error.ctx.command_path if error.ctx else "nukediag"
    if _wants_json(words):
        return _complain(words, f"{path} needs a command", f"see {path} --help", ExitCode.USAGE)
    say(error.format_message(), err=True)
    return ExitCode.USAGE


def _is_too_early(error: click.ClickException) -> TypeGuard[click.NoSuchOption]:
    """Whether a command's option was given before the command: of the group's own few options none is like it."""
    if not isinstance(error, click.NoSuchOption) or error.ctx is None or not isinstance(error.ctx.command, click.Group):
        return False
    from difflib import get_close_matches

    return not get_close_matches(error.option_name, error.possibilities or (), cutoff=0.8)


def _usage_text(error: click.ClickException) -> str:
    return error.message if _is_too_early(error) else error.format_message()


def _usage_remedy(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "nukediag"
    if _is_too_early(error):
        return f"options go behind the command: {path} <command> {error.option_name}"
    return f"see {path} --help"


def _own_fault(words: Sequence[str], error: Exception) -> tuple[str, str]:
    if "-vv" in words or os.environ.get("NUKEDIAG_DEBUG"):
        say(redact("".join(traceback.format_exception(error))), err=True)
    text = f"nukediag itself failed: {type(error).__name__}: {error}"
    return text, "this is a bug in nukediag; run again with -vv for the traceback and report it"


def _wants_json(words: Sequence[str]) -> bool:
    by_format = any(pair == ("--format", "json") for pair in pairwise(words))
    own = words[: words.index("--")] if "--" in words else words
    return (
        "--json" in own
        or "--format=json" in own
        or by_format
        or "json" in os.environ.get("NUKEDIAG_FORMAT", "").split()
    )


def _complain(words: Sequence[str], message: str, remedy: str, code: ExitCode) -> int:
    message, remedy = redact(message), redact(remedy)
    if _wants_json(words):
        document = {
            "schema": "nukediag/error/1",
            "version": __version__,
            "exit_code": int(code),
            "error": {"message": message, "remedy": remedy or None},
        }
        say(json.dumps(document, indent=2))
    say(f"nukediag: {message}", err=True)
    if remedy:
        say(f"  next: {remedy}", err=True)
    return int(code)
