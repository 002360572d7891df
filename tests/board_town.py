"""A community with a thousand cases, in which every secret is planted that a board must never show."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random

from cast import Cast
from factories import a_case, a_town, spot
from pictures import photo
from sqlalchemy import insert, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.board import photos
from models.case.case import Case
from models.media import keeping
from models.media.files import Files
from models.media.item import Item
from models.place.tables import Building, Community, Estate, Household

#: Names, telephones, homes, sums and words that stand in reports, finishes and places said by people.
SECRETS = (
    "金秘密", "慕容不可见", "13987650001", "139 8765 0002", "4单元902", "902室", "2317.45", "欠费三年",
    "酗酒", "低保户", "230103195001011234", "黑A8X7Y6", "精神病", "打老婆",
)  # fmt: skip
CATEGORIES = (
    "lighting", "drainage", "water", "heating", "door", "road", "garbage", "clutter", "snow_ice", "dispute",
    "noise", "fees", "help", "security", None,
)  # fmt: skip


@dataclass
class Lobby:
    """`shown` and `hidden`: public ids of photos that may and may not be seen."""

    cast: Cast
    community: int
    shown: list[str]
    hidden: list[str]


def secret_text(chance: Random) -> str:
    return "，".join(chance.sample(SECRETS, 4))


def planted_cases(count: int) -> Cast:
    """Of every category and state, this year, each with planted words in all of its free columns."""
    cast, chance, at = a_town(), Random(7), now()
    places = [spot(building=one) for one in ("3", "5", "7")] + [spot(building=None)]
    rows = []
    for number in range(count):
        where = chance.choice(places)
        reported = at - timedelta(hours=chance.randrange(2, 24 * 60))
        state = chance.choice(("filed", "dispatched", "handling", "finished", "closed", "closed", "rated"))
        is_over = state in ("closed", "rated")
        done = reported + timedelta(minutes=chance.randrange(10, 4000))
        rows.append(
            {
                "public_id": f"planted-{number}",
                "text": secret_text(chance),
                "category": chance.choice(CATEGORIES),
                "source": "chat",
                "community_id": where.community_id,
                "estate_id": where.estate_id,
                "building_id": where.building_id,
                "estate_name": f"育英小区{chance.choice(SECRETS)}",
                "building_name": chance.choice(SECRETS),
                "unit_name": chance.choice(SECRETS),
                "floor": chance.choice(SECRETS),
                "room": chance.choice(SECRETS),
                "reporter_id": cast.wang.id,
                "taker_id": cast.li.id,
                "state": state,
                "finish_text": secret_text(chance),
                "no_photo_reason": secret_text(chance),
                "claim": "mended" if is_over else None,
                "close_kind": "nod" if is_over else None,
                "reported_at": reported,
                "finished_at": min(done, at) if is_over or state == "finished" else None,
                "closed_at": min(done + timedelta(hours=1), at) if is_over else None,
                "pause": chance.choice((None, None, "resident")) if state == "handling" else None,
            }
        )
    session().execute(insert(Case), rows)
    return cast


def a_lobby(files: Files, count: int) -> Lobby:
    """So many planted cases, some that came by real verbs, photos cleared and not, homes in 3号楼."""
    cast = planted_cases(count)
    community = session().scalars(select(Community.id).where(Community.name == "育英社区")).one()
    _homes()
    shown, hidden = [], []
    for number in range(2):
        case = a_case(reporter=cast.wang, text=f"{SECRETS[0]}说灯不亮{number}", accepted_by=cast.li)
        before = _photo(files, case, "report", cast.wang.id, "#4c5560")
        after = _photo(files, case, "finish", cast.li.id, "#c9b458")
        case.finish(cast.li.id, SECRETS[4])
        case.nod(By.person(cast.wang.id))
        session().flush()
        if number == 0:
            photos.clear(case, cast.zhao.id, before, shown=True)
            photos.clear(case, cast.zhao.id, after, shown=True)
            shown += [before, after]
        else:
            hidden += [before, after]
    waiting = a_case(reporter=cast.wang, category="road", text="坑", accepted_by=cast.li)
    waiting.propose(
        cast.li.id, "defer", (now() + timedelta(days=9)).date(), f"{SECRETS[0]}家门口，等天暖了再铺"
    )
    waiting.agree(cast.zhao.id)
    return Lobby(cast, community, shown, hidden)


def _photo(files: Files, case: Case, purpose: str, by: int, colour: str) -> str:
    key = keeping.keep(
        case.about, purpose=purpose, kind="image", content_type="image/jpeg",
        file=files.keep(photo(800, 600, colour), "image/jpeg"), by=by,
    )  # fmt: skip
    return session().get_one(Item, key).public_id


def _homes() -> None:
    """3号楼 has eight homes, 7号楼 two: so few that its name says whose it is."""
    for name, homes in (("3", 8), ("7", 2)):
        query = select(Building.id).join(Estate).where(Building.name == name, Estate.name == "育英小区")
        building = session().scalars(query).one()
        for number in range(homes):
            put(Household, building_id=building, unit_name="1", room=f"{101 + number}", active=True)
