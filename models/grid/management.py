"""Who manages a building, with dates (row 38): 社区领办, 专业引进 … The codes are labels/management.toml."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from sqlalchemy import Select, func, select, update

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.duty.overseeing import speaks_for
from models.grid.tables import Management, ManagementTarget
from models.history import record
from models.place.tables import Building, Community, Estate

UNSAID = "unsaid"  # of a building about which nobody has said anything
RULES = "rules/management.toml"


class Count(NamedTuple):
    """Buildings by model, the model codes in the order of their labels, then UNSAID; they add up to
    `register`, the buildings in use."""

    models: dict[str, int]
    register: int

    def rate(self, rate: str) -> "Rate":
        """`rate` is a name of templates/rules/management.toml."""
        counted = table(RULES)["rates"][rate]["models"]
        return Rate(sum(self.models[code] for code in counted), self.register)


class Rate(NamedTuple):
    """`over` of `under` buildings; `under` may be 0."""

    over: int
    under: int

    @property
    def permille(self) -> int | None:
        return None if not self.under else (2000 * self.over + self.under) // (2 * self.under)


class Month(NamedTuple):
    """The share at the end of a month (of today for the running one); None while nobody had said anything of
    any building."""

    month: date
    rate: Rate | None


def follow(on: date, before: Mapping[int, str | None]) -> int:
    """After estates were written: a building follows its estate where that changed, and a new building begins
    as its estate. `before`: estate → its model until now. A building with a word of its own keeps it. Gives
    the number of buildings that changed."""
    latest = current()
    rows = session().execute(
        select(Building.id, Building.estate_id, Estate.management)
        .join(Estate, Estate.id == Building.estate_id)
        .where(Estate.management.is_not(None))
    )
    wanted = {
        row.id: row.management
        for row in rows
        if row.id not in latest
        or (latest[row.id] == before.get(row.estate_id) and latest[row.id] != row.management)
    }
    return _write(wanted, on, None)


def of_estates() -> dict[int, str | None]:
    """Estate → what stands there of all of it."""
    return {row.id: row.management for row in session().execute(select(Estate.id, Estate.management))}


def say(buildings: Mapping[int, str], since: date, by: int | None) -> int:
    """Building → its model from a day on; a word of the same day is put right. Gives how many changed."""
    known = table("labels/management.toml")
    for code in buildings.values():
        if code not in known:
            raise Invalid("no_such_management", value=code)
    if since > local(now()).date():
        raise Invalid("management_to_come")
    theirs = select(Building.estate_id).where(Building.id.in_(buildings))
    _hold(select(Estate.id).where(Estate.id.in_(theirs)).order_by(Estate.id))
    there = on(since, buildings)
    changed = {building: code for building, code in buildings.items() if there.get(building) != code}
    several = _write(changed, since, by)
    if by is not None:  # what the workbook says of an estate stands there already
        _tell_estates(changed)
    return several


def _hold(rows: Select[int]) -> None:
    """Two who say something of the same place follow one another."""
    session().execute(rows.with_for_update()).all()


def _tell_estates(buildings: Collection[int]) -> None:
    """An estate all of whose buildings are managed alike is managed so."""
    mine = select(Building.estate_id).where(Building.id.in_(buildings))
    houses = select(Building.id, Building.estate_id).where(Building.estate_id.in_(mine), Building.active)
    now_managed = current()
    models: dict[int, set[str | None]] = {}
    for row in session().execute(houses):
        models.setdefault(row.estate_id, set()).add(now_managed.get(row.id))
    for estate, several in models.items():
        (model, *others) = several
        if not others and model is not None:
            session().execute(update(Estate).where(Estate.id == estate).values(management=model))


def _write(wanted: Mapping[int, str], since: date, by: int | None) -> int:
    if not wanted:
        return 0
    at = now()
    same_day = set(
        session().scalars(
            select(Management.building_id).where(
                Management.since == since, Management.building_id.in_(wanted)
            )
        )
    )
    rows = [
        {"building_id": building, "model": code, "since": since, "by_id": by, "at": at}
        for building, code in wanted.items()
    ]
    for row in rows:
        if row["building_id"] in same_day:
            changed = (
                update(Management)
                .where(Management.building_id == row["building_id"], Management.since == since)
                .values(model=row["model"], by_id=by, at=at)
            )
            session().execute(changed, execution_options={"synchronize_session": False})
    new = [row for row in rows if row["building_id"] not in same_day]
    if new:
        session().connection().execute(Management.__table__.insert(), new)  # type: ignore[attr-defined]
    return len(rows)


def current() -> dict[int, str]:
    """Building → its model today."""
    return on(local(now()).date())


def on(day: date, buildings: Collection[int] | None = None) -> dict[int, str]:
    """Building → its model on a day; without those of which nothing was said by then."""
    last = select(Management.building_id, func.max(Management.since).label("since")).where(
        Management.since <= day
    )
    if buildings is not None:
        last = last.where(Management.building_id.in_(buildings))
    latest = last.group_by(Management.building_id).subquery()
    query = select(Management.building_id, Management.model).join(
        latest,
        (latest.c.building_id == Management.building_id) & (latest.c.since == Management.since),
    )
    return {row.building_id: row.model for row in session().execute(query)}


def history(building_id: int) -> Sequence[Management]:
    """Oldest first."""
    query = select(Management).where(Management.building_id == building_id)
    return session().scalars(query.order_by(Management.since)).all()


def register(community_id: int | None) -> list[int]:
    """The buildings in use: what every rate here is of."""
    query = select(Building.id).join(Estate, Estate.id == Building.estate_id)
    query = query.where(Building.active, Estate.active)
    if community_id is not None:
        query = query.where(Estate.community_id == community_id)
    return list(session().scalars(query))


def count(community_id: int | None, day: date) -> Count:
    return _counted(register(community_id), on(day))


def _counted(buildings: Sequence[int], models: Mapping[int, str]) -> Count:
    found = dict.fromkeys([*table("labels/management.toml"), UNSAID], 0)
    for building in buildings:
        found[models.get(building, UNSAID)] += 1
    return Count(found, len(buildings))


def trend(community_id: int | None, rate: str, until: date, months: int = 12) -> list[Month]:
    """The last so many months, the running one too. All of them are of today's register, which is said
    beside the drawing: how many buildings there were is not kept by month."""
    buildings = register(community_id)
    wanted = set(buildings)
    words = session().execute(
        select(Management.building_id, Management.model, Management.since).order_by(Management.since)
    )
    said = [row for row in words if row.building_id in wanted]
    models: dict[int, str] = {}
    found: list[Month] = []
    place = 0
    for back in range(months - 1, -1, -1):
        month = month_on(month_of(until), -back)
        end = min(until, month_on(month, 1) - timedelta(days=1))
        while place < len(said) and said[place].since <= end:
            models[said[place].building_id] = said[place].model
            place += 1
        found.append(Month(month, _counted(buildings, models).rate(rate) if models else None))
    return found


def aim(community_id: int | None, share: Fraction, by_date: date, by: By) -> None:
    """The share (0 to 1, whole hundredths of a percent) that shall be reached by a day; the same day again
    puts it right. Raises NotAllowed, Invalid."""
    if not speaks_for(by.id, community_id):
        raise NotAllowed("grid_not_yours")
    parts = share * 10_000
    if not 0 <= share <= 1 or parts.denominator != 1:
        raise Invalid("share_wrong")
    places = select(Community.id).order_by(Community.id)
    _hold(places if community_id is None else places.where(Community.id == community_id))
    same = session().scalars(
        select(ManagementTarget).where(
            ManagementTarget.community_id.is_(None)
            if community_id is None
            else ManagementTarget.community_id == community_id,
            ManagementTarget.by_date == by_date,
        )
    )
    row = same.first() or ManagementTarget(community_id=community_id, by_date=by_date)
    row.per_10000, row.by_id, row.at = int(parts), by.id, now()
    session().add(row)
    session().flush()
    record(
        ("management_target", row.id),
        "aimed",
        by=by,
        at=row.at,
        per_10000=row.per_10000,
        on=by_date.isoformat(),
    )


def target(community_id: int | None, day: date) -> ManagementTarget | None:
    """The next one to come, else the last; the community's own before the town's."""
    query = select(ManagementTarget).order_by(ManagementTarget.by_date)
    rows = session().scalars(query).all()
    own = [row for row in rows if row.community_id == community_id]
    found = own or [row for row in rows if row.community_id is None]
    return next((row for row in found if row.by_date >= day), found[-1] if found else None)
