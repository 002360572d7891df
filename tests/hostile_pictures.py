"""Pictures that somebody sends to do harm, and photos that say more than they show; the same for one seed."""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from functools import cache

from pictures import noise, photo
from PIL import Image, PngImagePlugin

SECRETS = (
    b"WHERE-I-LIVE",
    b"COMMENT-HERE",
    b"XMP-HERE",
    b"TRAILER-HERE",
    b"IPTC-HERE",
    b"THUMB-HERE",
    b"ICC-HERE",
)
_PARTS = ("exif", "comment", "xmp", "trailer", "iptc", "thumbnail", "icc")


def written(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, data: bytes = b"", *, bits: int = 8, colour: int = 2, interlaced: int = 0
) -> bytes:
    """With any header, whatever its pixels are."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + (chunk(b"IDAT", data) + chunk(b"IEND", b"") if data else b"")
    )


@cache
def _bombs() -> dict[str, bytes]:
    flat = zlib.compressobj(9)
    packed = b"".join([flat.compress(b"\0" * (1 << 20)) for _ in range(300)] + [flat.flush()])
    frames = [Image.new("RGB", (64, 64), (n % 256, n // 256, 0)) for n in range(1500)]
    scans = written(Image.new("RGB", (2000, 2000)), "JPEG", progressive=True)
    sos = scans.index(b"\xff\xda")
    return {
        "13,000 squared": png(13_000, 13_000, packed[: 1 << 18]),
        "40 million pixels": png(6300, 6300, packed),
        "16 bits": png(6000, 6000, packed, bits=16, colour=6),
        "interlaced": png(6000, 6000, packed, interlaced=1),
        "beyond every number": png(2**31 - 1, 2**31 - 1, b"x"),
        "long and thin": png(40_000_000, 1, packed),
        "ten thousand frames": written(frames[0], "WEBP", save_all=True, append_images=frames[1:], method=0),
        "an animated PNG": written(frames[0], "PNG", save_all=True, append_images=frames[1:300]),
        "endless scans": scans[:-2] + scans[sos:-2] * 400 + b"\xff\xd9",
        "endless comments": photo(64, 64)[:2] + b"\xff\xfe\xff\xff" + b"x" * 65533 + photo(64, 64)[2:],
        "a text that is a bomb": png(8, 8)[:33] + chunk(b"zTXt", b"a\0\0" + packed) + png(8, 8, b"x")[33:],
        "a profile that is a bomb": png(8, 8)[:33] + chunk(b"iCCP", b"a\0\0" + packed) + png(8, 8, b"x")[33:],
        "exif that points at itself": _exif(
            b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\3\0\0\0\1\0\6\0\0" * 99
        ),
        "exif in circles": _exif(b"Exif\0\0II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0"),
        "a TIFF in circles": b"II*\0\x08\0\0\0\1\0\0\1\3\0\1\0\0\0\1\0\0\0\x08\0\0\0",
    }


def _exif(body: bytes) -> bytes:
    plain = photo(64, 64)
    return plain[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + plain[2:]


_OTHERS = {
    "nothing": b"",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><image href='http://evil.example/'/></svg>",
    "svg as xml": b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(r) file\n",
    "a page": b"<!doctype html><script>alert(1)</script>",
    "a program": b"\x7fELF\x02\x01\x01" + b"\0" * 200,
    "a PDF": b"%PDF-1.4\n1 0 obj<</JS(app.alert(1))>>endobj\n%%EOF",
    "an archive": b"PK\x03\x04" + b"\0" * 100,
    "HEIC": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100,
    "ICO": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + b"\0" * 100,
    "PSD": b"8BPS\0\1" + b"\0" * 100,
    "FLI": b"\x0c\0\0\0\x11\xaf" + b"\xff" * 122,
    "PCX": b"\x0a\5\1\x08" + b"\xff" * 124,
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 60,
    "ImageMagick": b"push graphic-context\nimage over 0,0 0,0 'https://evil.example/'\npop graphic-context",
}  # fmt: skip


def hostile(count: int, seed: int = 7) -> Iterator[tuple[str, bytes]]:
    """Bombs, what is no picture, two things at once; photos that were cut, bent and stretched anywhere."""
    chance = random.Random(seed)
    yield from (*_bombs().items(), *_OTHERS.items())
    for form in ("GIF", "TIFF", "BMP", "PPM", "TGA", "ICO", "PCX", "SGI", "EPS", "PDF"):
        yield form, written(Image.new("RGB", (16, 16)), form)
    whole = [photo(300, 200), written(Image.open(io.BytesIO(photo(300, 200))), "PNG"),
             written(Image.open(io.BytesIO(photo(300, 200))), "WEBP"),
             photo(200, 100, progressive=True)]  # fmt: skip
    for first, second in ((a, b) for a in _OTHERS.values() for b in whole):
        yield (
            "two at once",
            chance.choice((first + second, second + first, second[:100] + first + second[100:])),
        )
    for _ in range(count - 100):
        data = bytearray(chance.choice(whole))
        way = chance.choice(("cut", "bits", "bytes", "stretched", "sizes", "swapped"))
        at = chance.randrange(len(data))
        if way == "cut":
            del data[at:]
        elif way == "bits":
            for _bit in range(chance.randint(1, 40)):
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        elif way == "bytes":
            data[at : at + 40] = chance.randbytes(40)
        elif way == "stretched":
            data[at:at] = noise(chance.choice((10, 5_000, 300_000)), seed=at)
        elif way == "sizes":
            at = chance.randrange(min(200, len(data) - 4))
            data[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\0\0\0\0"))
        else:
            other = chance.choice(whole)
            data[at:] = other[at:]
        yield way, bytes(data)


def talkative(count: int, seed: int = 7) -> Iterator[tuple[int, bytes]]:
    """Photos of every orientation (1 to 8) with place, camera, words, a small picture, a tail."""
    chance = random.Random(seed)
    for number in range(count):
        turn = number % 8 + 1
        parts = {part for part in _PARTS if chance.random() < 0.7} | {"exif"}
        image = Image.new("RGB", (400, 200), "red")
        image.paste("blue", (200, 0, 400, 200))
        yield turn, chance.choice((_jpeg, _jpeg, _png, _webp))(image, turn, parts)


def _facts(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E], exif[0x0110], exif[0x9286] = turn, "WHERE-I-LIVE", "Phone 9", b"WHERE-I-LIVE"
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (46.0, 38.0, 12.0), "E", (126.0, 59.0, 3.0)
    return exif


def _jpeg(image: Image.Image, turn: int, parts: set[str]) -> bytes:
    more: dict[str, object] = {"exif": _facts(turn)}
    if "comment" in parts:
        more["comment"] = b"COMMENT-HERE"
    if "xmp" in parts:
        more["xmp"] = b"<x:xmpmeta>XMP-HERE</x:xmpmeta>"
    if "icc" in parts:
        more["icc_profile"] = b"ICC-HERE" * 20
    made = written(image, "JPEG", **more)
    if "iptc" in parts:
        body = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x10\x1c\x02\x78\0\x09IPTC-HERE"
        made = made[:2] + b"\xff\xed" + struct.pack(">H", len(body) + 2) + body + made[2:]
    if "thumbnail" in parts:
        body = b"JFXX\0\x10" + photo(40, 20, comment=b"THUMB-HERE")
        made = made[:2] + b"\xff\xe0" + struct.pack(">H", len(body) + 2) + body + made[2:]
    return made + (b"TRAILER-HERE 46.6366,126.9842" if "trailer" in parts else b"")


def _png(image: Image.Image, turn: int, parts: set[str]) -> bytes:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "COMMENT-HERE")
    words.add_itxt("XML:com.adobe.xmp", "XMP-HERE")
    made = written(image, "PNG", exif=_facts(turn), pnginfo=words)
    return made + (b"TRAILER-HERE" if "trailer" in parts else b"")


def _webp(image: Image.Image, turn: int, parts: set[str]) -> bytes:
    return written(
        image, "WEBP", exif=_facts(turn), xmp=b"XMP-HERE", icc_profile=b"ICC-HERE" * 20, quality=95
    )


def stands_upright(turn: int, kept: bytes) -> bool:
    """Of a talkative photo as it was kept: red is where the photographer saw it."""
    image = Image.open(io.BytesIO(kept), formats=["JPEG"])
    red_first = image.getpixel((5, 5))[0] > 150
    size = (400, 200) if turn < 5 else (200, 400)
    return image.size == size and red_first == (turn in (1, 4, 5, 6))


def tells(kept: bytes) -> list[str]:
    """What of the photographer's life is still in it."""
    image = Image.open(io.BytesIO(kept), formats=["JPEG"])
    left = [secret.decode() for secret in SECRETS if secret in kept]
    left += [name for name in image.info if name not in ("jfif", "jfif_version", "jfif_unit", "jfif_density")]
    return left + (["exif"] if image.getexif() else [])
