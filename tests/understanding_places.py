"""Places in many ways to write them, in invented towns, for tests."""

from functools import cache

from understanding_data import PLACE_FIELDS, rows

from models.understanding import Gazetteer

PARTS = ("1", "2", "3", "4", "5")


@cache
def town(name: str) -> Gazetteer:
    return Gazetteer.of(
        (estate, aliases.split("|")) for place, estate, aliases in rows("towns.tsv") if place == name
    )


def labelled(part: str) -> list[tuple[str, str, dict[str, str | None]]]:
    """Town, text and the five fields of every message of a part."""
    return [
        (place, text, dict(zip(PLACE_FIELDS, (None if one == "-" else one for one in fields), strict=True)))
        for in_part, place, text, *fields in rows("places.tsv")
        if in_part == part
    ]
