"""From whatever was sent to a picture of our own. Runs only where nothing can be harmed (photo_process.py).

`Image.open` and all that follows it work on bytes that a stranger chose.
"""

import io
import warnings
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw, ImageOps

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 40_000_000  # a telephone's largest; 13 000² would take 800 MiB
MOST_HEAVY_PIXELS: Final = 16_000_000  # WebP, whose decoder holds three copies, and PNG of 16 bits
MOST_SCANS: Final = 100  # of a JPEG, each of which touches every pixel again; encoders write ten or so
LONG_SIDE: Final = 1600
QUALITY: Final = 82
SMALL_SIDE: Final = 640  # as wide as a telephone's page: some 40 KiB
SMALL_QUALITY: Final = 68
BAND: Final = 128  # rows of the result that are worked on at a time

_DEPTH: Final = 24  # where a PNG says its bits for each colour (W3C PNG, 11.2.1)

BOMBS: Final = (Image.DecompressionBombError, Image.DecompressionBombWarning)

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)


class TooBig(Exception):  # noqa: N818 - an answer, not a fault
    """More pixels than we take."""


class TooManyScans(Exception):  # noqa: N818 - the same
    """A JPEG that is painted over and over."""


def rebuilt(data: bytes) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side, upright, without metadata. Raises TooBig, and
    whatever a hostile file leads a decoder to."""
    return _jpeg(_pixels(data))


def preview(data: bytes) -> bytes:
    """A small copy of one of our own JPEGs, for a page that must stand there within a second."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        image.draft("RGB", (SMALL_SIDE, SMALL_SIDE))
        image.thumbnail((SMALL_SIDE, SMALL_SIDE))
        return _jpeg(image, SMALL_QUALITY)


def blackened(data: bytes, boxes: Sequence[tuple[int, int, int, int]]) -> bytes:
    """One of our own JPEGs with these parts black (left, top, right, bottom in thousandths)."""
    with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
        clean = image.convert("RGB")
    width, height = clean.size
    pen = ImageDraw.Draw(clean)
    for left, top, right, bottom in boxes:
        # outwards, because a rim of a digit is a digit
        corners = (left * width // 1000, top * height // 1000)
        pen.rectangle((*corners, -(-right * width // 1000), -(-bottom * height // 1000)), fill="black")
    return _jpeg(clean)


def warm_up() -> None:
    """Loads every part of Pillow that a photo may need, because later no file can be opened any more."""
    colours = Image.new("RGBA", (32, 32), "red")
    exif = Image.Exif()
    exif[0x0112] = 6
    for form in FORMATS:
        written = io.BytesIO()
        image = colours.convert("RGB") if form == "JPEG" else colours
        image.save(written, form, exif=exif)
        ours = rebuilt(written.getvalue())
    blackened(preview(ours), [(0, 0, 500, 500)])


def _pixels(data: bytes) -> Image.Image:
    # Within a scan an FF is never followed by DA (ITU-T T.81, B.1.1.5), so these are the scans' own marks.
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MOST_SCANS:
        raise TooManyScans
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        is_deep = image.format == "PNG" and data[_DEPTH] == 16
        if width * height > (MOST_HEAVY_PIXELS if image.format == "WEBP" or is_deep else MOST_PIXELS):
            raise TooBig
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
