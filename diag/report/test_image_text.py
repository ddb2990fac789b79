"""One test call as text: what came back, what it means, and what stands in the database."""

from __future__ import annotations

from rich.text import Text

from diag.report.documents import HttpModel, TestImageDocument, diagnosis_fields
from diag.report.terminal import Paper, scope_words
from diag.rows import Outcome


def test_image_document(outcome: Outcome, *, given: str | None, function: str, exit_code: int) -> TestImageDocument:
    """The document of one test call; ``given`` is what the user asked for (a row's id or a URL)."""
    return TestImageDocument.model_validate(
        {
            **diagnosis_fields(outcome.diagnosis),
            "exit_code": exit_code,
            "id": given,
            "row": outcome.row.id or None,
            "function": function,
            "http": _http(outcome),
            "parts": dict(outcome.diagnosis.parts),
            "writes": dict(outcome.writes),
        }
    )


test_image_document.__test__ = False  # type: ignore[attr-defined]  # no test, whatever its name begins with


def _http(outcome: Outcome) -> HttpModel:
    answer = outcome.answer
    return HttpModel(
        status=answer.status if answer else None,
        sb_error_code=answer.header("sb-error-code") if answer else None,
        sb_request_id=answer.header("sb-request-id") if answer else None,
        execution_id=answer.header("x-deno-execution-id") if answer else None,
        duration_ms=round(answer.duration_ms, 1) if answer else 0.0,
    )


def render(outcome: Outcome, function: str, paper: Paper, verbosity: int = 0) -> Text:
    """The report of one call; ``verbosity`` -1 is one line."""
    diagnosis = outcome.diagnosis
    mark = paper.mark(diagnosis.verdict.value)
    told = f"{diagnosis.signature}: {diagnosis.title}"
    if verbosity < 0:
        return Text.assemble(mark, "  ", (paper.words(told), "bold"))
    head = Text.assemble(mark, "  ", ("\n".join(paper.lines(told, len(mark.plain) + 2)), "bold"))
    lines = [head, *_facts(outcome, function, paper)]
    if diagnosis.evidence and (verbosity > 0 or diagnosis.signature != "function.ok"):
        lines += paper.evidence(diagnosis.evidence, most=99 if verbosity else 4)
    lines += paper.remedies(diagnosis.remedies) if diagnosis.signature != "function.ok" else []
    return Text("\n").join(lines)


def _facts(outcome: Outcome, function: str, paper: Paper) -> list[Text]:
    diagnosis = outcome.diagnosis
    facts = [paper.fact("row", outcome.row.id)] if outcome.row.id else []
    facts.append(paper.fact("url", outcome.row.url or "none"))
    facts.append(paper.fact("call", _call(outcome, function)))
    if diagnosis.parts:
        told = ", ".join(f"{name} {'yes' if there else 'MISSING'}" for name, there in diagnosis.parts.items())
        facts.append(paper.fact("parts", told))
    if outcome.called:
        facts.append(paper.fact("saved", _saved(outcome)))
    if diagnosis.signature != "function.ok":
        facts.append(paper.fact("means", scope_words(diagnosis)))
    return facts


def _call(outcome: Outcome, function: str) -> str:
    answer = outcome.answer
    if answer is None:
        return f"{function} was not called: nothing was spent"
    status = "no answer" if answer.status is None else f"status {answer.status}"
    told = [f"{function}: {status} in {answer.duration_ms / 1000:.1f} s"]
    names = {"sb-error-code": "code", "x-deno-execution-id": "execution", "sb-request-id": "request"}
    told += [f"{word} {answer.header(name)}" for name, word in names.items() if answer.header(name)]
    return ", ".join(told)


def _saved(outcome: Outcome) -> str:
    if not outcome.row.id:
        return "a bare URL has no row: the database was not looked at"
    counts = ", ".join(f"{name} {count}" for name, count in outcome.writes.items()) or "not looked at"
    return counts + (" (row marked as done)" if outcome.marked else "")
