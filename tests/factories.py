"""A small town with real rows, and situations reached by real verbs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from cast import Cast, Someone, a_cast
from sqlalchemy import select

from models.base import privacy
from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.case import reach, reporting
from models.case.case import Case
from models.case.lifecycle import State
from models.duty.tables import Department, Keeper, RungHolder
from models.media.keeping import want
from models.outbox.address import add_address
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
    yuying = put(Community, name="育英社区", street="东兴街道", district="北林区")
    jianshe = put(Community, name="建设社区", street="东兴街道", district="北林区")
    estate = _estate("育英小区", ["育英"], yuying, 126.99, 46.63)
    other = _estate("建设小区", ["建设"], jianshe, 127.05, 46.66)
    grid = put(Grid, name="育英一网格", community_id=yuying, kind=None)
    third = _building(estate, grid, "3", units=3)
    _building(estate, grid, "5", units=2)  # nobody's keeper: the grid worker answers
    _building(estate, None, "7", units=1)  # no keeper, no grid
    first = _building(other, None, "1", units=2)
    for one in vars(cast).values():
        _person(one, yuying if one in (cast.li, cast.ma, cast.sun, cast.zhao) else None)
    _community_of(cast.qian, jianshe)
    _community_of(cast.wu, jianshe)
    for keeper, building in ((cast.li, third), (cast.ma, third), (cast.wu, first)):
        put(Keeper, building_id=building, person_id=keeper.id, since=now())
    put(RungHolder, grid_id=grid, rung=0, person_id=cast.sun.id, since=now())
    put(Department, name="城管局", categories=["lighting", "road"], contact_id=cast.zhou.id, active=True)
    put(BuildingGroup, name="育英3号楼群", estate_id=estate, building_id=third, active=True)
    put(DoorCode, code="door-3-2", building_id=third, unit_name="2", issued_at=now(), scans=0)
    move_in(cast.wang.id, building_id=third, unit="2", room="501", proof="said")
    raise_version()
    return cast


def _estate(name: str, aliases: list[str], community: int, longitude: float, latitude: float) -> int:
    return put(
        Estate, name=name, aliases=aliases, community_id=community, longitude=longitude, latitude=latitude,
        active=True,
    )  # fmt: skip


def _building(estate: int, grid: int | None, name: str, units: int) -> int:
    key = put(Building, estate_id=estate, grid_id=grid, name=name, unit_count=units, active=True)
    for unit in range(1, units + 1):
        put(Unit, building_id=key, name=str(unit))
    return key


def _person(one: Someone, community: int | None) -> None:
    if one.name == "生人":
        return
    public = f"p-{one.official or one.work}"
    sealed = privacy.seal(one.phone, f"people.phone/{public}") if one.phone else None
    one.id = put(Person, public_id=public, phone_sealed=sealed, is_rider=False, created_at=now())
    if one.official:
        add_address("person", one.id, "official", one.official)
    if one.work:
        add_address("person", one.id, "work", one.work)
    if one.number:
        put(
            Staff, number=one.number, person_id=one.id, name=one.name, roles=list(one.roles),
            employer=None, community_id=community, active=True,
        )  # fmt: skip


def _community_of(one: Someone, community: int) -> None:
    staff = session().scalars(select(Staff).where(Staff.person_id == one.id)).one()
    staff.community_id = community
    session().flush()


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
