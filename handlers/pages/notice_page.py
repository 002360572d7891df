"""A notice as whoever it is for reads it, and as its desk agrees to it or ends it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Response
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from handlers import words
from handlers.house import House
from handlers.pages.case_facts import arriving
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.words import refusal
from models.base.actor import By
from models.base.clock import now
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.answering import answerer
from models.duty.overseeing import decides, oversees
from models.notice import call, reading, telling
from models.notice import notice as verbs
from models.notice.audience import CALL_KIND, LETTER_KIND, Audience, reach_of
from models.notice.tables import ALIVE, Notice, State
from models.outbox.confirming import confirmed_of
from models.person.arriving import Visitor
from models.place.gazetteer import town
from models.place.tables import Grid


def by_group(front: Front, code: str) -> Response | None:
    """/q/<code> of a group; None when it is no notice's. The first opening is the group's receipt."""
    facts = front.database.write(_by_group, code)
    return None if facts is None else show("notice.html", notice=facts, desk=None, called=None, token=None)


def shown(front: Front, token: str, link: Link, status: int = 200, *, error: str | None = None) -> Response:
    """The page behind a letter. Whoever was sent it and opens it has read it."""
    facts, desk, called = front.database.write(_by_person, link)
    return show("notice.html", status, notice=facts, desk=desk, called=called, token=token, error=error)


def act(front: Front, token: str, verb: str) -> AnyResponse:
    """What its desk does with it, done once; or the answer to a call."""
    from_our_own_page()
    link = link_of(token, "notice")
    if verb not in VERBS and verb not in ANSWERS:
        raise NotFound("page_not_found")
    key = once_key(str(link.person_id))
    try:
        done = front.database.write(_done, link, verb, key, front.house)
    except NotFound:
        raise
    except Refused as refused:
        return shown(front, token, link, refused.status, error=refusal(refused))
    return back_to(f"/p/{token}", done.code, **done.facts)


def rules_of(house: House) -> verbs.Rules:
    return verbs.Rules(house.second_person_above, timedelta(seconds=house.notice_delay_seconds))


def _by_group(code: str) -> dict[str, Any] | None:
    found = reading.by_code(code)
    if found is None:
        return None
    notice, group = found
    reading.opened(notice.id, "group", group)
    return _facts(notice)


def _by_person(link: Link) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]:
    visitor = arriving(link.person_id)
    notice = session().get(Notice, link.key)
    if notice is None:
        raise NotFound("page_not_found")
    decides_it = visitor.is_staff and decides(visitor.person_id, notice.community_id)
    is_desk = decides_it or (visitor.is_staff and oversees(visitor.person_id, notice.community_id))
    if not is_desk and notice.state in (State.DRAFT, State.HELD):
        raise NotFound("page_not_found")
    if reading.was_told(notice.id, visitor.person_id):
        reading.opened(notice.id, "person", visitor.person_id)
    called = None
    if notice.is_call and call.open_call(visitor.person_id, notice.id) is not None:
        called = {"answer": call.answer_of(notice.id, visitor.person_id)}
    return _facts(notice), _desk_facts(notice, visitor, decides_it) if is_desk else None, called


def _facts(notice: Notice) -> dict[str, Any]:
    corrected = session().get(Notice, notice.corrects_id) if notice.corrects_id is not None else None
    return {
        "number": notice.id,
        "title": notice.title,
        "paragraphs": _paragraphs(notice.body),
        "signed": notice.signed,
        "kind": notice.kind,
        "state": notice.state,
        "at": notice.starts_at or notice.created_at,
        "valid_from": notice.valid_from,
        "valid_until": notice.valid_until,
        "is_past": notice.valid_until is not None and notice.valid_until < now(),
        "corrects": corrected.title if corrected is not None else None,
        "corrected_by": reading.correction_of(notice.id),
    }


def _paragraphs(body: str) -> list[dict[str, Any]]:
    """An empty line parts paragraphs; lines that begin with "- " are a list."""
    found: list[dict[str, Any]] = []
    for block in body.split("\n\n"):
        lines = [line.strip() for line in block.split("\n") if line.strip()]
        items = [line[2:] for line in lines if line.startswith("- ")]
        if rest := [line for line in lines if not line.startswith("- ")]:
            found.append({"lines": rest, "items": []})
        if items:
            found.append({"lines": [], "items": items})
    return found


def _desk_facts(notice: Notice, visitor: Visitor, decides_it: bool) -> dict[str, Any]:
    """For those who watch over it; what may be done with it, for those who decide. Of the town's notice a
    community's desk sees its own houses."""
    figures = reading.figures([notice.id])[notice.id]
    author = answerer(notice.author_id)
    places = town()
    return {
        "figures": figures._asdict(),
        "owners": confirmed_of("notice", [notice.id]).get(notice.id),
        "people": notice.people,
        "groups": notice.groups,
        "author": author.name if author else None,
        "preview": _preview(notice) if notice.state in (State.DRAFT, State.HELD, State.WAITING) else None,
        "to_visit": [spot.facts() for spot in reading.to_visit(notice.id, visitor.community_id)],
        "rolls": _rolls(notice) if notice.is_call else [],
        "may_hand_in": decides_it and notice.state == State.DRAFT,
        "may_agree": decides_it and notice.state == State.HELD and notice.author_id != visitor.person_id,
        "may_stop": decides_it and notice.state in ALIVE,
        "may_withdraw": decides_it and notice.state in (*ALIVE, State.STOPPED),
        "starts_at": notice.starts_at,
        "buildings": [
            {"place": spot.facts(), "read": read, "told": told}
            for building, (read, told) in reading.read_by_building(notice.id).items()
            if (spot := places.spot_of_building(building)) is not None
            and visitor.community_id in (None, spot.community_id)
        ],
    }


