"""A document that nukediag printed earlier, as a report."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from diag.errors import UsageError
from diag.report.page.model import ReportDocument

_MOST = 50_000_000  # bytes; the card of a whole drill has 200,000
_HINT = "write one with --json: nukediag preflight --json > preflight.json"


def read_document(text: str, name: str) -> ReportDocument:
    """The report of a document, ``name`` being the file that it came from. Raises UsageError where it is none that
    can be reported."""
    if len(text) > _MOST:
        raise UsageError(f"{name} is too large for a document of nukediag", _HINT)
    try:
        found = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise UsageError(f"{name} is no JSON document", _HINT) from None
    schema = found.get("schema") if isinstance(found, dict) else None
    if not isinstance(schema, str) or schema not in _READERS:
        said = f"is a {schema}" if isinstance(schema, str) else "does not say which document it is (schema)"
        raise UsageError(f"{name} {said}", f"a report is made of: {', '.join(_READERS)}")
    try:
        return _READERS[schema](found)
    except (ValidationError, ValueError, OverflowError) as error:
        where = f" at {_place(error)}" if isinstance(error, ValidationError) else ""
        raise UsageError(f"{name} is not a whole {schema}{where}", _HINT) from None


def _finite(number: str) -> float:
    """No document that nukediag wrote holds a number without an end, also none that is too large for one."""
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(number)
    return value


def _place(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.errors()[0]["loc"])


# Fields that a later version has added are no reason to show nothing.
def _preflight(found: Mapping[str, Any]) -> ReportDocument:
    from diag.report.page.preflight import report_of_preflight
    from diag.report.preflight_document import PreflightDocument

    return report_of_preflight(PreflightDocument.model_validate(found, extra="ignore"))


def _backfill(found: Mapping[str, Any]) -> ReportDocument:
    from diag.report.backfill_document import BackfillDocument
    from diag.report.page.backfill import report_of_backfill, told_by

    document = BackfillDocument.model_validate(found, extra="ignore")
    return report_of_backfill(told_by(document), version=document.version)


def _drill(found: Mapping[str, Any]) -> ReportDocument:
    from diag.report.drill_document import DrillDocument
    from diag.report.page.drill import report_of_drill

    return report_of_drill(DrillDocument.model_validate(found, extra="ignore"))


def _verify(found: Mapping[str, Any]) -> ReportDocument:
    from diag.report.page.verify import report_of_verify
    from diag.report.verify_report import VerifyDocument

    return report_of_verify(VerifyDocument.model_validate(found, extra="ignore"))


def _test_call(found: Mapping[str, Any]) -> ReportDocument:
    from diag.report.documents import TestImageDocument
    from diag.report.page.test_image import report_of_test_image

    return report_of_test_image(TestImageDocument.model_validate(found, extra="ignore"))


def _report(found: Mapping[str, Any]) -> ReportDocument:
    return ReportDocument.model_validate(found, extra="ignore")


_READERS: Mapping[str, Callable[[Mapping[str, Any]], ReportDocument]] = {
    "nukediag/preflight/1": _preflight,
    "nukediag/backfill/1": _backfill,
    "nukediag/drill/1": _drill,
    "nukediag/diagnosis/1": _test_call,
    "nukediag/verify/1": _verify,
    "nukediag/report/1": _report,
}
