"""What an able vision model and a label service would say about a row's photo."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Final

from diag.sandbox.world.drawing import options_of, vin_of
from diag.sandbox.world.rows import Kind, kind_of

Analysis = dict[str, Any]

_LABELS: Final[Mapping[Kind, tuple[tuple[str, str], ...]]] = {
    "exterior": (("Vehicle", "Transportation"), ("Car", "Transportation"), ("Wheel", "Machine"), ("Tire", "Parts")),
    "engine": (("Engine", "Machine"), ("Machine", "Machine"), ("Motor", "Machine"), ("Vehicle", "Transportation")),
    "interior": (("Car Interior", "Vehicle"), ("Steering Wheel", "Parts"), ("Dashboard", "Parts"), ("Seat", "Home")),
    "document": (("Text", "Text"), ("Document", "Text"), ("Invoice", "Text"), ("Page", "Text")),
    "spid": (("Text", "Text"), ("Label", "Text"), ("License Plate", "Text"), ("Vehicle", "Transportation")),
}  # fmt: skip
_SUBJECTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "exterior": ("front three-quarter view", "driver side", "rear quarter panel", "front fender"),
    "engine": ("engine bay overview", "carburettor and intake", "valve cover", "accessory drive"),
    "interior": ("dashboard", "front seats", "instrument cluster", "centre console"),
    "document": ("service invoice", "repair receipt"),
    "spid": ("service parts identification label",),
}
_COMPONENTS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "exterior": ("front bumper", "door panel", "wheel", "grille", "mirror"),
    "engine": ("radiator hose", "valve cover", "wiring harness", "alternator", "air cleaner"),
    "interior": ("steering wheel", "seat upholstery", "dash pad", "carpet", "door card"),
    "document": (),
    "spid": (),
}
_CONDITIONS: Final = ("excellent", "good", "fair", "worn", "poor")
_COLOURS: Final = ("red", "dark blue", "white", "green", "orange", "black", "grey", "cream")


def analysis_of(row: str) -> Analysis:
    """``{appraisal, components, paint, spid}`` for the row's photo; ``paint`` and ``spid`` are None where the photo
    shows none, ``components`` is a list of ``{component, condition, notes}``."""
    kind, dice = kind_of(row), random.Random(f"analysis {row}")  # noqa: S311
    return {
        "appraisal": _appraisal(kind, dice),
        "components": [_component(name, dice) for name in _COMPONENTS[kind][: dice.randrange(1, 4)]],
        "paint": _paint(dice) if kind == "exterior" else None,
        "spid": _spid(row) if kind == "spid" else None,
    }


def labels_of(row: str) -> list[dict[str, Any]]:
    """Labels as Rekognition's DetectLabels returns them, the most certain first."""
    dice = random.Random(f"labels {row}")  # noqa: S311
    certain = sorted((dice.uniform(72, 99.9) for _ in range(4)), reverse=True)
    return [
        {
            "Name": name,
            "Confidence": round(confidence, 5),
            "Instances": [],
            "Parents": [{"Name": parent}],
            "Categories": [{"Name": "Vehicles and Automotive"}],
        }
        for (name, parent), confidence in zip(_LABELS[kind_of(row)], certain, strict=True)
    ]


def _appraisal(kind: Kind, dice: random.Random) -> Analysis:
    condition, subject = dice.choice(_CONDITIONS), dice.choice(_SUBJECTS[kind])
    return {
        "category": kind,
        "subject": subject,
        "description": f"A clear photo: {subject}, in {condition} condition for its age.",
        "condition_score": 10 - 2 * _CONDITIONS.index(condition),
        "confidence": round(dice.uniform(0.7, 0.98), 2),
    }


def _component(name: str, dice: random.Random) -> Analysis:
    condition = dice.choice(_CONDITIONS)
    return {"component": name, "condition": condition, "notes": f"{name} looks {condition}"}


def _paint(dice: random.Random) -> Analysis:
    return {
        "color": dice.choice(_COLOURS),
        "quality": dice.choice(_CONDITIONS),
        "score": dice.randrange(3, 11),
        "defects": dice.sample(("swirl marks", "stone chips", "fading", "runs"), dice.randrange(0, 3)),
    }


def _spid(row: str) -> Analysis:
    dice = random.Random(f"paint code {row}")  # noqa: S311
    return {"vin": vin_of(row), "paint_code": f"WA{dice.randrange(1000, 9999)}", "rpo_codes": list(options_of(row))}
