"""``nukediag/secrets/1``: the function's secrets, for scripts. Never a value, never a whole digest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from diag.config import Configuration
from diag.credentials import Copies, Copy
from diag.credentials.pushing import Step
from diag.report.documents import Document
from diag.report.preflight_document import ProjectModel

SecretsAction = Literal["list", "diff", "push"]
StateName = Literal[
    "same", "missing", "only-local", "only-stored", "empty", "placeholder", "altered", "unexpected", "differs",
    "unreadable",
]  # fmt: skip


class SecretModel(BaseModel):
    """One secret. ``fingerprint`` and ``local_fingerprint`` are the first 8 hex digits of the SHA-256 of the stored
    and of the local value; ``source`` is where the local copy stands; ``summary`` what is wrong, or null."""

    name: str
    state: StateName
    required: bool
    stored: bool
    updated_at: datetime | None
    fingerprint: str | None
    local_fingerprint: str | None
    source: str | None
    near: str | None
    summary: str | None


class StepModel(BaseModel):
    """What ``secrets push`` plans for one secret. ``done``: the project holds the local value now; null: not tried, or
    it cannot be told."""

    name: str
    action: Literal["set", "overwrite", "keep", "refuse"]
    why: str
    done: bool | None


class SecretsDocument(Document):
    """``secrets list``, ``diff`` and ``push``. ``digests``: whether the project's digests are known (calibrated) or
    only assumed to be SHA-256, or cannot be read. ``plan`` and ``applied`` are for ``push``."""

    schema_: Literal["nukediag/secrets/1"] = Field("nukediag/secrets/1", alias="schema")
    action: SecretsAction
    project: ProjectModel
    digests: Literal["sha256", "assumed", "unreadable"]
    secrets: list[SecretModel]
    plan: list[StepModel] = Field(default_factory=list)
    applied: bool = False


def secrets_document(
    action: SecretsAction,
    configuration: Configuration,
    copies: Copies,
    exit_code: int,
    steps: Sequence[Step] = (),
    *,
    applied: bool = False,
) -> SecretsDocument:
    """The document of one command."""
    return SecretsDocument(
        exit_code=exit_code,
        action=action,
        project=ProjectModel(ref=configuration.ref, url=configuration.url),
        digests=copies.digests,
        secrets=[_secret(copy) for copy in copies.secrets],
        plan=[StepModel(name=one.name, action=one.action.value, why=one.why, done=one.done) for one in steps],
        applied=applied,
    )


def _secret(copy: Copy) -> SecretModel:
    stored, local = copy.stored, copy.local
    return SecretModel(
        name=copy.name,
        state=copy.state.value,
        required=copy.wanted,
        stored=stored is not None,
        updated_at=stored.updated_at if stored else None,
        fingerprint=copy.fingerprint,
        local_fingerprint=local.secret.fingerprint if local else None,
        source=local.place.text if local else None,
        near=copy.near,
        summary=copy.told or None,
    )
