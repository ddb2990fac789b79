"""``nukediag/config/1``: every setting, where it came from, what it shadowed."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from diag.config import Configuration, Entry, LocalSecret, Shadowed
from diag.report.documents import Document
from diag.secret import redact


class ShadowedModel(BaseModel):
    value: str
    origin: str
    same: bool


class SettingModel(BaseModel):
    """``value`` is masked where it is a secret, null where nothing sets it; ``name`` is the variable's name."""

    key: str
    value: str | None
    origin: str
    name: str | None
    shadowed: list[ShadowedModel]
    warnings: list[str]


class ConfigDocument(Document):
    """``config show``."""

    schema_: Literal["nukediag/config/1"] = Field("nukediag/config/1", alias="schema")
    settings: list[SettingModel]


def config_document(configuration: Configuration) -> ConfigDocument:
    """The document of a configuration: the settings first, then the local copies of the function's secrets."""
    return ConfigDocument(exit_code=0, settings=[_model(entry) for entry in entries_of(configuration)])


def entries_of(configuration: Configuration) -> list[Entry]:
    """All that ``config show`` lists; the function's own secrets as ``secret OPENAI_API_KEY``, masked unless their
    value is stated in the settings anyway."""
    open_names = configuration.settings.secrets.expected
    local = [_local(secret, secret.name in open_names) for secret in configuration.local_secrets.values()]
    return [*configuration.entries, *local]


def _local(secret: LocalSecret, is_open: bool) -> Entry:
    shadowed = tuple(Shadowed(_shown(other, is_open), other.place, same=False) for other in secret.shadowed)
    warnings = (*secret.warnings, *secret.contradictions)
    return Entry(f"secret {secret.name}", _shown(secret, is_open), secret.place, shadowed, warnings)


def _shown(secret: LocalSecret, is_open: bool) -> str:
    return redact(secret.secret.reveal()) if is_open else secret.secret.masked


def _model(entry: Entry) -> SettingModel:
    shadowed = [ShadowedModel(value=one.shown, origin=one.place.text, same=one.same) for one in entry.shadowed]
    return SettingModel(
        key=entry.key,
        value=entry.shown,
        origin=entry.place.text,
        name=entry.place.name,
        shadowed=shadowed,
        warnings=list(entry.warnings),
    )
