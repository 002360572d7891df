"""Who has read a notice: for its desk in numbers, for a building's staff by name, which is written down."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any, NamedTuple

from flask import Response, request

from handlers.pages.access import Access, notice_at
from handlers.pages.audit.noting import here, who
from handlers.pages.case_facts import arriving
from handlers.pages.front import Front, show
from handlers.pages.links import link_of
from models.audit.noting import note
from models.base.actor import By
from models.base.clock import ago, now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound
from models.duty.answering import answerer, houses_of
from models.duty.overseeing import DECIDING, OVERSEEING, decides, oversees
from models.history import record
from models.notice import again, pasting, reading, receivers, visiting
from models.notice.pasting import Share
from models.notice.receivers import Count
from models.notice.tables import Notice, State
from models.outbox.letter import OVER
from models.outbox.letter import State as Fate
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.groups import groups_in

SHOWN = 12  # buildings on the notice's own page, notices on a desk's
FEW = 100  # buildings that one person goes round
NAMES = 200  # on a page
MOST = 1_000_000
UNSEEN = (State.DRAFT, State.CHECKING, State.HELD)
_SAID = ("to_visit", "visited", "unknown", "reasons", "colleagues")  # what stands there beside counts
TROUBLED = (Fate.FAILED, Fate.UNKNOWN, Fate.BY_HAND)


class Look(NamedTuple):
    """A notice as somebody of the staff looks at it. `houses` are the buildings that this person looks
    after."""

    notice: Notice
    visitor: Visitor
    decides: bool
    oversees: bool
    houses: frozenset[int]

    @property
    def is_over(self) -> bool:
        """Nobody has to be told of it any more."""
        until = self.notice.valid_until
        return self.notice.state in (State.STOPPED, State.WITHDRAWN) or (until is not None and until <= now())

    @property
    def share(self) -> Share | None:
        """Whose groups it is about: the desk's, else the person's own; None for none."""
        if self.oversees:
            return Share(community_id=self.visitor.community_id)
        mine = Share(owner_id=self.visitor.person_id)
        return mine if any(pasting.count(self.notice.id, mine)) else None

    @property
    def rounds(self) -> Mapping[int, visiting.Round]:
        """The buildings in which somebody has to be visited, as far as they are this person's."""
        among = None
        # because a supervisor may be a neighbour, who need not know which homes owe
        looks_on = self.notice.is_about_fees and not DECIDING & set(self.visitor.roles)
        if looks_on or not self.oversees:
            among = self.houses
        elif self.visitor.community_id is not None:
            among = self.houses | _of_community(self.visitor.community_id)
        return visiting.rounds(self.notice, among)


def looking(link: Link) -> Look:
    """Raises NotFound for whoever has no post, and for what such a person may not see yet."""
    visitor = arriving(link.person_id)
    notice = session().get(Notice, link.key)
    if notice is None or not visitor.is_staff:
        raise NotFound("page_not_found")
    look = look_at(notice, visitor.standing_at(notice.community_id))
    if notice.state in UNSEEN and not look.oversees:
        raise NotFound("page_not_found")
    return look


def look_at(notice: Notice, visitor: Visitor) -> Look:
    me = visitor.person_id
    return Look(
        notice, visitor, decides(me, notice.community_id), oversees(me, notice.community_id), houses_of(me)
    )


def receipts_facts(notice: Notice, visitor: Visitor) -> dict[str, Any] | None:
    """For templates/pages/notice/_receipts.html; None for who has nothing to do with it."""
    if notice.state in (*UNSEEN, State.WAITING) or not visitor.is_staff:
        return None
    look = look_at(notice, visitor)
    if look.is_over and not reading.figures([notice.id])[notice.id].addressed:
        return None  # because it was stopped in time
    units = receivers.by_unit(notice, visitor.community_id if look.oversees else None)
    if not look.oversees:
        units = {one: count for one, count in units.items() if one[0] in look.houses}
    houses = receivers.by_building(units)
    rounds, share = look.rounds, look.share
    if not (look.oversees or houses or rounds or share):
        return None
    total = sum(houses.values(), Count(0, 0, 0))
    may_begin = bool(houses) and again.may_begin(notice, By.staff(visitor.person_id))
    unread = sorted(houses, key=lambda one: houses[one].read - houses[one].addressed)
    facts = {
        "is_desk": look.oversees,
        "houses": [_house(one, houses[one], look) for one in unread[:SHOWN]],
        "more_houses": max(0, len(unread) - SHOWN),
        "total": total._asdict(),
        "to_visit": sum(one.homes for one in rounds.values()),
        "visited": sum(one.visited for one in rounds.values()),
        "unknown": sum(one.unknown for one in rounds.values()),
        "groups": pasting.count(notice.id, share) if share is not None else (0, 0),
        "unread": total.addressed - total.read - receivers.on_the_way(notice.id) if may_begin else 0,
        "reasons": _reasons(notice.id) if look.oversees else [],
        "colleagues": [
            staff.name
            for one in receivers.staff_unreached(notice)
            if look.oversees and (staff := answerer(one)) is not None
        ],
    }
    is_empty = not total.addressed and facts["groups"] == (0, 0) and not any(facts[one] for one in _SAID)
    return None if is_empty else facts


