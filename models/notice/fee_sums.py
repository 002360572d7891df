"""What a group hears of a notice about fees: its own building's sum, or its estate's, where that tells of
nobody (fee_counts.py)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import exists, insert, or_, select

from models.base.orm import session
from models.base.refusals import Invalid
from models.notice.audience import Audience, Reach, reach_of
from models.notice.fee_counts import Count, tells_nobody
from models.notice.fees import FeeLine, FeeSum
from models.notice.tables import Notice, State
from models.outbox.letter import Letter
from models.outbox.letter import State as Fate
from models.place.gazetteer import town
from models.place.tables import BuildingGroup, Estate, Household

_HEARD_WITH_THE_NEWS = "in_digest"


def sums_for(notice: Notice, reach: Reach, groups: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    """Group → the facts of its letter, decided once for each building: a number that was said stands."""
    rows = session().scalars(select(BuildingGroup).where(BuildingGroup.id.in_(groups))).all()
    estates = sorted({one.estate_id for one in rows})
    # because of two notices about one estate that are told at the same time, the second must see the first
    session().execute(select(Estate.id).where(Estate.id.in_(estates)).order_by(Estate.id).with_for_update())
    heard_of = {one.id: _heard_by(one) for one in rows}
    wanted = set().union(*heard_of.values())
    said = _said(notice.id, wanted)
    new = {
        building: (len(count.paid), count.homes)
        for building, count in sayable(notice.id, (wanted & reach.buildings) - said.keys()).items()
    }
    if new:
        lines = [{"building_id": one, "paid": paid, "homes": homes} for one, (paid, homes) in new.items()]
        session().connection().execute(insert(FeeSum), [{"notice_id": notice.id, **one} for one in lines])
    said |= new
    return {one.id: facts_of(one, {key: said[key] for key in heard_of[one.id] & said.keys()}) for one in rows}


def sum_said(notice_id: int, group_id: int) -> dict[str, Any]:
    """What this group was told, for the page behind its address."""
    group = session().get_one(BuildingGroup, group_id)
    return facts_of(group, _said(notice_id, _heard_by(group)))


def example(notice: Notice, reach: Reach) -> dict[str, Any]:
    """As `sums_for` for one of its groups, one with a number if there is any; nothing is decided by it."""
    groups = session().scalars(select(BuildingGroup).where(BuildingGroup.id.in_(reach.groups()))).all()
    sums = {one: (len(count.paid), count.homes) for one, count in sayable(notice.id, reach.buildings).items()}
    made = [facts_of(one, {key: sums[key] for key in _heard_by(one) & sums.keys()}) for one in groups]
    return next((one for one in made if one["homes"]), made[0] if made else {})


def facts_of(group: BuildingGroup, sums: Mapping[int, tuple[int, int]]) -> dict[str, Any]:
    """`paid` and `homes` are None where nothing may be said; `buildings` is None for a building's own
    group."""
    spot = (
        town().spot_of_estate(group.estate_id)
        if group.building_id is None
        else town().spot_of_building(group.building_id)
    )
    heard = sums.values() if group.building_id is None else [sums.get(group.building_id)]
    said = [one for one in heard if one is not None]
    return {
        "estate": (spot.estate if spot is not None else None) or "",
        "building": spot.building if spot is not None else None,
        "buildings": len(said) if group.building_id is None else None,
        "paid": sum(paid for paid, _ in said) if said else None,
        "homes": sum(homes for _, homes in said) if said else None,
    }


def said_aloud(notice: Notice, buildings: Collection[int]) -> set[int]:
    """Of which of the buildings a number was said, or would be said today of one that nobody has heard."""
    if notice.state in (State.DRAFT, State.CHECKING, State.HELD, State.WAITING):
        try:
            whole = reach_of(Audience.of(notice.audience), notice.community_id).buildings
        except Invalid:  # a place of it is gone: then nobody will hear it
            return set()
        return set(sayable(notice.id, whole & set(buildings)))
    query = select(FeeSum.building_id).where(FeeSum.notice_id == notice.id)
    return set(session().scalars(query)) & set(buildings)


def counts(notice_id: int, buildings: Collection[int]) -> dict[int, Count]:
    """Building → its homes by whether they have paid; homes that owe nothing from the beginning are not
    counted."""
    return _counts([notice_id], buildings).get(notice_id, {})


def sayable(notice_id: int, buildings: Collection[int]) -> dict[int, Count]:
    """Those of the buildings, all of them wholly addressed, whose number tells of nobody."""
    now = counts(notice_id, buildings)
    before = said_before(now, apart_from=notice_id)
    return {
        building: count for building, count in now.items() if tells_nobody(count, before.get(building, ()))
    }


def _said(notice_id: int, buildings: Collection[int]) -> dict[int, tuple[int, int]]:
    query = select(FeeSum.building_id, FeeSum.paid, FeeSum.homes).where(
        FeeSum.notice_id == notice_id, FeeSum.building_id.in_(sorted(buildings))
    )
    return {row.building_id: (row.paid, row.homes) for row in session().execute(query)}


def _heard_by(group: BuildingGroup) -> set[int]:
    """Of which buildings a group hears: of its own, or of all of its estate."""
    if group.building_id is not None:
        return {group.building_id}
    return {one.id for one in town().buildings_of(group.estate_id)}


def said_before(buildings: Iterable[int], *, apart_from: int = 0) -> dict[int, list[Count]]:
    """Building → what was said of it in notices that somebody heard, without the notice `apart_from`."""
    went_out = exists().where(
        Letter.about_kind == "notice",
        Letter.about_id == FeeSum.notice_id,
        Letter.to_kind == "group",
        or_(Letter.state != Fate.WITHDRAWN, Letter.reason == _HEARD_WITH_THE_NEWS),
    )
    query = (
        select(FeeSum.notice_id, FeeSum.building_id)
        .join(Notice, Notice.id == FeeSum.notice_id)
        .where(
            FeeSum.building_id.in_(sorted(buildings)),
            FeeSum.notice_id != apart_from,
            or_(Notice.state.in_((State.GOING, State.TOLD)), went_out),
        )
    )
    said: dict[int, set[int]] = defaultdict(set)
    for notice, building in session().execute(query):
        said[notice].add(building)
    found: dict[int, list[Count]] = defaultdict(list)
    for notice, of_buildings in _counts(said, {one for several in said.values() for one in several}).items():
        for building, count in of_buildings.items():
            if building in said[notice]:
                found[building].append(count)
    return found


def _counts(notices: Iterable[int], buildings: Collection[int]) -> dict[int, dict[int, Count]]:
    query = (
        select(
            FeeLine.notice_id,
            Household.building_id,
            FeeLine.household_id,
            FeeLine.paid_fen >= FeeLine.due_fen,
        )
        .join(Household, Household.id == FeeLine.household_id)
        .where(
            FeeLine.notice_id.in_(sorted(notices)),
            # first the homes, then their lines: the other way round the whole book would be gone through
            FeeLine.household_id.in_(
                select(Household.id).where(Household.building_id.in_(sorted(buildings)))
            ),
            FeeLine.due_fen > 0,
        )
    )
    homes: dict[int, dict[int, tuple[set[int], set[int]]]] = defaultdict(dict)
    for notice, building, household, has_paid in session().connection().execute(query):
        paid, owing = homes[notice].setdefault(building, (set(), set()))
        (paid if has_paid else owing).add(household)
    return {
        notice: {
            building: Count(frozenset(paid), frozenset(owing)) for building, (paid, owing) in several.items()
        }
        for notice, several in homes.items()
    }
