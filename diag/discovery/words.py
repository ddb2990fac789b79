"""How the names of fields, columns and tables speak of each other. Pure."""

from __future__ import annotations

import re


def snake(name: str) -> str:
    """``imageUrl`` as ``image_url``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().replace("-", "_")


def singular(name: str) -> str:
    """``vehicle_images`` as ``vehicle_image``."""
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    if name.endswith(("sses", "xes", "ches", "shes")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def names_row(field: str, table: str) -> bool:
    """Whether a field is the id of a row of that table: ``image_id`` for ``vehicle_images``."""
    words = snake(field.rpartition(".")[2]).split("_")
    if words[-1] not in ("id", "uuid") or len(words) < 2:
        return False
    own = singular(table.lower()).split("_")
    return own[-len(words[:-1]) :] == words[:-1]


def is_address(name: str) -> bool:
    """Whether a name is that of an address: ``audio_url``."""
    return snake(name.rpartition(".")[2]).split("_")[-1] in ("url", "uri", "link", "href")


def is_of_a_picture(*names: str) -> bool:
    """Whether one of the names speaks of pictures."""
    return any(re.search(r"image|photo|picture|img|thumb|avatar|screenshot|scan_url", snake(name)) for name in names)


def kinship(one: str, other: str) -> int:
    """How many words of the two names share their stem: ``embed-document`` and ``embedded_at`` one."""
    stems = {word[:5] for word in snake(one).split("_") if len(word) > 3}
    return len(stems & {word[:5] for word in snake(other).split("_") if len(word) > 3})
