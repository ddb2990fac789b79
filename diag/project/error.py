"""``ProjectError``: a call of the data API or the Management API that failed, with what it brought back and means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from diag import catalogue
from diag.diagnosis import Answer, Diagnosis, Scope
from diag.errors import ExitCode, NukediagError
from diag.project.failures import FOREIGN, failure_of, failure_text


class ProjectError(NukediagError):
    """``answer`` is what came (or the connection's failure), ``diagnosis`` what it means. The exit code follows the
    scope: a cause that passes by itself is no verdict on the project."""

    def __init__(self, what: str, answer: Answer, diagnosis: Diagnosis | None = None) -> None:
        self.answer = answer
        self.diagnosis = diagnosis if diagnosis is not None else catalogue.classify(answer)
        seen = f"HTTP {answer.status}" if answer.status is not None else answer.failure_text or "no answer"
        super().__init__(f"{what}: {self.diagnosis.title} ({seen})", _remedy(self.diagnosis))
        transient = self.diagnosis.scope is Scope.TRANSIENT
        self.exit_code = ExitCode.CANNOT_VOUCH if transient else ExitCode.UNHEALTHY


def _remedy(diagnosis: Diagnosis) -> str:
    first = next(iter(diagnosis.remedies), None)
    if first is None:
        return ""
    return f"{first.text} {first.command}" if first.command else first.text


def unexpected(what: str, answer: Answer) -> ProjectError:
    """A 2xx whose content is not what this API answers: a proxy's or a portal's page, or another service."""
    diagnosis = catalogue.classify(answer)
    wrong = diagnosis.verdict.value in ("failed",)
    return ProjectError(what, answer, diagnosis if wrong else catalogue.describe("gateway.unavailable"))


class Refused(Exception):
    """An answer that is no success, on its way through the client library that would drop most of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turns a refused answer or a foreign exception of the network into a ProjectError; ``what`` names the call."""
    try:
        yield
    except Refused as refused:
        is_success = refused.answer.status is not None and refused.answer.status < 300
        raise (unexpected if is_success else ProjectError)(what, refused.answer) from None
    except FOREIGN as error:
        answer = Answer(failure=failure_of(error), failure_text=failure_text(error))
        raise ProjectError(what, answer) from None
