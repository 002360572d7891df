"""Everything that the page of one case shows to one person."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from handlers.pages.audit.purposes import OF_A_CASE
from handlers.pages.case_due import longer_facts
from handlers.pages.case_ended import ends_facts
from handlers.pages.case_together import together_facts
from handlers.pages.story import story
from models.base.clock import now
from models.base.links import Link, personal_path
from models.base.orm import session
from models.base.privacy import masked_email
from models.base.refusals import NotFound, Refused
from models.board.photos import to_clear
from models.case.caller import email_of, whom_to_call
from models.case.case import Case
from models.case.choices import open_to
from models.case.reach import opened
from models.case.sight import place_for, words_for
from models.case.suggesting import suggested
from models.case.tables import Alarm
from models.duty.answering import answerer
from models.joins import warning
from models.joins.mediating import mediation_of
from models.media.item import Item
from models.media.keeping import items_about
from models.notice.warning import standing
from models.outbox.address import addresses_of
from models.person.arriving import Visitor, visitor_of
from models.person.colleagues import colleagues
from models.place.gazetteer import town

LASTS = timedelta(days=30)  # after the last word


class Over(Refused):
    """A link to something that ended long ago."""

    status = 410


def arriving(person_id: int) -> Visitor:
    """Who holds the link, with the rights of now. Raises NotFound."""
    visitor = visitor_of(person_id, "page")
    if visitor is None:
        raise NotFound("page_not_found")
    return visitor


def arriving_at_desk(link: Link) -> Visitor:
    """As `arriving`, looking at the part that was chosen in the console's frame, where that is theirs."""
    return arriving(link.person_id).looking_at(link.key or None)


def found(case_id: int, visitor: Visitor) -> Case:
    """The case behind a link, or in a list of staff. Raises NotFound; Over for a link to what ended more than
    thirty days ago, because a link may have been handed on, and whoever has a session is no link."""
    try:
        case = opened(case_id, visitor)
    except NotFound:
        raise NotFound("page_not_found") from None
    if not visitor.is_staff and case.closed_at is not None and case.closed_at + LASTS < now():
        raise Over("case_link_over")
    return case


def found_for(link: Link) -> tuple[Visitor, Case]:
    """The case of a link and who holds it, with what they may where it lies. Raises as `found`."""
    visitor = arriving(link.person_id)
    case = found(link.key, visitor)
    return visitor.standing_at(case.community_id), case


def case_facts(case: Case, visitor: Visitor, *, number_shown: bool = False) -> dict[str, Any]:
    """For templates/pages/case.html."""
    me = visitor.person_id
    alarm = session().scalars(select(Alarm).where(Alarm.case_id == case.id)).first()
    moves = open_to(case, visitor, alarm) | warning.moves(case, visitor)
    concerned = case.concerned()
    as_resident = me in concerned
    taker = answerer(case.taker_id) if case.taker_id is not None else None
    items = items_about("case", case.id)
    place = place_for(case, visitor)
    text = words_for(case, me, number_shown=number_shown)
    return {
        "number": case.number,
        "state": case.state,
        "round": case.round,
        "place": place,
        "category": case.category,
        "urgency": case.urgency,
        "text": text,
        "source": case.source,
        "reported_at": case.reported_at,
        "minutes": case.minutes(),
        "finish_text": case.finish_text,
        "no_photo_reason": case.no_photo_reason,
        "close_kind": case.close_kind,
        "closed_at": case.closed_at,
        "taker": asdict(taker) if taker else None,
        "mine": case.taker_id == me,
        "before": [_item(one) for one in items if one.purpose in ("report", "before")],
        "safe": [_item(one) for one in items if one.purpose == "safe"],
        "warning": _warning(case),
        "made_safe": "warn" in moves and case.is_made_safe(),
        "after": [_item(one) for one in items if one.purpose == "finish"],
        "seen": [_item(one) for one in items if one.purpose in ("seen", "progress")],
        "fellows": max(0, len(concerned) - 1),
        "moves": moves,
        "as_resident": as_resident,
        "as_staff": (visitor.is_staff and not as_resident) or bool(moves - RESIDENT_MOVES),
        "rated": case.grade_by(me),
        "clearing": [one._asdict() for one in to_clear(case, me)] if visitor.is_staff else [],
        **ends_facts(case, for_staff=visitor.is_staff),
        **longer_facts(case, for_staff=visitor.is_staff),
        "own_link": personal_path("case", me, case.id) if as_resident and _has_only_this_page(me) else None,
        "ringing": _ringing(alarm),
        "together": together_facts(case, visitor, as_staff=visitor.is_staff and not as_resident),
        "story": story(case, me, for_staff=visitor.is_staff),
        "mediation": mediation_of(case, visitor),
        "mediate_path": f"/console/mediations?case={case.number}" if visitor.is_staff else "",
        "caller": _caller(case, shown=number_shown) if visitor.is_staff else None,
        "number_shown": number_shown,
        "hides_number": text != case.text,
        "purposes": OF_A_CASE,
        "colleagues": [
            {"number": one.number, "name": one.name, "roles": one.roles, "employer": one.employer}
            for one in colleagues(case.community_id, except_for=case.taker_id or me)
        ]
        if "transfer" in moves
        else [],
        "undo": step.what if (step := case.may_take_back(me)) is not None else None,
        "suggested": [one._asdict() for one in suggested(case)] if "transfer" in moves else [],
        "estates": estates(visitor) if "place" in moves else [],
    }


def _warning(case: Case) -> dict[str, Any] | None:
    """The notice by which its building is warned, as long as it holds."""
    notice = standing(case.id)
    if notice is None:
        return None
    return {"title": notice.title, "state": notice.state, "at": notice.starts_at or notice.created_at}


RESIDENT_MOVES = frozenset({"add", "leave", "nod", "object", "rate", "place"})


def estates(visitor: Visitor) -> list[dict[str, Any]]:
    """For the chooser of a place: those of the visitor's community, all where there is none."""
    mine = visitor.community_id
    chosen = [one for one in town().estates.values() if mine in (None, one.community_id)]
    return [{"id": one.id, "name": one.name, "community": one.community} for one in chosen]


def _has_only_this_page(person_id: int) -> bool:
    return not addresses_of("person", person_id)


def _caller(case: Case, *, shown: bool) -> dict[str, str] | None:
    who = whom_to_call(case)
    if who is None:
        return None
    email = email_of(case)
    known = (who if shown else who.masked())._asdict()
    return known | {"email": email if shown or not email else masked_email(email)}


def _item(item: Item) -> dict[str, Any]:
    return {
        "id": item.public_id,
        "kind": item.kind,
        "state": item.state,
        "at": item.at,
        "heard_at": item.heard_at,
        "content_type": item.content_type,
    }


def _ringing(alarm: Alarm | None) -> dict[str, Any] | None:
    if alarm is None or alarm.acknowledged_at is not None:
        return None
    return {"call": alarm.number_to_call, "rings": alarm.rings, "since": alarm.raised_at}
