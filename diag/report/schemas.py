"""The JSON Schemas (draft 2020-12) of all documents, made from their models: what ``docs/schemas`` holds.

A document may get more fields without a new number behind its name, so that the schemas allow any; a field that is
listed stays, with its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from diag.report.backfill_document import BackfillDocument
from diag.report.config_document import ConfigDocument
from diag.report.control_document import ControlDocument
from diag.report.documents import DiagnosisDocument, Document, TestImageDocument
from diag.report.drill_document import DrillDocument
from diag.report.error_document import ErrorDocument
from diag.report.explain_document import BatchLine, CatalogueDocument, LogDocument
from diag.report.functions_document import FunctionsDocument
from diag.report.init_document import InitDocument
from diag.report.page.model import ReportDocument
from diag.report.preflight_document import PreflightDocument
from diag.report.queue_document import QueueDocument
from diag.report.runs_report import RunsDocument
from diag.report.sandbox_document import SandboxDocument, ScenariosDocument
from diag.report.secrets_document import SecretsDocument
from diag.report.status_document import StatusDocument
from diag.report.verify_report import VerifyDocument
from diag.report.worker_document import WorkerDocument

DOCUMENTS: Mapping[str, tuple[type[Document], ...]] = {
    "nukediag/backfill/1": (BackfillDocument,),
    "nukediag/catalogue/1": (CatalogueDocument,),
    "nukediag/config/1": (ConfigDocument,),
    "nukediag/control/1": (ControlDocument,),
    "nukediag/diagnosis/1": (DiagnosisDocument, TestImageDocument, LogDocument, BatchLine),
    "nukediag/drill/1": (DrillDocument,),
    "nukediag/error/1": (ErrorDocument,),
    "nukediag/functions/1": (FunctionsDocument,),
    "nukediag/init/1": (InitDocument,),
    "nukediag/preflight/1": (PreflightDocument,),
    "nukediag/queue/1": (QueueDocument,),
    "nukediag/report/1": (ReportDocument,),
    "nukediag/runs/1": (RunsDocument,),
    "nukediag/sandbox/1": (SandboxDocument,),
    "nukediag/scenarios/1": (ScenariosDocument,),
    "nukediag/secrets/1": (SecretsDocument,),
    "nukediag/status/1": (StatusDocument,),
    "nukediag/verify/1": (VerifyDocument,),
    "nukediag/worker/1": (WorkerDocument,),
}
"""Name of a document -> its models; where there are several, one of them."""


class _Plain(GenerateJsonSchema):
    """Without a title for every field: it would only repeat the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Never."""
        return False


def schema(name: str, *, strict: bool = False) -> dict[str, Any]:
    """The schema of the document called ``name``. ``strict``: it allows no field but those that are listed."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(model, "serialization") for model in DOCUMENTS[name]]
    found, definitions = models_json_schema(models, by_alias=True, schema_generator=_Plain)
    shapes = [found[model] for model in models]
    whole: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{name.replace('/', ':')}",
        "title": name,
        **(shapes[0] if len(shapes) == 1 else {"anyOf": shapes}),
        **definitions,
    }
    return whole if strict else _open(whole)


def _open(schema: Any) -> Any:
    """The same, with room for more fields."""
    if isinstance(schema, list):
        return [_open(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _open(part) for key, part in schema.items() if (key, part) != ("additionalProperties", False)}
