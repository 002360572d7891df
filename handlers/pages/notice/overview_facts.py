"""What the page of a desk's notices shows: what somebody has to do, what is on its way, what was said."""

from typing import Any

from handlers.pages.access import notice_at
from handlers.pages.notice import form, progress
from handlers.pages.notice.form import Typed
from handlers.pages.story import staff_name
from models.base.refusals import NotFound
from models.duty.overseeing import DECIDING, OVERSEEING, speaks_for
from models.notice import agreeing, checking, listing, reading, saved, season
from models.notice.audience import Audience
from models.notice.reading import Figures
from models.notice.saved import SavedAudience
from models.notice.tables import Notice, State
from models.person.arriving import Visitor


def must_watch(visitor: Visitor) -> None:
    """Raises NotFound for a post that does not watch over a community."""
    if not OVERSEEING & set(visitor.roles):
        raise NotFound("page_not_found")


def notices_facts(visitor: Visitor, before: int | None) -> dict[str, Any]:
    """For templates/pages/notice/overview.html, but for the form."""
    mine, me = visitor.community_id, visitor.person_id
    deciding = bool(DECIDING & set(visitor.roles))
    waiting = to_do(visitor) if deciding else []
    above = {one["id"] for one in waiting}
    under_way = listing.moving(mine)
    moving = [one for one in under_way if one.id not in above]
    shown = {one.id for one in under_way}
    figures = reading.figures([one.id for one in moving])
    said = listing.said(mine, before)
    heard = reading.figures([one.id for one in said])
    return {
        "name": visitor.staff_name,
        "deciding": deciding,
        "to_do": waiting,
        "moving": [_entry(one, me, figures[one.id]) for one in moving],
        "stamp": progress.stamp(under_way),
        "said": [_entry(one, me, heard[one.id]) for one in said if one.id not in shown],
        "older": said[-1].id if len(said) == listing.SHOWN else None,
        "is_older": before is not None,
        "saved": [_kept(one) for one in saved.of_desk(mine)] if deciding else [],
        "season": [
            {"id": one.id, "title": one.title, "month": one.month, "day": one.day, "next_on": one.next_on}
            for one in season.of_desk(mine)
        ]
        if deciding
        else [],
    }


def to_do(visitor: Visitor) -> list[dict[str, Any]]:
    """What this person has to do about notices; `what`: agree, look, sent_back, draft."""
    mine, me = visitor.community_id, visitor.person_id
    found: list[tuple[str, Notice]] = []
    for one in listing.under_way(mine):
        if one.author_id == me or not agreeing.answers_for(one, me):
            continue
        if one.state == State.HELD:
            found.append(("agree", one))
        elif one.state == State.CHECKING and one.checked == checking.ASKED:
            found.append(("look", one))
    drafts = [one for one in listing.drafts(mine, me) if speaks_for(me, one.community_id)]
    back = {one.id for one in drafts if checking.sent_back(one) is not None}
    found += [("sent_back", one) for one in drafts if one.id in back]
    found += [("draft", one) for one in drafts if one.id not in back]
    return [_entry(one, me) | {"what": what} for what, one in found]


def card_facts(visitor: Visitor) -> dict[str, Any] | None:
    """The card on the desk's own page; None for a post that does not watch over a community."""
    if not OVERSEEING & set(visitor.roles):
        return None
    to_be_done = to_do(visitor) if DECIDING & set(visitor.roles) else []
    return {"to_do": to_be_done, "moving": len(listing.moving(visitor.community_id))}


def form_facts(visitor: Visitor, typed: Typed | None, opened: bool) -> dict[str, Any]:
    """For templates/pages/notice/_form.html; `opened`: it stands open."""
    blank = form.blank() | {"signed": listing.signed_lately(visitor.community_id)}
    return {"typed": typed or blank, "open": opened, **form.offered(visitor)}


def _kept(one: SavedAudience) -> dict[str, Any]:
    audience = form.audience_facts(Audience.of(one.audience))
    return {"id": one.id, "name": one.name, "audience": audience}


def _entry(one: Notice, me: int, figures: Figures | None = None) -> dict[str, Any]:
    return {
        "id": one.id,
        "corrects": one.corrects_id is not None,
        "title": one.title,
        "state": one.state,
        "kind": one.kind,
        "at": one.starts_at or one.send_at or one.created_at,
        "author": staff_name(one.author_id),
        "people": one.people,
        "groups": one.groups,
        "every_year": one.season_call_id is not None,
        "path": notice_at(one.id),
        "figures": figures._asdict() if figures is not None else None,
        "progress": progress.state_of(one, figures) if figures is not None else one.state,
        "gone": progress.gone(figures) if figures is not None else 0,
    }
