"""A small town with real rows, and situations reached by real verbs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from cast import Cast, Someone, a_cast
from same_again import same_again
from sqlalchemy import insert, select

from models.base import privacy
from models.base.actor import By
from models.base.clock import now
from models.base.orm import Base, put, session
from models.case import reach, reporting
from models.case.case import Case
from models.case.lifecycle import State
from models.duty.tables import Department, Keeper, RungHolder
from models.media.keeping import want
from models.outbox.address import Address
from models.outbox.letter import Letter
from models.person.arriving import move_in
from models.person.tables import Person, Staff
from models.place.gazetteer import town
from models.place.spot import NOWHERE, Spot
from models.place.tables import Building, BuildingGroup, Community, DoorCode, Estate, Grid, Unit
from models.place.version import raise_version
from server.database import Database

LIGHT = "3号楼2单元灯不亮!"


@contextmanager
def unit_of_work(database: Database) -> Iterator[None]:
    """One transaction of a test's own, as `Database.write` opens one for a work."""
    from server.database import _transaction

    with _transaction(database._write_engine):
        yield


def a_town() -> Cast:
    """Inserts places, people and duties, and says who is who."""
    cast = a_cast()
    for one, key in zip(vars(cast).values(), same_again(_settled), strict=True):
        one.id = key
    raise_version()
    return cast


def _settled() -> tuple[int, ...]:
    """Gives the ids of the cast, in its order."""
    cast = a_cast()
    yuying, jianshe = put_all(
        Community,
        [{"name": "育英社区", "street": "东兴街道", "district": "北林区"},
         {"name": "建设社区", "street": "东兴街道", "district": "北林区"}],
    )  # fmt: skip
    estate, other = put_all(
        Estate,
        [{"name": "育英小区", "aliases": ["育英"], "community_id": yuying, "longitude": 126.99,
          "latitude": 46.63, "active": True},
         {"name": "建设小区", "aliases": ["建设"], "community_id": jianshe, "longitude": 127.05,
          "latitude": 46.66, "active": True}],
    )  # fmt: skip
    grid = put(Grid, name="育英一网格", community_id=yuying, kind=None)
    third, first = _buildings(estate, other, grid)
    home = {cast.qian: jianshe, cast.wu: jianshe}
    home |= dict.fromkeys((cast.li, cast.ma, cast.sun, cast.zhao), yuying)
    _people([one for one in vars(cast).values() if one is not cast.stranger], home)
    keepers = ((cast.li, third), (cast.ma, third), (cast.wu, first))
    put_all(Keeper, [{"building_id": b, "person_id": keeper.id, "since": now()} for keeper, b in keepers])
    put(RungHolder, grid_id=grid, rung=0, person_id=cast.sun.id, since=now())
    put(Department, name="城管局", categories=["lighting", "road"], contact_id=cast.zhou.id, active=True)
    put(BuildingGroup, name="育英3号楼群", estate_id=estate, building_id=third, active=True)
    put(DoorCode, code="door-3-2", building_id=third, unit_name="2", issued_at=now(), scans=0)
    move_in(cast.wang.id, building_id=third, unit="2", room="501", proof="said")
    return tuple(one.id for one in vars(cast).values())


