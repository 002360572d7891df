"""Pictures for tests: ordinary ones, and ones that carry what must not be kept."""

import io
import random

from PIL import Image, ImageDraw


def photo(width: int = 1200, height: int = 900, colour: str = "#6f7f86", **save: object) -> bytes:
    """A JPEG with something to see."""
    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 3, height // 4, width * 2 // 3, height * 3 // 4), fill="#d8c48a")
    draw.line((0, height * 3 // 4, width, height * 3 // 4), fill="#3d4a45", width=max(2, height // 60))
    written = io.BytesIO()
    image.save(written, "JPEG", **save)
    return written.getvalue()


def tell_tale(orientation: int = 1) -> bytes:
    """Left half red, right half blue as stored, with place, comment and description in it."""
    image = Image.new("RGB", (400, 200), "red")
    image.paste("blue", (200, 0, 400, 200))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = "WHERE-I-LIVE"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (46.0, 38.0, 0.0)
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif, comment=b"COMMENT-HERE", xmp=b"<x:xmpmeta>XMP-HERE</x:xmpmeta>")
    return written.getvalue() + b"TRAILER-HERE"


def noise(size: int, seed: int = 7) -> bytes:
    return random.Random(seed).randbytes(size)