def _rolls(notice: Notice) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in session().scalars(select(Grid))}
    return [
        {"grid": names.get(grid) if grid is not None else None, **roll._asdict()}
        for grid, roll in sorted(call.rolls(notice.id).items(), key=lambda pair: -pair[1].silent)
    ]


def _preview(notice: Notice) -> dict[str, Any] | None:
    """The words on every way, and who would hear them today. None when a place of it is gone."""
    try:
        reach = reach_of(Audience.of(notice.audience), notice.community_id)
    except Invalid:
        return None
    kind = CALL_KIND if notice.is_call else LETTER_KIND
    facts = telling.group_facts(notice, "q/…") | {"urgency": notice.kind, "at": now().isoformat()}
    return {
        "people": reach.count_people(),
        "groups": len(reach.groups()),
        "in_group": words.letter(verbs.GROUP_KIND, "customer_group", facts).text,
        "in_chat": words.letter(kind, "chat", facts).text,
        "in_list": words.letter(kind, "mini", facts).values,
    }


def _done(link: Link, verb: str, key: str | None, house: House) -> Done:
    by = By.staff(arriving(link.person_id).person_id)
    if verb in ANSWERS:
        return _answer(link, verb)
    notice = verbs.found(link.key, by)

    def work() -> Done:
        return VERBS[verb](notice, by, house)

    return only_once(key, str(link.person_id), f"notice_{verb}", work)


def _answer(link: Link, verb: str) -> Done:
    """到 or 不能, by whoever was called."""
    notice = session().get(Notice, link.key)
    if notice is None:
        raise NotFound("page_not_found")
    call.answer(notice, arriving(link.person_id).person_id, ANSWERS[verb])
    return Done("call_come" if ANSWERS[verb] else "call_cannot", {})


def _agree(notice: Notice, by: By, house: House) -> Done:
    verbs.agree(notice, by, rules_of(house))
    return Done("notice_agreed", {})


def _stop(notice: Notice, by: By, _house: House) -> Done:
    return Done("notice_stopped", {"count": verbs.stop(notice, by)})


def _withdraw(notice: Notice, by: By, _house: House) -> Done:
    return Done("notice_withdrawn", {"count": verbs.withdraw(notice, by)})


def _hand_in(notice: Notice, by: By, house: House) -> Done:
    verbs.hand_in(notice, by, rules_of(house))
    return Done("notice_handed_in", {})


def _discard(notice: Notice, by: By, _house: House) -> Done:
    verbs.discard(notice, by)
    return Done("notice_discarded", {})


ANSWERS = {"come": True, "cannot": False}
VERBS: Mapping[str, Callable[[Notice, By, House], Done]] = {
    "hand_in": _hand_in,
    "discard": _discard,
    "agree": _agree,
    "stop": _stop,
    "withdraw": _withdraw,
}
