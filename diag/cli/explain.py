"""``nukediag explain``: what an error, a log or a signature means. It needs no project and no network."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

import click

from diag.catalogue import SIGNATURES, classify
from diag.catalogue.log import is_log, read_log
from diag.catalogue.own import OwnSignatures, compile_own
from diag.catalogue.pasted import Record, batch_record, is_record, pasted_answer, record
from diag.catalogue.reading import parse
from diag.cli.intake import LONGEST_LINE, SHARE, lines, read_ends
from diag.cli.options import Session, output_options
from diag.diagnosis import Answer
from diag.errors import ExitCode, NukediagError, UsageError
from diag.secret import redact

_EPILOG = """\b
Examples:
  nukediag explain '{"error":"Region is missing"}'
  nukediag explain backfill.log             a whole log, grouped by cause
  curl -si https://... | nukediag explain   an answer with its status and headers
  nukediag explain openai.quota-exhausted   one signature: what it is, how to mend it
  nukediag explain --list                   all signatures
  nukediag explain --jsonl answers.jsonl    a batch, one diagnosis a line
"""
_IDENTIFIER = re.compile(rf"(?:{'|'.join(sorted({one.component for one in SIGNATURES.values()}))})\.[\w-]+")
_FILE_LIKE = re.compile(r"[^\s{\[<]{1,200}\.(?:log|txt|jsonl?|html?|out|err)")


@click.command(epilog=_EPILOG)
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    "batch",
    metavar="FILE",
    help="Classify a batch: one {id, status, headers, body, requires} a line; - is stdin.",
)
@click.option("--list", "listing", is_flag=True, help="All signatures.")
@click.option("--status", type=int, help="The answer's HTTP status, where the text does not tell it.")
@click.option("--requires", multiple=True, metavar="PATH", help="A part that a full answer must have; can be repeated.")
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Another nukediag.toml, for signatures of one's own.",
)
@output_options
def command(
    session: Session,
    *,
    text: str | None,
    batch: str | None,
    listing: bool,
    status: int | None,
    requires: tuple[str, ...],
    config_file: Path | None,
) -> int:
    """Say what TEXT means: an error, a file, a log, a signature's id, or - for stdin."""
    if sum((text is not None, batch is not None, listing)) > 1:
        raise UsageError("give one of TEXT, --jsonl FILE, --list", "nukediag explain --help")
    if listing:
        return _list(session)
    own = _own(session, config_file)
    if batch is not None:
        return _batch(session, batch, own)
    if text in SIGNATURES:
        return _signature(session, str(text))
    return _explain(session, _source(session, text), status, requires, own)


def _own(session: Session, config_file: Path | None) -> OwnSignatures:
    """The user's own signatures. A fault in a nukediag.toml that merely lies around must not keep an error from being
    explained."""
    path = config_file or Path.cwd() / "nukediag.toml"
    if not path.is_file():
        return OwnSignatures()
    from diag.config.document import read_document

    try:
        return compile_own(read_document(path, path.name).signatures)
    except NukediagError as error:
        if config_file:
            raise
        session.log.print(redact(f"{error.message} Its signatures are left out; nukediag config check tells more."))
        return OwnSignatures()


def _source(session: Session, text: str | None) -> str:
    """The text to explain: as given, from a file of that name, or from stdin."""
    if text is None and sys.stdin.isatty():
        raise UsageError("nothing to explain: give a text, a file, or pipe something in", "nukediag explain --help")
    if text is None or text == "-":
        return _ends(session, sys.stdin.buffer)
    if _is_file(text):
        return _read(session, text)
    if _FILE_LIKE.fullmatch(text):
        raise UsageError(f"there is no file {text}", "give the path of a file, or the text itself in quotes")
    if _IDENTIFIER.fullmatch(text):
        near = get_close_matches(text, SIGNATURES, n=1)
        raise UsageError(
            f"there is no signature {text}", f"nukediag explain {near[0]}" if near else "nukediag explain --list"
        )
    return text.encode("utf-8", "replace").decode()  # bytes that are no UTF-8 have no place in a document


def _is_file(text: str) -> bool:
    try:
        return len(text) < 4096 and "\n" not in text and Path(text).exists()
    except (OSError, ValueError):
        return False


