"""A part of what `make chaos` sends through a whole service (scripts/chaos_rig/pictured.py)."""

import zlib

import pytest
from hostile_pictures import hostile, png, stands_upright, talkative, tells
from pictures import photo
from processor_time import of_photos

from models.base.refusals import Invalid
from models.media import pixels
from models.media.photos import rebuilt
from models.media.sandbox import is_bare

SLOW = {"40 million pixels", "interlaced"}  # half a second each


def test_whatever_is_sent_is_a_bare_photo_or_refused_and_nobody_waits() -> None:
    taken = refused = 0
    for name, data in hostile(160):
        if name in SLOW:
            continue
        began = of_photos()
        try:
            kept = rebuilt(data)
        except Invalid:
            refused += 1
        else:
            assert is_bare(kept), name
            taken += 1
        assert of_photos() - began < 2, name
    assert taken > 20
    assert refused > 60


def test_a_photo_that_comes_in_scans_is_taken_and_one_that_never_ends_is_not_looked_at() -> None:
    whole = photo(300, 200, progressive=True)
    first = whole.index(b"\xff\xda")
    assert pixels.rebuilt(whole)
    with pytest.raises(pixels.TooManyScans):
        pixels.rebuilt(whole[:-2] + whole[first:-2] * 20 + b"\xff\xd9")


def test_colours_of_sixteen_bits_are_taken_up_to_a_size() -> None:
    packed = zlib.compress(b"\0" * (100 * 801))
    assert pixels.rebuilt(png(100, 100, packed, bits=16, colour=6))
    with pytest.raises(pixels.TooBig):
        pixels.rebuilt(png(6000, 3000, packed, bits=16, colour=6))


def test_a_photo_says_nothing_of_the_photographer_and_stands_upright() -> None:
    for turn, data in talkative(40):
        kept = rebuilt(data)
        assert not tells(kept)
        assert stands_upright(turn, kept)
