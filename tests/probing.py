"""Other people's things, asked for in every spelling (A2): what the pages of some name, all others try.

What must not come: words that were planted in the cases of the community where somebody has nothing to do,
and the pictures of its cases, vouchers and contracts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import NamedTuple
from zipfile import ZipFile

from every_page import Walk, links
from pictures import photo
from rights_town import World, letter
from sqlalchemy import select, update

from models.base.links import opened, personal_path
from models.base.orm import session
from models.case.case import Case
from models.media.files import Files
from models.media.item import Item
from models.place.version import raise_version

OF = {1: "甲地暗语", 2: "乙地暗语"}  # by community
HERE, THERE = "KCVOTH", "ckvpwhoRU"  # whose things they are; who has nothing to do with the first community
_PART = re.compile(r"[^/?=&]+")


class Found(NamedTuple):
    probes: int
    foreign: list[str]  # who got what
    broken: list[str]
    statuses: Counter[int]


def plant(world: World) -> list[bytes]:
    """Marks what must not come: the words of each case, and one picture in the place of all of cases,
    vouchers and contracts. Titles of problems and told notices are for everybody."""
    picture = photo(colour="#a1b2c3")

    def work() -> None:
        for case in session().scalars(select(Case).where(Case.community_id.in_(OF))):
            case.text = f"{OF[case.community_id or 0]}{case.id}"
        mine = Item.about_kind.in_(("case", "outlay", "contract")), Item.kind == "image"
        file = Files(world.files).keep(picture, "image/jpeg")
        session().execute(update(Item).where(*mine).values(file=file))
        raise_version()

    world.database.write(work)
    return [picture]


def harvest(world: World, who: str, each: int = 2) -> list[str]:
    """Every address that this person's pages name."""
    if who in world.staff:
        walk, starts = Walk(world.app, who, world.staff[who]), ["/console", "/console/fees/homes/1"]
    else:
        walk, me = Walk(world.app, who), world.residents[who]
        kinds = ("case", "fees", "books", "pay", "notice")
        starts = [f"/p/{letter(kind, me, world.there)}" for kind in kinds]
    found = dict.fromkeys(starts)
    for seen in walk.pages(starts, each):
        found |= dict.fromkeys(links(seen))
        found |= dict.fromkeys(form.action for form in seen.forms)
    return [path for path in found if any(c.isdigit() for c in path) or "/p/" in path]


def spellings(path: str, random: Random) -> Iterator[str]:
    """The address itself, and others that are nearly the same."""
    yield path
    parts = [one for one in _PART.finditer(path) if any(c.isdigit() for c in one[0])]
    for one in parts:
        said, head, tail = one[0], path[: one.start()], path[one.end() :]
        number = int(said) if said.isdecimal() else None
        if number is not None:
            for other in (number + 1, number - 1, number + 10, -number, f"0{number}", f"{number}.0"):
                yield f"{head}{other}{tail}"
        for other in (
            f"{said},{said}",
            f"[{said}]",
            said.swapcase(),
            f"{said}%00",
            f"%20{said}",
            f"{said}/.",
        ):
            yield f"{head}{other}{tail}"
        yield f"{head}{said[:-1]}{random.choice('0123456789AZaz_-')}{tail}"
    mark = "&" if "?" in path else "?"
    yield f"{path}{mark}id=1&id=2&part=1&community=1&case=1"


def probe(world: World, most: int, seed: int, *, whose: str = HERE, each: int = 2) -> Found:
    """So many requests of people who have nothing to do with what others' pages name."""
    random, files = Random(seed), plant(world)
    named = {who: harvest(world, who, each) for who in whose}
    foreign, broken, statuses, count = [], [], Counter[int](), 0
    paths = sorted({path for several in named.values() for path in several})
    tries = [(who, path, spelled) for path in paths for spelled in spellings(path, random) for who in THERE]
    random.shuffle(tries)
    for who, _, spelled in tries[:most]:
        asked = _as_theirs(world, who, spelled)
        answer = world.ask(who, random.choice(("GET", "GET", "GET", "POST")), asked, f"p{count}")
        count += 1
        statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            broken.append(f"{who} {asked}")
        if carries(answer.data, OF[1]) or answer.data in files:
            foreign.append(f"{who} {asked}")
    return Found(count, foreign, broken, statuses)


def carries(data: bytes, words: str) -> bool:
    """Also inside a workbook."""
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as file:
            return any(words.encode() in file.read(name) for name in file.namelist())
    return words.encode() in data


def _as_theirs(world: World, who: str, path: str) -> str:
    """Whoever holds a letter's link is who it names, and nobody can make one: so they hold one of the same
    kind to themselves about the same thing. A token that is misspelt stays."""
    found = re.match(r"/p/([^/?]+)", path)
    link = opened(found[1]) if found is not None else None
    if found is None or link is None:
        return path
    me = world.staff.get(who) or world.residents[who]
    return f"/{personal_path(link.kind, me, link.key)}{path[found.end() :]}"