def _ends(session: Session, stream: BinaryIO) -> str:
    text, left_out = read_ends(stream)
    if left_out:
        session.log.print(
            f"nukediag: {left_out >> 20:,} MiB are left out between the first and the last {SHARE >> 20} MiB"
        )
    return text


def _read(session: Session, name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            return _ends(session, file)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}", "give a readable file") from None


def _explain(session: Session, text: str, status: int | None, requires: tuple[str, ...], own: OwnSignatures) -> int:
    if not text.strip() and status is None:
        raise UsageError("nothing to explain: the text is empty", "nukediag explain --help")
    if status is None and not requires and is_log(text):
        return _log(session, text, own)
    one = _record(text, status, requires)
    diagnosis = classify(one.answer, requires=one.requires, own=own)
    if session.format == "json":
        from diag.report.explain_document import diagnosis_document

        session.emit(diagnosis_document(diagnosis, None if one.id is None else str(one.id)))
    else:
        from diag.report.explain_text import diagnosis_text
        from diag.report.terminal import Paper

        session.out.print(diagnosis_text(diagnosis, Paper.of(session.out), session.verbosity))
    return ExitCode.OK


def _record(text: str, status: int | None, requires: tuple[str, ...]) -> Record:
    document, _ = parse(text.strip())
    if status is None and is_record(document):
        try:
            return record(document)
        except ValueError:
            pass  # then it is a body that happens to have these fields
    return Record(None, pasted_answer(text, status), requires)


def _log(session: Session, text: str, own: OwnSignatures) -> int:
    report = read_log(text, own)
    if session.format == "json":
        from diag.report.explain_document import log_document

        session.emit(log_document(report, classify(Answer(body=text))))
    else:
        from diag.report.explain_text import log_text
        from diag.report.terminal import Paper

        session.out.print(log_text(report, Paper.of(session.out), session.verbosity))
    return ExitCode.OK


def _signature(session: Session, identifier: str) -> int:
    from diag.catalogue import describe

    if session.format == "json":
        from diag.report.explain_document import diagnosis_document

        session.emit(diagnosis_document(describe(identifier), identifier))
    else:
        from diag.report.explain_text import signature_text
        from diag.report.terminal import Paper

        session.out.print(signature_text(identifier, Paper.of(session.out)))
    return ExitCode.OK


def _list(session: Session) -> int:
    if session.format == "json":
        from diag.report.explain_document import catalogue_document

        session.emit(catalogue_document())
    else:
        from diag.report.explain_text import catalogue_text
        from diag.report.terminal import Paper

        session.out.print(catalogue_text(Paper.of(session.out)))
    return ExitCode.OK


def _batch(session: Session, name: str, own: OwnSignatures) -> int:
    """One diagnosis a line, in order. A line that cannot be read gets an error document in its place, and the rest
    goes on."""
    faults = 0
    for number, line in enumerate(_lines(name), 1):
        if line is not None and not line.strip():
            continue
        fault = _batch_line(line, number, own)
        if fault:
            faults += 1
            session.log.print(redact(f"nukediag: {name} line {number}: {fault}"))
    if faults:
        session.log.print(
            f"nukediag: {faults} line{'' if faults == 1 else 's'} could not be read; the others were classified"
        )
    return ExitCode.USAGE if faults else ExitCode.OK


def _batch_line(line: str | None, number: int, own: OwnSignatures) -> str | None:
    """Print the diagnosis of one line; the fault where it cannot be read."""
    from diag.report.explain_document import diagnosis_line, fault_line

    try:
        one = batch_record(_not_too_long(line))
    except ValueError as error:
        _write(fault_line(number, str(error)))
        return str(error)
    _write(diagnosis_line(classify(one.answer, requires=one.requires, own=own), one.id))
    return None


def _not_too_long(line: str | None) -> str:
    if line is None:
        raise ValueError(f"longer than {LONGEST_LINE >> 20} MiB")
    return line


def _write(document: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(document) + "\n")


def _lines(name: str) -> Iterable[str | None]:
    if name == "-":
        return lines(sys.stdin.buffer)
    if not Path(name).is_file():
        raise UsageError(
            f"cannot read {name}: there is no such file", "give a file with one JSON object a line, or - for stdin"
        )
    return _file_lines(name)


def _file_lines(name: str) -> Iterator[str | None]:
    try:
        with Path(name).open("rb") as file:
            yield from lines(file)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}", "give a readable file") from None
