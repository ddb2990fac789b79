"""``nukediag report``: a run, a preflight or a drill as one page to send to somebody."""

from __future__ import annotations

import re
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import click
from click.core import ParameterSource

from diag.cli.options import Session, settings_options
from diag.errors import JournalError, NukediagError, UsageError
from diag.inert import inert, inert_json
from diag.report.terminal import Paper

if TYPE_CHECKING:
    from diag.backfill.runs import PastRun, Runs
    from diag.report.page.model import ReportDocument

Kind = Literal["html", "markdown", "json"]
_ENDINGS: dict[str, Kind] = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}
_MOST_LISTED = 50
_EPILOG = """\b
Examples:
  nukediag report                               the last backfill, as a page beside you
  nukediag report --list                        the runs that the journal knows
  nukediag report 20261122T212631Z-9abc9c -o run.html
  nukediag preflight --json > p.json; nukediag report p.json -o preflight.html
  nukediag sandbox drill --json | nukediag report - --format markdown

\b
Exit codes: 0 the report was made, whatever it says · 2 there is nothing to report
"""


class KindParam(click.Choice[str]):
    """``html``, ``markdown`` or ``json``. NUKEDIAG_FORMAT is for all commands: what it names that is no format of a
    report is passed over."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """None for what the environment means for other commands."""
        by_environment = ctx and param and ctx.get_parameter_source(param.name or "") is ParameterSource.ENVIRONMENT
        if by_environment and value not in self.choices:
            return None
        return super().convert(value, param, ctx)


@click.command(epilog=_EPILOG)
@click.argument("what", required=False, metavar="[RUN|FILE|-]")
@click.option("--last", is_flag=True, help="The last backfill (this is the default).")
@click.option("--list", "listing", is_flag=True, help="List the runs that the journal knows, newest first.")
@click.option(
    "--format", "kind", type=KindParam(["html", "markdown", "json"]), help="Default: by the file's ending, or html."
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there.")
@click.make_pass_decorator(Session, ensure=True)
@settings_options
def command(
    session: Session,
    *,
    what: str | None,
    last: bool,
    listing: bool,
    kind: Kind | None,
    as_json: bool,
    output: Path | None,
) -> int:
    """Make one page of a backfill run, or of a document that nukediag printed: verdict and repair first, then checks,
    success rate and throughput over time, durations, failures by cause, cost and waste, rows to look at.

    The page is one file without a script: it loads nothing and can be sent to anybody.
    """
    if last and what:
        raise UsageError("either --last or one run", "leave one of them out")
    wanted: Kind = "json" if as_json else kind or _ENDINGS.get(output.suffix.lower() if output else "", "html")
    if listing:
        return _list(session, as_json=wanted == "json")
    report = _find(session, what)
    _write(session, _rendered(report, wanted), output or _beside(report, wanted))
    return 0


def _find(session: Session, what: str | None) -> ReportDocument:
    if what is not None and (what == "-" or Path(what).is_file()):
        return _of_file(session, what)
    runs = _runs(session)
    try:
        found = next(iter(runs.latest(1)), None) if what is None else runs.run(what)
        return _of_run(runs, found) if found else _nothing(runs, what)
    except JournalError as error:
        raise UsageError(error.message, error.remedy) from None


def _nothing(runs: Runs, what: str | None) -> NoReturn:
    if what is None:
        raise UsageError(f"the journal {runs.path} knows no run", "nukediag backfill --if-healthy makes one")
    seen = ", ".join(run.id for run in runs.latest(3)) or "it knows none"
    raise UsageError(
        f"{what} is neither a file nor a run of the journal {runs.path}", f"nukediag report --list shows them: {seen}"
    )


def _runs(session: Session) -> Runs:
    from diag.backfill.journal import journal_path
    from diag.backfill.runs import Runs

    configuration = session.configuration
    return Runs(journal_path(configuration.state_dir, configuration.settings.table.name))


def _of_run(runs: Runs, run: PastRun) -> ReportDocument:
    from diag.backfill.history import history_of, result_of
    from diag.report.page.backfill import report_of_backfill

    return report_of_backfill(result_of(runs, run, time.time()), history_of(runs, run))


def _of_file(session: Session, name: str) -> ReportDocument:
    from diag.report.page.reading import read_document

    with suppress(NukediagError):
        _ = session.configuration  # teaches the redactor what there is to know: the file may be from elsewhere
    stream = click.open_file(name, encoding="utf-8-sig", errors="replace")
    with stream:
        return read_document(stream.read(), "standard input" if name == "-" else name)


def _rendered(report: ReportDocument, kind: Kind) -> str:
    if kind == "json":
        return f"{inert_json(report.model_dump_json(indent=2))}\n"
    if kind == "markdown":
        from diag.report.page.markdown import render as render_markdown

        return render_markdown(report)
    from diag.report.page.html import render as render_html

    return render_html(report)


def _beside(report: ReportDocument, kind: Kind) -> Path | None:
    """A page is of no use on a terminal: it goes to a file beside you. Everything else goes to standard output."""
    if kind != "html" or not sys.stdout.isatty():
        return None
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", report.subject.run or report.subject.kind)
    return Path(f"nukediag-{name}.html")


def _write(session: Session, text: str, path: Path | None) -> None:
    text = inert(text)
    if path is None or str(path) == "-":
        click.echo(text.encode(), nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "choose another place with -o") from None
    session.log.print(f"written to {path}")


def _list(session: Session, *, as_json: bool) -> int:
    from diag.report.runs_report import runs_document, runs_text

    runs = _runs(session)
    latest, holder = runs.latest(_MOST_LISTED), runs.running
    if as_json:
        session.emit(runs_document(latest, holder))
    else:
        session.out.print(runs_text(latest, holder, Paper.of(session.out)))
    return 0
