"""The SQL that fills a fresh sandbox's database: schema, grants and rows in one run of psql."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Final

from diag.sandbox.world.analysis import Analysis, analysis_of, labels_of
from diag.sandbox.world.rows import PENDING, VEHICLES, PlannedRow, planned_rows, share, vehicle_id

COUNTS: Final = """
    select count(*), count(*) filter (where ai_last_scanned is null and vehicle_id is not null),
           count(ai_last_scanned) from vehicle_images"""
"""One row of three integers: total, pending, done."""

_ANALYSED_AT: Final = "2026-10-02 09:30:00+00"
_MODELS: Final = (
    ("Chevrolet", "C10"), ("Chevrolet", "Blazer"), ("GMC", "Jimmy"), ("Ford", "Bronco"), ("Ford", "F-100"),
    ("Pontiac", "Firebird"), ("Volkswagen", "Beetle"), ("Porsche", "911"), ("Jaguar", "E-Type"), ("Toyota", "FJ40"),
)  # fmt: skip


def sql(photo_base: str, images: int | None = None) -> str:
    """Schema, grants and rows for one run of psql as the superuser, in one transaction.

    ``photo_base`` is the bucket's URL, ``images`` the number of rows without a result (2,734 where None).
    """
    rows = list(planned_rows(PENDING if images is None else images))
    done = [row for row in rows if row.analysed]
    schema = files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
    parts = ["begin;", schema, _vehicles(), _images(rows, photo_base), *_results(done), "commit;", "analyze;"]
    return "\n".join(parts) + "\n"


def _vehicles() -> str:
    records = ((vehicle_id(n), 1955 + n % 36, *_MODELS[n % len(_MODELS)]) for n in range(VEHICLES))
    return _copy("vehicles", ("id", "year", "make", "model"), records)


def _images(rows: Sequence[PlannedRow], photo_base: str) -> str:
    columns = (
        "id", "vehicle_id", "image_url", "category", "ai_processing_status", "ai_scan_metadata", "ai_last_scanned",
        "created_at",
    )  # fmt: skip
    return _copy("vehicle_images", columns, (_image(row, photo_base) for row in rows))


def _image(row: PlannedRow, photo_base: str) -> tuple[object, ...]:
    taken = f"2026-{1 + int(share(row.id, 'month') * 9):02}-{1 + int(share(row.id, 'day') * 28):02} 12:00:00+00"
    state: tuple[object, ...] = ("pending", None, None)
    if row.analysed:
        state = ("completed", _metadata(row.id), _ANALYSED_AT)
    return (row.id, row.vehicle_id, f"{photo_base}/{row.path}", row.kind, *state, taken)


def _metadata(row: str) -> str:
    labels = [{"name": label["Name"], "confidence": label["Confidence"]} for label in labels_of(row)]
    return json.dumps({"rekognition": {"labels": labels}, "appraiser": analysis_of(row)["appraisal"]})


def _results(done: Sequence[PlannedRow]) -> Iterable[str]:
    said = [(row, analysis_of(row.id)) for row in done]
    yield _copy("image_tags", ("image_id", "vehicle_id", "tag_name", "confidence"), _tags(done))
    yield _copy(
        "component_conditions", ("image_id", "vehicle_id", "component", "condition", "notes"), _conditions(said)
    )
    yield _found("paint_quality_assessments", "paint", ("color", "quality", "score", "defects"), said)
    yield _found("vehicle_spid_data", "spid", ("vin", "paint_code", "rpo_codes"), said)


def _tags(done: Sequence[PlannedRow]) -> Iterable[tuple[object, ...]]:
    for row in done:
        yield from ((row.id, row.vehicle_id, label["Name"], label["Confidence"]) for label in labels_of(row.id))


def _conditions(said: Sequence[tuple[PlannedRow, Analysis]]) -> Iterable[tuple[object, ...]]:
    for row, analysis in said:
        yield from ((row.id, row.vehicle_id, *component.values()) for component in analysis["components"])


def _found(table: str, part: str, columns: Sequence[str], said: Sequence[tuple[PlannedRow, Analysis]]) -> str:
    records = ((row.id, row.vehicle_id, *analysis[part].values()) for row, analysis in said if analysis[part])
    return _copy(table, ("image_id", "vehicle_id", *columns), records)


def _copy(table: str, columns: Sequence[str], records: Iterable[Sequence[object]]) -> str:
    lines = ("\t".join(map(_field, record)) for record in records)
    return "\n".join([f"copy {table} ({', '.join(columns)}) from stdin;", *lines, "\\."])


def _field(value: object) -> str:
    """A value in the text format of COPY."""
    if value is None:
        return r"\N"
    text = "{" + ",".join(f'"{item}"' for item in value) + "}" if isinstance(value, list) else str(value)
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
