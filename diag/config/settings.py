"""The settings as the rest of nukediag sees them: plain frozen values, each group by what it is about.

Where each value came from, and what it shadowed, is the loader's knowledge (``diag.config.load``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class FunctionSettings(_Group):
    """The edge function that is called once per row."""

    name: str = "analyze-image"
    """Its slug, as in ``/functions/v1/<slug>``."""
    timeout: float = Field(155, gt=0)
    """Seconds. Longer than the platform's own 150 s: a shorter one gives up on calls that are paid for."""
    requires: tuple[str, ...] = ("tags", "appraisal")
    """JSON paths that a full answer must have."""
    payload: dict[str, str] = {"image_url": "image_url", "vehicle_id": "vehicle_id", "image_id": "id"}
    """Request field -> column. ``record.id`` is the field ``id`` of an object ``record``, as database webhooks send."""
    fixed: dict[str, str | int | float | bool] = {}
    """Further fields of every request, with their values."""
    bare: dict[str, str | int | float | bool] | None = None
    """Further fields of the request for a bare picture, which has no row to write to (``test-image --url``). None:
    those that a function shipped by nukediag wants, none for others."""
    fallback: str | None = "analyze-image-simple"
    """A function that is used in its place only where the user asks for it; empty: none."""


class SecretsSettings(_Group):
    """What must be set in the project for the function to work."""

    required: tuple[str, ...] = ("OPENAI_API_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION")
    """Names that have to be set."""
    expected: dict[str, str] = {"AWS_REGION": "us-east-1"}
    """Non-secret values that are known; compared by digest."""


class TableSettings(_Group):
    """The table whose rows are the work."""

    name: str = "vehicle_images"
    """Its name in the data API."""
    id: str = "id"
    """The column by which rows are known: unique, and in its order they are worked off."""
    url: str = "image_url"
    """The column with the address of what is analysed; empty: rows have none."""
    media: Literal["image", "any"] = "image"
    """What stands at that address: a picture is looked at before a call is paid for, the rest is only asked for."""
    marker: str = "ai_last_scanned"
    """null = no result yet; set by nukediag after a verified answer."""
    where: dict[str, str] = {"vehicle_id": "not.is.null"}
    """Column -> filter in PostgREST's notation."""
    results: tuple[str, ...] = ("image_tags", "component_conditions", "paint_quality_assessments", "vehicle_spid_data")
    """Tables that the function writes to, one record or more per row."""
    always: tuple[str, ...] = ("image_tags",)
    """Those of them in which every finished row has a record."""
    results_key: str = "image_id"
    """The column of the result tables that holds the row's id."""
    result_columns: tuple[str, ...] = ("ai_scan_metadata",)
    """Columns of the row itself that the function writes."""


class GateSettings(_Group):
    """When a backfill may start, and when it must stop."""

    go: float = Field(0.80, gt=0, lt=1)
    """The success rate from which on a backfill may start."""
    stop: float = Field(0.50, gt=0, lt=1)
    """The success rate below which it is stopped."""
    error: float = Field(0.05, ge=0.001, le=0.25)
    """How likely the gate may err, either way."""
    most: int = Field(30, ge=1, le=1000)
    """Canary calls at most; undecided by then, the gate stays shut."""


class BackfillSettings(_Group):
    """How rows are called, and called again."""

    concurrency: int | Literal["auto"] = "auto"
    """Calls in flight; ``auto`` finds out how many are worth it."""
    cost_per_call: float = Field(0.021, ge=0)
    """USD: Rekognition 0.001 + vision model 0.02."""
    passes: int = Field(2, ge=1)
    """Walks over the pending rows, the later ones for what failed for a passing cause."""
    attempts: int = Field(4, ge=1)
    """Calls per row and pass; refusals for speed do not count."""
    patience: float = Field(900, ge=0)
    """Seconds after which a row that only meets such refusals is given up for this pass."""
    retry_budget: int = Field(500, ge=0)
    """For the whole run: a call that is repeated costs 14 of it (1 after a refusal for speed), a success gives 1 back
    (14 if it was a repeated call). So with everything failing, 500 allow 35 repeated calls."""
    settle: float | None = Field(None, ge=0)
    """Seconds after which nothing of a call can still be running in the function, so that a row whose call was cut
    off may be called again. None: 400, the platform's wall-clock limit; 20 for a project on this machine."""


class SuperviseSettings(_Group):
    """How to read and to end somebody else's backfill command. Patterns (RE2) are searched in each of its lines, before
    those of the old script, which are built in. A group ``id`` is a row's id or the beginning of it, ``text`` the
    error; of ``progress`` the groups ``done`` and ``total`` are read."""

    begun: tuple[str, ...] = ()
    """A call for a row begins."""
    succeeded: tuple[str, ...] = ()
    """A row is done."""
    failed: tuple[str, ...] = ()
    """A row was given up."""
    retried: tuple[str, ...] = ()
    """A try failed and will be repeated."""
    progress: tuple[str, ...] = ()
    """It tells how far it is."""
    grace: float = Field(10, ge=0)
    """Seconds between SIGINT, SIGTERM and SIGKILL when the command has to be stopped."""

    @field_validator("begun", "succeeded", "failed", "retried", "progress")
    @classmethod
    def _compiles(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        import re2  # type: ignore[import-untyped]

        for number, pattern in enumerate(patterns, 1):
            try:
                re2.compile(pattern)
            except re2.error:
                raise ValueError(f"pattern {number} is no regular expression (RE2)") from None
        return patterns


class Settings(_Group):
    """Everything that ``nukediag.toml`` can hold, with the defaults that fit ``analyze-image``."""

    function: FunctionSettings = FunctionSettings()
    secrets: SecretsSettings = SecretsSettings()
    table: TableSettings = TableSettings()
    gate: GateSettings = GateSettings()
    backfill: BackfillSettings = BackfillSettings()
    supervise: SuperviseSettings = SuperviseSettings()


class Place(BaseModel):
    """Where a value stood: ``flag --url``, ``environment SUPABASE_URL``, ``.env.local:3``, ``nukediag.toml``,
    ``default`` ..."""

    model_config = ConfigDict(frozen=True)
    text: str
    file: Path | None = None
    line: int | None = None
    name: str | None = None
    """The name under which it stood (``VITE_SUPABASE_URL``)."""
