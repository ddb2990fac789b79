"""``nukediag init`` as a JSON document."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from diag.report.documents import Document


class ChoiceModel(BaseModel):
    """One setting as it was proposed. ``sure``: nobody needs to look at it."""

    key: str
    value: Any
    because: str
    sure: bool
    others: list[str]


class InitDocument(Document):
    """``file``: where the settings were written, null with ``--stdout``; ``text``: the file's text."""

    schema_: Literal["nukediag/init/1"] = Field("nukediag/init/1", alias="schema")
    file: str | None
    text: str
    choices: list[ChoiceModel]
    unknown: list[str]
