"""Draws a row's photo: small real JPEGs that differ from row to row and show what the row's kind says."""

from __future__ import annotations

import hashlib
import io
import random
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from diag.sandbox.world.rows import Kind, kind_of

_SMALL, _LARGE = (320, 240), (640, 480)
_COMMENT: Final = "photo of row"
_ROW_IN_BYTES = re.compile(_COMMENT.encode() + rb" ([0-9a-f-]{36})")
_PAINTS: Final = ("#8c1c13", "#14213d", "#e5e5e5", "#1b4332", "#ca6702", "#22223b", "#6c757d", "#f1dca7")
_OPTIONS: Final = ("AU3", "A31", "C60", "G80", "K34", "M40", "N33", "UM6", "YE9", "Z62", "ZQ8", "1SC")
_VIN_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"

Pen = ImageDraw.ImageDraw


def jpeg(row: str) -> bytes:
    """The row's photo as a JPEG of 320 × 240 or 640 × 480. A comment segment names the row, so that whoever gets
    the bytes can tell whose they are."""
    return _encoded(_drawn(row), row)


def heic(row: str) -> bytes:
    """The row's photo in the format of a telephone, which neither Rekognition nor OpenAI reads."""
    file = io.BytesIO()
    pillow_heif.from_pillow(_drawn(row)).save(file, quality=60)
    return file.getvalue()


def oversize(row: str) -> bytes:
    """A JPEG over Rekognition's 5 MB: a large photo full of noise."""
    comment = f"{_COMMENT} {row}".encode()
    return _noise()[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + _noise()[2:]


@lru_cache
def _noise() -> bytes:
    file = io.BytesIO()
    Image.effect_noise((1900, 1900), 120).convert("RGB").save(file, "JPEG", quality=99)
    return file.getvalue()


def tiny(row: str) -> bytes:
    """The row's photo as a thumbnail of 64 × 48, below Rekognition's 80 pixels."""
    return _encoded(_drawn(row).resize((64, 48)), row)


def broken(row: str) -> bytes:
    """The row's photo after an upload that broke off: its upper half can be seen, and it has no end."""
    whole = jpeg(row)
    return whole[: len(whole) // 2]


def garbled(row: str) -> bytes:
    """What begins as a JPEG with the row's comment, and is nothing."""
    whole = jpeg(row)
    return whole[:80] + hashlib.shake_128(whole).digest(len(whole) - 80)


def row_of_photo(photo: bytes) -> str | None:
    """The row that a photo's comment names, or None."""
    found = _ROW_IN_BYTES.search(photo, 0, 4096)
    return found[1].decode() if found else None


def vin_of(row: str) -> str:
    """The 17-character vehicle identification number that stands on the label in a row's photo."""
    letters = random.Random(f"vin {row}")  # noqa: S311 - a picture, not a secret
    return "1G" + "".join(letters.choices(_VIN_LETTERS, k=15))


def options_of(row: str) -> tuple[str, ...]:
    """The option codes that stand on the label in a row's photo."""
    return tuple(sorted(random.Random(f"options {row}").sample(_OPTIONS, 6)))  # noqa: S311


def _encoded(image: Image.Image, row: str, quality: int = 78) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, comment=f"{_COMMENT} {row}".encode())
    return file.getvalue()


def _drawn(row: str) -> Image.Image:
    dice = random.Random(row)  # noqa: S311
    size = _LARGE if dice.random() < 0.15 else _SMALL
    image = _ground(dice, size)
    _DRAW[kind_of(row)](ImageDraw.Draw(image), size, dice, row)
    return image


def _ground(dice: random.Random, size: tuple[int, int]) -> Image.Image:
    """A soft ground of a few blurred greys, as light and shade give it."""
    tones = [dice.randrange(50, 190) for _ in range(12)]
    colours = [tuple(tone + dice.randrange(-18, 18) for _ in range(3)) for tone in tones]
    patches = Image.new("RGB", (4, 3))
    patches.putdata(colours)
    return patches.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.SMOOTH)


