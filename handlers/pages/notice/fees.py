"""What of a notice's page is about fees: a group's sum, one's own bill, and the book that its desk adds."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import ColumnElement
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.case_facts import arriving
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.wording.problems import spoken
from handlers.words import refusal
from models.base.actor import By
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.overseeing import decides, speaks_for
from models.notice import fee_sums, fees
from models.notice import notice as verbs
from models.notice.audience import Audience, reach_of
from models.notice.tables import Kind, Notice, State
from models.person.arriving import Visitor
from models.person.proving import confirm
from models.person.tables import Home
from models.place.gazetteer import town
from models.town import fee_book
from models.town.fee_book import Book
from models.town.problems import WorkbookRefused

MOST_BYTES = 8 << 20
SHOWN, CLAIMS, PROBLEMS = 60, 50, 50  # buildings, homes to be confirmed, lines in words


def of_group(notice: Notice, group_id: int) -> dict[str, Any] | None:
    """What stands behind a group's own address: its sum and nothing of anybody."""
    if not notice.is_about_fees:
        return None
    return {"sum": fee_sums.sum_said(notice.id, group_id), "bills": []}


def of_person(notice: Notice, person_id: int) -> dict[str, Any] | None:
    """The lines of the person's own home as it is now; nobody else's. Told again to the unread, it shows
    those of the first."""
    while not notice.is_about_fees:
        first = Audience.of(notice.audience).unread_of
        earlier = session().get(Notice, first) if first is not None else None
        if earlier is None:
            return None
        notice = earlier
    bills = [
        {"place": bill.place.facts(), "due": bill.due_fen, "paid": bill.paid_fen}
        for bill in fees.bills(notice.id, person_id)
    ]
    return {"sum": None, "bills": bills}


def of_desk(notice: Notice, visitor: Visitor, decides_it: bool) -> dict[str, Any] | None:
    """Building by building, also what no group hears, and who says to live where something is owed. None
    where there is no book and none can come."""
    may_add = (
        decides_it and notice.state == State.DRAFT and notice.kind == Kind.ORDINARY and not notice.is_call
    )
    if not notice.is_about_fees and not may_add:
        return None
    theirs = _theirs(fees.buildings_of(notice.id), visitor)
    counts = fee_sums.counts(notice.id, theirs[:SHOWN])
    said = fee_sums.said_aloud(notice, counts)
    return {
        "may_add": may_add,
        "buildings": [
            {"place": spot.facts(), "paid": len(count.paid), "homes": count.homes, "said": one in said}
            for one, count in counts.items()
            if (spot := town().spot_of_building(one)) is not None
        ],
        "more": max(0, len(theirs) - SHOWN),
        "claims": _claims(notice, visitor) if decides(visitor.person_id, notice.community_id) else [],
    }


def book(front: Front, access: Access) -> AnyResponse:
    """The book is added to a draft, or its errors are shown row by row."""
    from_our_own_page()
    link = link_of(access, "notice")
    with front.database.read():
        _may_decide(link)  # before any file is looked at
    key = once_key(str(link.person_id))
    try:
        read = fee_book.read(_file())
        done = front.database.write(_attached, link, read, key)
    except WorkbookRefused as refused:
        lines = [spoken(one) for one in refused.problems[:PROBLEMS]]
        more = len(refused.problems) + refused.more - len(lines)
        return show("fee_book.html", refused.status, access=access, problems=lines, more=more)
    except NotFound:
        raise
    except Refused as refused:
        return show("fee_book.html", refused.status, access=access, problems=[refusal(refused)], more=0)
    return back_to(access.base, done.code, **done.facts)


def confirmed(front: Front, access: Access) -> AnyResponse:
    """Somebody of the desk has asked at the door, or called the register's number."""
    from_our_own_page()
    link = link_of(access, "notice")
    done = front.database.write(_confirmed, link, words("item", 20), once_key(str(link.person_id)))
    return back_to(access.base, done.code, **done.facts)


def _file() -> bytes:
    sent = request.files.get("book")
    data = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    if not data:
        raise Invalid("fees_no_file")
    if len(data) > MOST_BYTES:
        raise Invalid("fees_file_big", limit=MOST_BYTES >> 20)
    return data


def _may_decide(link: Link) -> None:
    notice = session().get(Notice, link.key)
    if notice is None or not speaks_for(arriving(link.person_id).person_id, notice.community_id):
        raise NotFound("page_not_found")


def _attached(link: Link, read: Book, key: str) -> Done:
    by = By.staff(arriving(link.person_id).person_id)
    notice = verbs.found(link.key, by)

    def work() -> Done:
        lines = fee_book.lines_of(
            read, reach_of(Audience.of(notice.audience), notice.community_id), notice.community_id
        )
        fees.attach(notice, lines, by)
        return Done("fees_attached", {"count": len(lines)})

    return only_once(key, str(link.person_id), "notice_fees", work)


def _confirmed(link: Link, item: str, key: str) -> Done:
    visitor = arriving(link.person_id)
    by = By.staff(visitor.person_id)
    notice = session().get(Notice, link.key)
    # of the town's fees as well, because whoever lives in its houses is known to the community's desk
    if notice is None or not decides(visitor.person_id, notice.community_id):
        raise NotFound("page_not_found")
    home = int(item) if item.isdecimal() and len(item) < 18 else 0

    def work() -> Done:
        if not _claims(notice, visitor.standing_at(notice.community_id), Home.id == home):
            raise NotFound("home_not_found")
        confirm(home, by)
        return Done("home_confirmed", {})

    return only_once(key, str(link.person_id), "notice_home", work)


def _claims(notice: Notice, visitor: Visitor, *which: ColumnElement[bool]) -> list[dict[str, Any]]:
    """Homes with a number for the form; who it is that says so stays with the platform."""
    theirs = Home.building_id.in_(_theirs(fees.buildings_of(notice.id), visitor))
    found = []
    for claim in fees.unproven(notice.id, theirs, *which, limit=CLAIMS):
        home = session().get_one(Home, claim.home_id)
        spot = town().spot_of_building(home.building_id, home.unit_name, home.room)
        if spot is not None:
            found.append({"id": home.id, "place": spot.facts(), "since": home.since, "mark": claim.mark})
    return found


def _theirs(buildings: Sequence[int], visitor: Visitor) -> list[int]:
    places = town()
    return [
        one
        for one in buildings
        if (spot := places.spot_of_building(one)) is not None
        and visitor.community_id in (None, spot.community_id)
    ]
