"""``ProjectError``: a call of the data API or the Management API that failed, with what it brought back and means."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager

from diag import catalogue
from diag.diagnosis import Answer, Diagnosis, Remedy, Scope
from diag.errors import ExitCode, NukediagError
from diag.project.bounded import TooLarge
from diag.project.failures import FOREIGN, failure_of, failure_text
from diag.project.limits import MOST_OF_A_MESSAGE
from diag.secret import redact

_LONGEST_MESSAGE = 200


class ProjectError(NukediagError):
    """``answer`` is what came (or the connection's failure), ``diagnosis`` what it means. The exit code follows the
    scope: a cause that passes by itself is no verdict on the project."""

    def __init__(self, what: str, answer: Answer, diagnosis: Diagnosis | None = None) -> None:
        self.answer = answer
        self.diagnosis = diagnosis if diagnosis is not None else _diagnosis(answer)
        super().__init__(f"{what}: {self.diagnosis.title} ({_seen(answer, self.diagnosis)})", _remedy(self.diagnosis))
        transient = self.diagnosis.scope is Scope.TRANSIENT
        self.exit_code = ExitCode.CANNOT_VOUCH if transient else ExitCode.UNHEALTHY


def _seen(answer: Answer, diagnosis: Diagnosis) -> str:
    if answer.status is None:
        return answer.failure_text or "no answer"
    said = _message(answer.body)
    said = said or next((piece.text for piece in diagnosis.evidence if piece.where.startswith("body")), "")
    return f"HTTP {answer.status}: {redact(' '.join(said[:MOST_OF_A_MESSAGE].split()))[:_LONGEST_MESSAGE]}".rstrip(": ")


def _message(body: bytes | str) -> str:
    """What the service itself says: both APIs put it into ``message``."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("message") or "") if isinstance(found, dict) else ""


_BY_STATUS = {401: "supabase.key-invalid", 403: "supabase.permission-denied", 404: "supabase.schema-mismatch"}


def _diagnosis(answer: Answer) -> Diagnosis:
    """The catalogue reads answers of functions. Here no function was called: where it would blame one, the status
    decides about the data API itself."""
    diagnosis = catalogue.classify(_with_code(answer))
    own = diagnosis.component == "gateway" and answer.status not in _BY_STATUS
    if own or diagnosis.component in ("supabase", "network") or answer.status is None:
        return diagnosis
    signature = "supabase.unavailable" if answer.status >= 500 else _BY_STATUS.get(answer.status, "unknown")
    return catalogue.describe(signature, evidence=diagnosis.evidence, retry_after=diagnosis.retry_after)


def _with_code(answer: Answer) -> Answer:
    """The answer to a HEAD has no body; PostgREST puts its code into ``Proxy-Status`` then."""
    code = re.search(r'error="?(\w+)', answer.header("proxy-status") or "")
    if answer.body or code is None:
        return answer
    return dataclasses.replace(answer, body=json.dumps({"code": code[1], "message": f"PostgREST error {code[1]}"}))


def _remedy(diagnosis: Diagnosis) -> str:
    first = next(iter(diagnosis.remedies), None)
    if first is None:
        return ""
    return f"{first.text} {first.command}" if first.command else first.text


def unexpected(what: str, answer: Answer) -> ProjectError:
    """A 2xx whose content is not what this API answers: a proxy's or a portal's page, or another service."""
    return ProjectError(what, answer, catalogue.describe("gateway.unavailable"))


def standing_still(what: str, key: str) -> ProjectError:
    """A page that begins where the last one ended: whoever walked on would walk for ever."""
    remedy = Remedy(f"See whether [table] id names a unique column: rows behind a value of {key} must not hold it.")
    told = dataclasses.replace(catalogue.describe("unknown"), title="the pages do not move on", remedies=(remedy,))
    return ProjectError(what, Answer(status=200), told)


def _too_large(what: str, error: TooLarge) -> ProjectError:
    """Rows beyond the limit are no passing cause: asking again would bring them again."""
    answer = Answer(status=error.status, body=error.head)
    remedy = Remedy("Name fewer or smaller columns of the table in [function] payload.")
    diagnosis = dataclasses.replace(catalogue.describe("unknown"), title=str(error), remedies=(remedy,))
    return ProjectError(what, answer, diagnosis)


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
    except TooLarge as error:
        raise _too_large(what, error) from None
    except FOREIGN as error:
        answer = Answer(failure=failure_of(error), failure_text=failure_text(error))
        raise ProjectError(what, answer) from None
    except (ValueError, RecursionError):  # JSON that is none, nests too deep, or holds a number of 6,000 digits
        raise unexpected(what, Answer(status=200)) from None
