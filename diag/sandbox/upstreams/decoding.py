"""Whether bytes are a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image


def size_of(picture: bytes, formats: Sequence[str], *, whole: bool) -> tuple[int, int] | None:
    """Width and height in pixels; None where it is no picture in one of those formats (Pillow's names). ``whole``: it
    has to be complete as well."""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(formats)) as opened:
            if whole:
                opened.load()
            return opened.size
    except (OSError, SyntaxError, ValueError):
        return None
