"""Photos are rebuilt from their pixels: what is kept is our own JPEG, and nothing that came hidden in theirs.

Place, camera, thumbnails and comments are gone (I8), and so is whatever a file pretended to be (I7). The
bytes are decoded in a process that can do nothing else (sandbox.py); no decoder is loaded here.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from models.base.refusals import Invalid
from models.media.sandbox import Sandbox

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_BOXES: Final = 40
CONTENT_TYPE: Final = "image/jpeg"

_sandbox = Sandbox()


def rebuilt(data: bytes) -> bytes:
    """The photo as a JPEG of at most 1600 pixels a side, upright, without metadata.

    Raises Invalid: photo_too_big (bytes or pixels), photo_unusable (no photo, another format, broken);
    Unavailable.
    """
    if len(data) > MOST_BYTES:
        raise Invalid("photo_too_big")
    return _sandbox.ask("rebuilt", data)


def preview(data: bytes) -> bytes:
    """A small copy of one of our own JPEGs, for a page that must stand there within a second."""
    return _sandbox.ask("preview", data)


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
    return _sandbox.ask("blackened", data, boxes=boxes)


def _is_part(box: Box) -> bool:
    return 0 <= box.left < box.right <= 1000 and 0 <= box.top < box.bottom <= 1000