def put_all(model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Inserts them and gives their ids in order; on PostgreSQL at once, because each way there counts."""
    connection = session().connection()
    if connection.dialect.name == "sqlite":
        return [put(model, **row) for row in rows]
    key = model.__table__.c.id
    made = insert(model.__table__).returning(key, sort_by_parameter_order=True)
    return list(connection.execute(made, rows).scalars())


def _buildings(estate: int, other: int, grid: int) -> tuple[int, int]:
    """Gives those with a keeper. Of the others, the grid worker answers for 5; 7 has no grid either."""
    there = [(estate, grid, "3", 3), (estate, grid, "5", 2), (estate, None, "7", 1), (other, None, "1", 2)]
    keys = put_all(
        Building,
        [{"estate_id": of, "grid_id": by, "name": name, "unit_count": units, "active": True}
         for of, by, name, units in there],
    )  # fmt: skip
    put_all(
        Unit,
        [{"building_id": key, "name": str(unit)}
         for key, (*_, units) in zip(keys, there, strict=True) for unit in range(1, units + 1)],
    )  # fmt: skip
    return keys[0], keys[-1]


def _people(people: list[Someone], home: dict[Someone, int]) -> None:
    rows = []
    for one in people:
        public = f"p-{one.official or one.work}"
        sealed = privacy.seal(one.phone, f"people.phone/{public}") if one.phone else None
        rows.append({"public_id": public, "phone_sealed": sealed, "is_rider": False, "created_at": now()})
    for one, key in zip(people, put_all(Person, rows), strict=True):
        one.id = key
    put_all(
        Address,
        [{"owner_kind": "person", "owner_id": one.id, "channel": channel, "value": value}
         for one in people for channel, value in (("official", one.official), ("work", one.work)) if value],
    )  # fmt: skip
    put_all(
        Staff,
        [{"number": one.number, "person_id": one.id, "name": one.name, "roles": list(one.roles),
          "employer": None, "community_id": home.get(one), "active": True} for one in people if one.number],
    )  # fmt: skip


def spot(estate: str = "育英小区", building: str | None = "3", unit: str | None = "2") -> Spot:
    return town().locate(Spot(estate=estate, building=building, unit=unit, how="said")).spot


def a_case(
    *,
    reporter: Someone | None = None,
    text: str = LIGHT,
    category: str | None = "lighting",
    urgency: str = "normal",
    at: Spot | None = None,
    entered_by: Someone | None = None,
    when: datetime | None = None,
    accepted_by: Someone | None = None,
    finished_by: Someone | None = None,
    nodded_by: Someone | None = None,
) -> Case:
    """A case that has come as far as the last verb named."""
    case_id, _ = reporting.report(
        text=text,
        category=category,
        urgency=urgency,
        spot=spot() if at is None else at,
        source="phone" if entered_by else "chat",
        by=By.staff(entered_by.id) if entered_by else By.person(reporter.id if reporter else 0),
        reporter=reporter.id if reporter else None,
        at=when,
    )
    case = reach.hold(case_id)
    taker = accepted_by or finished_by
    if taker is not None:
        case.accept(taker.id)
    if finished_by is not None:
        finish(case, finished_by)
    if nodded_by is not None:
        case.nod(By.person(nodded_by.id))
    return case


def a_collected_case(reporter: Someone, text: str = "灯不亮了") -> Case:
    case_id = reporting.collect(
        text=text, category="lighting", urgency="normal", spot=NOWHERE, source="chat",
        reporter=reporter.id, wait_minutes=30,
    )  # fmt: skip
    return reach.hold(case_id)


def finish(case: Case, taker: Someone, text: str = "换了灯泡") -> None:
    """With a photo of this round."""
    a_photo(case, taker)
    case.finish(taker.id, text)


def a_photo(case: Case, taker: Someone) -> None:
    want(case.about, purpose="finish", kind="image", channel="work", media_id="m-1", by=taker.id)


def told(someone: Someone, *, state: str | None = None) -> list[str]:
    """The kinds of letters written to somebody, in order, changes of cards apart."""
    return [letter.kind for letter in letters_to(someone, state=state) if letter.kind != "card_update"]


def letters_to(someone: Someone, kind: str | None = None, *, state: str | None = None) -> list[Letter]:
    query = select(Letter).where(Letter.to_kind == "person", Letter.to_id == someone.id).order_by(Letter.id)
    found = session().scalars(query)
    return [one for one in found if kind in (None, one.kind) and state in (None, one.state)]


def group_letters() -> list[Letter]:
    return list(session().scalars(select(Letter).where(Letter.to_kind == "group").order_by(Letter.id)))


def steps(case: Case) -> list[str]:
    from models.history import steps_about

    session().flush()
    return [step.what for step in steps_about("case", case.id)]


def everything(case: Case) -> tuple[Any, ...]:
    """All that a refused verb may not change."""
    session().flush()
    letters = session().execute(select(Letter.id, Letter.state).order_by(Letter.id)).all()
    row = {column.key: getattr(case, column.key) for column in Case.__table__.columns}
    return (row, steps(case), [tuple(one) for one in letters])


def state_of(case: Case) -> State:
    return State(case.state)


Work = Callable[[], Any]
