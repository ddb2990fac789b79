"""``nukediag test-image``: one real call for one row, and what it really wrote."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import click

from diag.cli.formats import REPORTS, Format
from diag.cli.options import Session, project_options
from diag.diagnosis import Verdict
from diag.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from diag.cli.options import Form
    from diag.rows import Outcome

_CODES = {
    Verdict.OK: ExitCode.OK,
    Verdict.DEGRADED: ExitCode.DEGRADED,
    Verdict.INCONCLUSIVE: ExitCode.CANNOT_VOUCH,
    Verdict.FAILED: ExitCode.UNHEALTHY,
}
_EPILOG = """\b
Examples:
  nukediag test-image --next                the first row that has no result yet
  nukediag test-image 0b6f7f0e-...          this row
  nukediag test-image 0b6f7f0e-... --force  analyse it anew, whatever is stored
  nukediag test-image --url https://...     a bare picture; nothing can be verified in the database

\b
Exit codes: 0 ok · 3 failed · 4 degraded · 5 the answer proves nothing (cached, paused)
"""


@click.command(epilog=_EPILOG)
@click.argument("row_id", required=False)
@click.option("--next", "take_next", is_flag=True, help="The first row that has no result yet.")
@click.option("--url", "picture_url", metavar="URL", help="A bare picture that belongs to no row.")
@click.option("--force", is_flag=True, help="Send force_reprocess: analyse anew what has a stored result.")
@click.option("--no-mark", is_flag=True, help="Do not mark the row as done when its result is verified.")
@partial(project_options, formats=REPORTS)
def command(
    session: Session, *, row_id: str | None, take_next: bool, picture_url: str | None, force: bool, no_mark: bool
) -> int:
    """Call the function once, for one row, classify the answer, and look in the database at what was written."""
    from diag.cli.one_call import called

    if sum((bool(row_id), take_next, bool(picture_url))) != 1:
        raise UsageError("say which picture: a row's id, --next, or --url URL", "nukediag test-image --next")
    if picture_url and not session.configuration.settings.table.url:
        raise UsageError("[table] url is empty: the function takes no address", "nukediag test-image --next")
    try:
        outcome = asyncio.run(called(session, row_id, picture_url, force=force, mark=not no_mark))
    except KeyboardInterrupt:
        session.log.print("the call was cut off: it may have been paid for, and its results may still come")
        raise
    return _show(session, outcome, given=row_id or picture_url or outcome.row.id or None)


def _show(session: Session, outcome: Outcome, *, given: str | None) -> int:
    from diag.report import github
    from diag.report.page import markdown
    from diag.report.page.test_image import report_of_test_image
    from diag.report.test_image_text import render, test_image_document

    code = _CODES[outcome.diagnosis.verdict]
    function = session.configuration.settings.function.name
    document = test_image_document(outcome, given=given, function=function, exit_code=int(code))
    forms: Mapping[Format, Form] = {
        "text": lambda paper: render(outcome, function, paper, session.verbosity),
        "json": lambda _: document,
        "github": lambda _: github.commands(tuple(github.report_annotations(report_of_test_image(document)))),
        "markdown": lambda _: markdown.render(report_of_test_image(document)),
    }
    session.show(forms)
    return int(code)