def errands(visitor: Visitor) -> list[dict[str, Any]]:
    """What somebody of the staff has to do about notices, for the page of a desk: groups to paste it into,
    homes to go to, and of the buildings that this person looks after who has read it."""
    me = visitor.person_id
    groups = {*pasting.owned_by(me), *(groups_in(visitor.community_id) if _is_desk(visitor) else ())}
    waiting, houses = pasting.waiting_in(groups), houses_of(me)
    # whoever looks after half a town has the notice's own page for it
    heard = receivers.of_houses(houses, ago(days=7)) if 0 < len(houses) <= FEW else {}
    found = []
    for key in sorted({*waiting, *heard}, reverse=True)[:SHOWN]:
        count, unreached = heard.get(key, (None, 0))
        found.append(
            {
                "title": session().get_one(Notice, key).title,
                "path": notice_at(key),
                "to_paste": waiting.get(key, 0),
                "unreached": unreached,
                "count": count._asdict() if count is not None else None,
            }
        )
    return found


def _is_desk(visitor: Visitor) -> bool:
    return bool(OVERSEEING & set(visitor.roles))


def numbers(front: Front, access: Access) -> Response:
    """By building and unit, of one estate at a time; for those who watch over the notice."""
    link = link_of(access, "notice")
    with front.database.read():
        look = looking(link)
        if not look.oversees:
            raise NotFound("page_not_found")
        facts = _numbers(look)
    return show("notice/numbers.html", access=access, **facts)


def names(front: Front, access: Access, building: int) -> Response:
    """全部已读/未读名单 of a building, for its own staff and nobody else. Each look is a step (X10)."""
    link = link_of(access, "notice")
    return show(
        "notice/names.html",
        access=access,
        **front.database.write(_names, link, building, start_asked(), here()),
    )


def _numbers(look: Look) -> dict[str, Any]:
    places = town()
    units = receivers.by_unit(look.notice, look.visitor.community_id)
    estates: dict[int, dict[tuple[int, str], Count]] = {}
    for one, count in units.items():
        estates.setdefault(places.buildings[one[0]].estate_id, {})[one] = count
    asked = request.args.get("estate", type=int)
    chosen = asked if asked in estates else next(iter(estates), None) if len(estates) == 1 else None
    return {
        "title": look.notice.title,
        "estates": [
            {
                "id": one,
                "name": places.estates[one].name,
                "community": places.estates[one].community,
                **sum(counts.values(), Count(0, 0, 0))._asdict(),
            }
            for one, counts in estates.items()
        ],
        "chosen": chosen,
        "houses": _by_house(estates[chosen], look) if chosen is not None else [],
    }


def _by_house(units: Mapping[tuple[int, str], Count], look: Look) -> list[dict[str, Any]]:
    return [
        _house(building, count, look)
        | {"units": [{"unit": one[1], **units[one]._asdict()} for one in units if one[0] == building]}
        for building, count in receivers.by_building(units).items()
    ]


def _house(building: int, count: Count, look: Look) -> dict[str, Any]:
    spot = town().spot_of_building(building)
    assert spot is not None
    return {"id": building, "place": spot.facts(), "mine": building in look.houses, **count._asdict()}


def _names(link: Link, building: int, start: int, origin: str | None) -> dict[str, Any]:
    look = looking(link)
    spot = town().spot_of_building(building)
    people = receivers.of_building(look.notice, building) if building in look.houses else []
    if spot is None or not people:
        raise NotFound("page_not_found")
    by = By.staff(look.visitor.person_id)
    about = ("notice", look.notice.id)
    record(about, "names_seen", by=by, at=now(), building=building, people=len(people))
    seen = {"building": building}
    note("person", who(look.visitor, origin), ("notice", look.notice.id), many=len(people), facts=seen)
    read = [one for one in people if one.read_at is not None]
    return {
        "title": look.notice.title,
        "place_of": spot.facts(),
        "read": len(read),
        "total": len(people),
        "units": [
            {"unit": unit, "people": [_person(one) for one in of_unit]}
            for unit, of_unit in groupby(people[start : start + NAMES], key=lambda one: one.unit)
        ],
        "start": start,
        "next": start + NAMES if start + NAMES < len(people) else None,
        "previous": max(0, start - NAMES) if start else None,
    }


def _person(one: receivers.Receiver) -> dict[str, Any]:
    carrier = answerer(one.carried_by) if one.carried_by is not None else None
    return {**one._asdict(), "carrier": carrier.name if carrier else None}


def _reasons(notice_id: int) -> list[dict[str, Any]]:
    """What did not arrive by itself, and why."""
    found = receivers.outcomes(notice_id)
    return [one._asdict() for one in found if one.state in TROUBLED or one.reason == OVER]


def start_asked() -> int:
    """Where a long list goes on."""
    return min(max(0, request.args.get("from", default=0, type=int)), MOST)


def _of_community(community: int) -> frozenset[int]:
    places = town()
    return frozenset(
        one.id for one in places.buildings.values() if places.estates[one.estate_id].community_id == community
    )
