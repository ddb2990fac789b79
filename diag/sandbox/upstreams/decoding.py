"""Whether bytes are a whole picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image


def size_of(picture: bytes, formats: Sequence[str]) -> tuple[int, int] | None:
    """Width and height in pixels; None where it is no picture in one of those formats (Pillow's names), or broken."""
    try:
        with Image.open(io.BytesIO(picture), formats=tuple(formats)) as opened:
            opened.load()
            return opened.size
    except (OSError, SyntaxError, ValueError):
        return None