def _exterior(pen: Pen, size: tuple[int, int], dice: random.Random, row: str) -> None:
    width, height = size
    paint = dice.choice(_PAINTS)
    pen.rectangle((0, height * 0.78, width, height), fill="#555555")
    pen.polygon(
        [(width * x, height * y) for x, y in ((0.3, 0.48), (0.4, 0.28), (0.68, 0.28), (0.8, 0.48))], fill="#9fb7c9"
    )
    pen.rounded_rectangle((width * 0.1, height * 0.46, width * 0.92, height * 0.74), radius=width // 20, fill=paint)
    for centre in (0.27, 0.75):
        _wheel(pen, width * centre, height * 0.75, height * 0.11)
    for _ in range(dice.randrange(4)):
        x, y = width * dice.uniform(0.15, 0.85), height * dice.uniform(0.5, 0.7)
        pen.line((x, y, x + width * 0.06, y + dice.uniform(-5, 5)), fill="#dddddd", width=1)


def _wheel(pen: Pen, x: float, y: float, radius: float) -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill="#1a1a1a")
    pen.ellipse((x - radius / 2, y - radius / 2, x + radius / 2, y + radius / 2), fill="#b8b8b8")


def _engine(pen: Pen, size: tuple[int, int], dice: random.Random, row: str) -> None:
    width, height = size
    pen.rectangle((width * 0.25, height * 0.3, width * 0.75, height * 0.85), fill="#4a4e57")
    for number in range(4):
        left = width * (0.29 + number * 0.115)
        pen.rectangle((left, height * 0.2, left + width * 0.08, height * 0.42), fill="#8d99ae", outline="#222222")
    _wheel(pen, width * 0.5, height * 0.35, height * 0.14)
    for _ in range(7):
        points = [(width * dice.random(), height * dice.random()) for _ in range(3)]
        pen.line(points, fill=dice.choice(("#111111", "#b22222", "#c9a227")), width=3, joint="curve")


def _interior(pen: Pen, size: tuple[int, int], dice: random.Random, row: str) -> None:
    width, height = size
    leather = dice.choice(("#5c4033", "#2b2b2b", "#a67b5b", "#701c1c"))
    pen.rectangle((0, height * 0.4, width, height * 0.62), fill="#2f2f2f")
    for left in (0.06, 0.56):
        pen.rounded_rectangle((width * left, height * 0.6, width * (left + 0.38), height), radius=14, fill=leather)
    pen.ellipse((width * 0.12, height * 0.25, width * 0.42, height * 0.68), outline="#0d0d0d", width=7)
    for number in range(3):
        _wheel(pen, width * (0.55 + number * 0.13), height * 0.5, height * 0.06)


def _document(pen: Pen, size: tuple[int, int], dice: random.Random, row: str) -> None:
    sums = [f"{name:<18}{dice.randrange(20, 900)}.00" for name in ("Brake fluid", "Labour", "Gasket set", "Inspection")]
    _paper(pen, size, ["SERVICE INVOICE", f"VIN {vin_of(row)}", f"Odometer {dice.randrange(20, 180)},400 mi", *sums])


def _spid(pen: Pen, size: tuple[int, int], dice: random.Random, row: str) -> None:
    options = options_of(row)
    lines = ["SERVICE PARTS IDENTIFICATION", vin_of(row), " ".join(options[:3]), " ".join(options[3:])]
    _paper(pen, size, [*lines, f"PAINT WA{dice.randrange(1000, 9999)} U", "DO NOT REMOVE"])


def _paper(pen: Pen, size: tuple[int, int], lines: list[str]) -> None:
    width, height = size
    pen.rectangle((width * 0.06, height * 0.08, width * 0.94, height * 0.92), fill="#f6f4ec", outline="#333333")
    step = height * 0.8 / (len(lines) + 1)
    font = ImageFont.load_default(size=step * 0.5)
    for number, line in enumerate(lines):
        pen.text((width * 0.1, height * 0.12 + number * step), line, fill="#111111", font=font)


_DRAW: Final[dict[Kind, Callable[[Pen, tuple[int, int], random.Random, str], None]]] = {
    "exterior": _exterior,
    "engine": _engine,
    "interior": _interior,
    "document": _document,
    "spid": _spid,
}
