"""What came with a form: from our own page, in its usual shape, photos made safe before anything else."""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request

from handlers.pages.front import Front
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.media import keeping, photos
from models.media.photos import MOST_BYTES, rebuilt
from models.place.gazetteer import town
from models.place.spot import Spot

MOST_PHOTOS = 6
SHAPES = ("multipart/form-data", "application/x-www-form-urlencoded")
TEXT = 2000
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?", re.ASCII)


class Strange(NotAllowed):
    """A form that did not come from a page of ours (A6)."""

    status = 403


def from_our_own_page() -> None:
    """Raises Strange for a request that another site made a browser send."""
    if not from_same_site():
        raise Strange("strange_form")
    if request.mimetype not in SHAPES:
        raise Strange("strange_form")


def from_same_site() -> bool:
    """Whether what browsers say of where a request began lets it be one of ours."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc == request.host


def words(name: str, limit: int = TEXT) -> str:
    """A text field without what no keyboard writes: control characters other than line ends."""
    said = request.form.get(name, "")[: limit * 2]
    return "".join(c for c in said if c == "\n" or c.isprintable()).strip()[:limit]


def plain_sum(written: str) -> str:
    """Narrow digits, without blanks and without commas between thousands. Any other comma stays, and what it
    stands in is refused: 45,5 is not 455."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", written))
    return plain.replace(",", "") if _THOUSANDS.fullmatch(plain) else plain


def bare_number(written: str) -> str:
    """Without the blanks and dashes that people put into a number."""
    return re.sub(r"[\s-]", "", written)


def typed() -> dict[str, str]:
    """All text fields as they came, to be shown again when something was missing."""
    return {name: value[:TEXT] for name, value in request.form.items() if name != "once"}


@contextmanager
def uploaded(front: Front) -> Iterator[list[str]]:
    """The photos of this request, rebuilt and kept as files; removed again when what follows fails.

    Raises Invalid: photo_too_big, photo_unusable, too_many_photos; NoRoom. No transaction is open meanwhile.
    """
    files: list[str] = []
    try:
        for data in _photos():
            files.append(front.files.keep(rebuilt(data), photos.CONTENT_TYPE))
        yield files
    except BaseException:
        front.files.drop(files)
        raise


def _photos() -> Iterator[bytes]:
    sent = [one for one in request.files.getlist("photos") if one.filename]
    if len(sent) > MOST_PHOTOS:
        raise Invalid("too_many_photos")
    for one in sent:
        data = one.stream.read(MOST_BYTES + 1)
        if data:
            yield data


def keep_photos(files: list[str], case_id: int, purpose: str, by: int | None) -> None:
    for file in files:
        keeping.keep(
            ("case", case_id),
            purpose=purpose,
            kind="image",
            file=file,
            content_type=photos.CONTENT_TYPE,
            by=by,
        )


@dataclass(frozen=True, slots=True)
class PlaceSaid:
    """Estate, building, unit and room as a form gave them."""

    estate: str = ""
    building: str = ""
    unit: str = ""
    room: str = ""

    def spot(self, how: str) -> Spot:
        """Raises Invalid when there is no such estate or building."""
        places = town()
        estate_id = int(self.estate) if self.estate.isdecimal() and len(self.estate) < 12 else 0
        spot = places.spot_of_estate(estate_id, how=how)
        if spot is None:
            raise Invalid("place_missing")
        if not self.building:
            return spot
        building = places.building(estate_id, self.building)
        found = (
            places.spot_of_building(building.id, self.unit, self.room, how=how)
            if building is not None
            else None
        )
        if found is None:
            raise Invalid("no_such_building")
        return found


def place_said() -> PlaceSaid:
    """As typed, without the 号楼, 单元 and 室 that people write behind a number."""
    endings = table("labels/workbook.toml")["suffixes"]
    parts = {name: words(name, 20) for name in ("estate", "building", "unit", "room")}
    for name, several in endings.items():
        for ending in several:
            parts[name] = parts[name].removesuffix(ending)
    return PlaceSaid(**parts)
