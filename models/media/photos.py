"""Photos are rebuilt from their pixels: what is kept is our own JPEG, and nothing that came hidden in theirs.

Place, camera, thumbnails and comments are gone (I8), and so is whatever a file pretended to be (I7).
"""

import io
import warnings
from collections.abc import Sequence
from threading import Lock
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageOps

from models.base.refusals import Invalid

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000  # a telephone's largest; 13 000² would take 800 MiB
MOST_WEBP_PIXELS: Final = 16_000_000  # its decoder holds three copies
LONG_SIDE: Final = 1600
QUALITY: Final = 82
SMALL_SIDE: Final = 640  # as wide as a telephone's page: some 40 KiB
SMALL_QUALITY: Final = 68
BAND: Final = 128  # rows of the result that are worked on at a time
MOST_BOXES: Final = 40
CONTENT_TYPE: Final = "image/jpeg"

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
# For the whole process, because catch_warnings is not safe between threads.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

_one_at_a_time = Lock()  # the memory of one decoded photo is what a small machine can spare


def rebuilt(data: bytes) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side, upright, without metadata.

    Raises Invalid: photo_too_big (bytes or pixels), photo_unusable (no photo, another format, broken).
    """
    if len(data) > MOST_BYTES:
        raise Invalid("photo_too_big")
    with _one_at_a_time:
        try:
            return _jpeg(_pixels(data))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Invalid("photo_too_big") from None
        except Invalid:
            raise
        except Exception:  # noqa: BLE001 - decoders raise whatever a hostile file leads them to
            raise Invalid("photo_unusable") from None


def preview(data: bytes) -> bytes:
    """A small copy of one of our own JPEGs, for a page that must stand there within a second."""
    with _one_at_a_time, Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return _jpeg(image, SMALL_QUALITY)


class Box(NamedTuple):
    """A part of a picture, in thousandths of its width and height."""

    left: int
    top: int
    right: int
    bottom: int


def blackened(data: bytes, boxes: Sequence[Box]) -> bytes:
    """One of our own JPEGs with these parts black: other pixels, nothing lies beneath. Raises Invalid:
    photo_boxes for a part that is none, too many of them, or a picture that is not ours."""
    if len(boxes) > MOST_BOXES or not all(_is_part(box) for box in boxes):
        raise Invalid("photo_boxes", limit=MOST_BOXES)
    with _one_at_a_time:
        try:
            with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
                clean = image.convert("RGB")
        except Exception:  # noqa: BLE001 - as above
            raise Invalid("photo_unusable") from None
        width, height = clean.size
        pen = ImageDraw.Draw(clean)
        for left, top, right, bottom in boxes:
            # outwards, because a rim of a digit is a digit
            corners = (left * width // 1000, top * height // 1000)
            pen.rectangle((*corners, -(-right * width // 1000), -(-bottom * height // 1000)), fill="black")
        return _jpeg(clean)


def _is_part(box: Box) -> bool:
    return 0 <= box.left < box.right <= 1000 and 0 <= box.top < box.bottom <= 1000


def _pixels(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > (MOST_WEBP_PIXELS if image.format == "WEBP" else MOST_PIXELS):
            raise Invalid("photo_too_big")
        turn = image.getexif().get(0x0112)
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG: decoded small at once
        image.load()
        small = _small(image)
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    return _upright(small, turn)


def _small(image: Image.Image) -> Image.Image:
    """In plain colours on white, shrunk by a whole factor: band by band, since a copy of it all is large."""
    factor = max(1, max(image.size) // LONG_SIDE)
    width, height = image.size
    clean = Image.new("RGB", (-(-width // factor), -(-height // factor)), "white")
    see_through = "A" in image.mode or "transparency" in image.info
    for top in range(0, height, BAND * factor):
        band = image.crop((0, top, width, min(height, top + BAND * factor)))
        band = band.convert("RGBA" if see_through else "RGB").reduce(factor)
        clean.paste(band, (0, top // factor), band if see_through else None)
    return clean


def _upright(image: Image.Image, turn: object) -> Image.Image:
    """Turned as EXIF orientation says; the tag itself is not kept."""
    if turn not in range(2, 9):
        return image
    image.getexif()[0x0112] = turn
    return ImageOps.exif_transpose(image)


def _jpeg(image: Image.Image, quality: int = QUALITY) -> bytes:
    bare = Image.new("RGB", image.size)
    bare.paste(image)  # because saving also writes what hangs on an image beside its pixels
    written = io.BytesIO()
    bare.save(written, "JPEG", quality=quality, optimize=True)
    return written.getvalue()
