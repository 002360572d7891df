"""A chat of the platform becomes a building's group, as a row of the workbook's sheet would make it one."""

from typing import Any

from sqlalchemy import select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.duty.overseeing import decides
from models.history import record
from models.outbox.address import Address, Channel, addresses_of, owner_of
from models.person.arriving import staff_of
from models.place import chats, join_ways
from models.place.customer_groups import CustomerGroup, JoinWay
from models.place.gazetteer import EstatePlace, town
from models.place.tables import BuildingGroup
from models.town.parsing import Draft, Row
from models.town.writing import take


def bind(chat_id: str, estate_id: int, building: str | None, by: By) -> BuildingGroup:
    """The chat is the group of this building (None: of the whole estate); a chat that was another's moves.

    Raises NotFound for a chat or an estate that is not there, Invalid for a building that the estate does not
    have, NotAllowed for a desk of another community.
    """
    chat = _chat(chat_id, by)
    estate = town().estates.get(estate_id)
    if estate is None:
        raise NotFound("place_missing")
    if not decides(by.id, estate.community_id):
        raise NotAllowed("group_not_yours")
    return _bind(chat, estate, building, by, "bound")


def unbind(chat_id: str, by: By) -> None:
    """The chat is no building's any more; its group is kept as one that is not used.

    Raises NotFound for a chat that is not there or not bound, NotAllowed for a desk of another community.
    """
    _chat(chat_id, by)
    group = chats.bound(chat_id)
    if group is None:
        raise NotFound("chat_not_bound")
    if (way := join_ways.way_of(group.id)) is not None:
        session().delete(way)  # because whoever still joins by it comes into a chat that is nobody's
    _written(group.name, town().estates[group.estate_id], group.building_id, Channel.HAND, "", status=False)
    record(("group", group.id), "unbound", by=by, at=now(), chat=chat_id)


def follow(chat: CustomerGroup) -> BuildingGroup | None:
    """A chat into which people came by a join way is the next group of the same building. None where it is
    somebody's already."""
    if chats.bound(chat.chat_id) is not None:
        return None
    query = select(BuildingGroup).join(JoinWay, JoinWay.group_id == BuildingGroup.id)
    first = session().scalars(query.where(JoinWay.state == chat.state)).first()
    estate = town().estates.get(first.estate_id) if first is not None else None
    if first is None or estate is None:
        return None
    building = town().buildings.get(first.building_id) if first.building_id is not None else None
    name = building.name if building is not None else None
    return _bind(chat, estate, name, SYSTEM, "followed", after=first.id)


def want_code(group_id: int, by: By) -> None:
    """A code for joining is to be made. Raises NotFound, NotAllowed, Invalid (no customer group)."""
    group = session().get(BuildingGroup, group_id)
    if group is None:
        raise NotFound("group_not_found")
    if not decides(by.id, group.estate.community_id):
        raise NotAllowed("group_not_yours")
    join_ways.want(group)
    record(("group", group.id), "code_wanted", by=by, at=now())


def owners_community(chat: CustomerGroup) -> int | None:
    """The community of the chat's owner; None where that is nobody of ours."""
    person = owner_of(Channel.WORK, chat.owner_userid) if chat.owner_userid else None
    staff = staff_of(person) if person is not None else None
    return staff.community_id if staff is not None else None


def _chat(chat_id: str, by: By) -> CustomerGroup:
    """The chat, for the desk of the building whose group it is; else for that of its owner."""
    chat = session().scalars(select(CustomerGroup).where(CustomerGroup.chat_id == chat_id)).first()
    if chat is None:
        raise NotFound("chat_not_found")
    group = chats.bound(chat_id)
    if not decides(by.id, group.estate.community_id if group is not None else owners_community(chat)):
        raise NotFound("chat_not_found")
    return chat


def _bind(
    chat: CustomerGroup, estate: EstatePlace, building: str | None, by: By, what: str, **facts: Any
) -> BuildingGroup:
    place = town().building(estate.id, building) if building else None
    if building and place is None:
        raise Invalid("no_such_building")
    building_id = place.id if place is not None else None
    before = chats.bound(chat.chat_id)
    name = before.name if before is not None else _free_name(chat, estate, building_id)
    _written(
        name, estate, building_id, Channel.CUSTOMER_GROUP, chat.chat_id, status=True, owner=_number(chat)
    )
    group = (
        session()
        .scalars(
            select(BuildingGroup).where(BuildingGroup.name == name),
            execution_options={"populate_existing": True},
        )
        .one()
    )
    record(("group", group.id), what, by=by, at=now(), chat=chat.chat_id, name=chat.name, **facts)
    return group


def _written(
    name: str,
    estate: EstatePlace,
    building_id: int | None,
    channel: Channel,
    value: str,
    *,
    status: bool,
    owner: str | None = None,
) -> None:
    values: dict[str, Any] = {
        "group": name,
        "estate": estate.name,
        "community": estate.community,
        "building": town().buildings[building_id].name if building_id is not None else None,
        "channel": channel,
        "value": value,
        "status": status,
    }
    if owner is not None:
        values["owner"] = owner
    take(Draft({"groups": [Row(2, values)]}, places={"groups": 0}))


def _free_name(chat: CustomerGroup, estate: EstatePlace, building_id: int | None) -> str:
    """The chat's own name where no other group has it: a group of this very place that has no chat yet is the
    one that is meant."""
    unnamed = table("labels/groups.toml")["unnamed"]
    building = town().buildings[building_id].name if building_id is not None else ""
    wished = chat.name.strip() or unnamed["building" if building else "estate"].format(
        estate=estate.name, building=building
    )
    for number in range(1, 1000):
        name = wished if number == 1 else f"{wished} {number}"
        known = session().scalars(select(BuildingGroup).where(BuildingGroup.name == name)).first()
        if known is None or not known.active:
            return name
        if (known.estate_id, known.building_id) == (estate.id, building_id) and _has_no_chat(known.id):
            return name
    raise Invalid("not_possible")


def _has_no_chat(group_id: int) -> bool:
    ways: list[Address] = list(addresses_of("group", group_id))
    return all(one.channel == Channel.HAND or not one.value for one in ways)


def _number(chat: CustomerGroup) -> str | None:
    """The staff number of the chat's owner."""
    person = owner_of(Channel.WORK, chat.owner_userid) if chat.owner_userid else None
    staff = staff_of(person) if person is not None else None
    return staff.number if staff is not None else None
