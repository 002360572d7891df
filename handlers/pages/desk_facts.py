"""What the page of a desk shows: first what waits for this person, then what waits for the community."""

import base64
import io
from collections.abc import Iterable
from typing import Any

import qrcode

from handlers import words
from handlers.due import due_facts
from handlers.house import House
from handlers.pages.access import case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.books.sight import books_waiting
from handlers.pages.case_facts import estates
from handlers.pages.chain.desk_lines import chain_lines
from handlers.pages.notice.overview_facts import card_facts
from handlers.pages.notice.receipts import errands
from handlers.pages.story import staff_name
from handlers.wording.filters import link
from models.base.clock import now
from models.base.orm import session
from models.base.privacy import without_phones
from models.case import clock, reach
from models.case.case import Case
from models.case.emergency import ringing_for
from models.case.listening import to_hear
from models.duty.answering import houses_of
from models.duty.overseeing import DECIDING, OVERSEEING
from models.enquiry import keeping
from models.fee import visiting
from models.joins.undelivered import Undelivered, Unheard, undelivered, unheard
from models.outbox.by_hand import to_carry
from models.outbox.letter import Letter
from models.person.arriving import Visitor
from models.place.doors import code_of_building
from models.place.groups import groups_in
from models.place.tables import BuildingGroup
from models.praise import to_check
from models.town import registry


def desk_facts(visitor: Visitor, house: House) -> dict[str, Any]:
    """For templates/pages/desk.html."""
    me = visitor.person_id
    rung = ringing_for(me)
    overseeing = bool(OVERSEEING & set(visitor.roles))
    facts: dict[str, Any] = {
        "name": visitor.staff_name,
        "overseeing": overseeing,
        "deciding": bool(DECIDING & set(visitor.roles)),
        "ringing": [
            _entry(session().get_one(Case, one.case_id), me, goes_there=True)
            | {"call": one.number_to_call, "rings": one.rings}
            for one in rung
        ],
        "hands": _by_redness(
            [
                *(_entry(one, me, goes_there=True) | {"to_do": "accept"} for one in reach.offered_to(me)),
                *(_entry(one, me) | {"to_do": "finish"} for one in reach.held_by(me)),
            ]
        ),
        "voices": [
            {
                **_entry(one.case, me),
                "id": one.item.public_id,
                "state": one.item.state,
                "kind": "voice",
                "at": one.item.at,
                "heard_at": None,
                "needs_place": one.case.building_id is None,
            }
            for one in to_hear(visitor)
        ],
        "asked": [
            {
                "id": one.id,
                "text": without_phones(one.text),
                "at": one.asked_at,
                "place": keeping.spot_of(one).facts(),
                "department": one.department,
            }
            for one in keeping.waiting_for(visitor)
        ],
        "estates": estates(visitor),
        "categories": list(words.labels("categories")),
    }
    community = visitor.community_id
    facts |= {
        "nobody_found": [],
        "to_visit": [],
        "praises": [],
        "undelivered": [],
        "by_hand": [],
        "notices": card_facts(visitor),
        "errands": errands(visitor),
        "fee_visits": visiting.homes_to_visit(houses_of(me)),
        "books": books_waiting(visitor),
        "chain": chain_lines(visitor),
    }
    if overseeing:
        groups = groups_in(community)
        facts |= {
            "groups_waiting": registry.waiting(community, now(), house.group_limit),
            "nobody_found": _entries(reach.nobody_found(community), me),
            "to_visit": _entries(clock.to_visit(community, 50), me),
            "praises": [
                {"id": one.id, "text": without_phones(one.text), "at": one.at, "for": staff_name(one.for_id)}
                for one in to_check(community)
            ],
            "undelivered": [
                *(_undelivered(one, me) for one in undelivered(community)),
                *(_unheard(one) for one in unheard(community)),
            ],
            "by_hand": [_by_hand(one, groups[one.to_id]) for one in to_carry(list(groups))],
        }
    return facts


def _by_redness(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What turns red first stands first; what waits for somebody else comes last."""
    return sorted(entries, key=lambda one: (one["red_at"] is None, one["red_at"] or one["reported_at"]))


def _entries(cases: Iterable[Case], me: int) -> list[dict[str, Any]]:
    return [_entry(case, me) for case in cases]


def _entry(case: Case, me: int, *, goes_there: bool = False) -> dict[str, Any]:
    """With the room for whoever goes there, and for nobody else (X06)."""
    where = case.spot.facts()
    return {
        "number": case.number,
        "path": case_at(case.id),
        "place": where if goes_there or case.taker_id == me else masked_place(where),
        "category": case.category,
        "urgency": case.urgency,
        "state": case.state,
        "round": case.round,
        "text": without_phones(case.text),
        "reported_at": case.reported_at,
        "finished_at": case.finished_at,
        "red_at": case.due_at if case.pause is None else None,
        **due_facts(case),
    }


def _undelivered(one: Undelivered, me: int) -> dict[str, Any]:
    letter, case = one
    return {
        "id": letter.id,
        "kind": letter.kind,
        "to": staff_name(letter.to_id),
        "state": letter.state,
        "reason": letter.reason,
        "channel": letter.channel,
        "at": letter.created_at,
        "number": case.number,
        "path": case_at(case.id),
    }


def _unheard(one: Unheard) -> dict[str, Any]:
    letter, enquiry = one
    return {
        "id": letter.id,
        "kind": letter.kind,
        "to": staff_name(letter.to_id),
        "state": letter.state,
        "reason": letter.reason,
        "channel": letter.channel,
        "at": letter.created_at,
        "number": str(enquiry.id),
        "path": None,
        "text": without_phones(enquiry.text),
    }


def _by_hand(letter: Letter, group: str) -> dict[str, Any]:
    """Words to paste, and a code to go with them: the page of the building."""
    path = None
    building = session().get_one(BuildingGroup, letter.to_id).building_id
    if building is not None and (code := code_of_building(building)):
        path = f"q/{code}"
    return {
        "id": letter.id,
        "group": group,
        "text": words.letter(letter.kind, "hand", letter.facts).text,
        "at": letter.created_at,
        "qr": picture_of(link(path)) if path else None,
    }


def picture_of(address: str) -> str:
    """A QR code as an address that an <img> shows."""
    written = io.BytesIO()
    qrcode.make(address, box_size=4, border=2).save(written)
    return "data:image/png;base64," + base64.b64encode(written.getvalue()).decode()
