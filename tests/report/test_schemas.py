from __future__ import annotations

import importlib
import json
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError, validate

import diag.report
from diag.report.documents import Document
from diag.report.schemas import DOCUMENTS, schema

FOLDER = Path(__file__).resolve().parents[2] / "docs/schemas"


def named_models() -> dict[type[Document], str]:
    """Every document model of the package, with the name that it gives itself."""
    for module in pkgutil.walk_packages(diag.report.__path__, "diag.report."):
        importlib.import_module(module.name)
    found: list[type[Document]] = []
    waiting: list[type[Document]] = [Document]
    while waiting:
        subclasses = waiting.pop().__subclasses__()
        found += subclasses
        waiting += subclasses
    return {model: model.model_fields["schema_"].default for model in found if model.__module__.startswith("diag.")}


def test_every_document_has_a_published_schema() -> None:
    assert named_models() == {model: name for name, models in DOCUMENTS.items() for model in models}


def test_nothing_else_is_published() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {f"{'-'.join(name.split('/')[1:])}.json" for name in DOCUMENTS}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_published_schema_is_one_and_is_current(name: str) -> None:
    published = json.loads((FOLDER / f"{'-'.join(name.split('/')[1:])}.json").read_text())
    Draft202012Validator.check_schema(published)
    assert published == schema(name)


ERROR: dict[str, Any] = {
    "schema": "nukediag/error/1",
    "version": "0",
    "exit_code": 2,
    "error": {"message": "m", "remedy": None},
}


def test_more_fields_are_no_fault_but_a_missing_one_is() -> None:
    validate({**ERROR, "new": 1}, schema("nukediag/error/1"))
    with pytest.raises(ValidationError, match="'exit_code' is a required property"):
        validate({key: value for key, value in ERROR.items() if key != "exit_code"}, schema("nukediag/error/1"))
    with pytest.raises(ValidationError, match="'new' was unexpected"):
        validate({**ERROR, "new": 1}, schema("nukediag/error/1", strict=True))


def test_another_documents_name_is_a_fault() -> None:
    with pytest.raises(ValidationError, match="nukediag/error/1"):
        validate({**ERROR, "schema": "nukediag/preflight/1"}, schema("nukediag/error/1"))
