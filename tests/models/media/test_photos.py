"""Whatever a file brings along, what is kept is our own picture; what is none is refused in words."""

import io
import resource
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pictures import noise, photo, tell_tale
from PIL import Image
from processor_time import of_photos

from models.base.refusals import Invalid
from models.media.photos import (
    MOST_BOXES,
    MOST_BYTES,
    Box,
    blackened,
    preview,
    rebuilt,
)
from models.media.pixels import LONG_SIDE, SMALL_SIDE


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["JPEG"])


def written(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a size and then ends."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    return b"\x89PNG\r\n\x1a\n" + chunk


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_stands_upright_and_nothing_else_is_kept(orientation: int) -> None:
    kept = rebuilt(tell_tale(orientation))
    image = opened(kept)
    assert image.size == ((400, 200) if orientation < 5 else (200, 400))
    red_first = image.getpixel((5, 5))[0] > 200
    assert red_first == (orientation in (1, 4, 5, 6))
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    for word in (b"WHERE", b"COMMENT", b"XMP", b"TRAILER", b"Exif", b"ICC"):
        assert word not in kept


def test_a_large_photo_is_made_small() -> None:
    assert max(opened(rebuilt(photo(4000, 3000))).size) == LONG_SIDE
    assert opened(rebuilt(photo(640, 480))).size == (640, 480)


@pytest.mark.parametrize(
    ("mode", "form"),
    [("RGB", "PNG"), ("RGBA", "PNG"), ("P", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("1", "PNG"),
     ("I;16", "PNG"), ("RGB", "WEBP"), ("RGBA", "WEBP"), ("L", "JPEG"), ("CMYK", "JPEG")],
)  # fmt: skip
def test_every_kind_of_photo_that_telephones_make_is_taken(mode: str, form: str) -> None:
    assert opened(rebuilt(written(Image.new(mode, (2300, 1700)), form))).mode == "RGB"


def test_what_is_see_through_becomes_white() -> None:
    assert opened(rebuilt(written(Image.new("RGBA", (50, 50), (255, 0, 0, 0)), "PNG"))).getpixel((9, 9)) == (
        255, 255, 255,
    )  # fmt: skip


HOSTILE = {  # made when its test runs
    "nothing": lambda: b"",
    "noise": lambda: noise(5000),
    "gif": lambda: written(Image.new("P", (10, 10)), "GIF"),
    "tiff": lambda: written(Image.new("RGB", (10, 10)), "TIFF"),
    "bmp": lambda: written(Image.new("RGB", (10, 10)), "BMP"),
    "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "page": lambda: b"<!doctype html><script>alert(1)</script>",
    "cut short": lambda: photo()[:900],
    "promise": lambda: png_header(200, 200),
    "zero": lambda: png_header(0, 0),
    "bomb by header": lambda: png_header(60_000, 60_000),
    "bomb": lambda: written(Image.new("1", (13_000, 13_000)), "PNG"),
    "large webp": lambda: written(Image.new("L", (4100, 4100)), "WEBP"),
    "too many bytes": lambda: photo(200, 200) + noise(MOST_BYTES),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_once(name: str) -> None:
    hostile = HOSTILE[name]()
    began = of_photos()
    with pytest.raises(Invalid) as refused:
        rebuilt(hostile)
    assert refused.value.code in ("photo_too_big", "photo_unusable")
    assert of_photos() - began < 2


def test_a_page_behind_a_photo_is_gone() -> None:
    assert b"<script>" not in rebuilt(photo() + b"<script>alert(1)</script>")


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_a_photo_broken_anywhere_is_taken_or_refused(at: int, garbage: bytes) -> None:
    broken = photo(300, 200)
    broken = broken[: at % len(broken)] + garbage + broken[at % len(broken) + len(garbage) :]
    with suppress(Invalid):
        assert opened(rebuilt(broken)).size


def test_ten_thousand_frames_cost_no_more_than_one() -> None:
    frames = [Image.new("RGB", (64, 64), (n % 256, 0, 0)) for n in range(2000)]
    many = written(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True, method=0)
    began = of_photos()
    assert opened(rebuilt(many)).size == (64, 64)
    assert of_photos() - began < 2


def test_the_largest_photo_is_taken_and_the_service_stays_small() -> None:
    large = written(Image.new("RGB", (6300, 6300), "grey"), "PNG", compress_level=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert opened(rebuilt(large)).size == (LONG_SIDE, LONG_SIDE)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 30


def test_a_preview_is_there_in_a_second_on_a_slow_phone() -> None:
    kept = rebuilt(photo(4000, 3000))
    small = preview(kept)
    assert opened(small).size == (SMALL_SIDE, SMALL_SIDE * 3 // 4)
    assert len(small) < 60_000


def test_what_is_blackened_is_other_pixels_and_everything_else_stays() -> None:
    ours = rebuilt(photo(999, 701, "#ffffff"))
    black = opened(blackened(ours, [Box(333, 0, 667, 500), Box(900, 900, 1000, 1000)])).convert("L")
    assert black.size == (999, 701)
    assert black.crop((332, 0, 667, 351)).getextrema()[1] < 20  # to the last pixel that it touches
    assert black.crop((899, 630, 999, 701)).getextrema()[1] < 20
    before = opened(ours).convert("L").crop((0, 400, 800, 600)).tobytes()
    after = black.crop((0, 400, 800, 600)).tobytes()
    assert max(abs(one - other) for one, other in zip(before, after, strict=True)) < 40
    assert not opened(blackened(ours, [])).getexif()


@pytest.mark.parametrize(
    "boxes",
    [[Box(-1, 0, 5, 5)], [Box(5, 5, 5, 9)], [Box(0, 0, 1001, 5)], [Box(0, 0, 1, 1)] * (MOST_BOXES + 1)],
)
def test_boxes_that_are_no_part_of_the_picture_are_refused(boxes: list[Box]) -> None:
    with pytest.raises(Invalid, match="photo_boxes"):
        blackened(rebuilt(photo(60, 40)), boxes)


@pytest.mark.parametrize("data", [b"", b"no picture", b"\xff\xd8\xff"])
def test_only_our_own_pictures_are_blackened(data: bytes) -> None:
    with pytest.raises(Invalid, match="photo_unusable"):
        blackened(data, [])
