"""What else is for everybody: notices, the common problems with their yearly works, stars, open books."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from models.appraisal.stars import all_closed, firsts
from models.base.clock import local, now
from models.base.orm import session
from models.base.private_words import private_in
from models.base.refusals import Invalid
from models.board.places import building_named, estates_of, of_few_homes
from models.board.rules import rules
from models.books.publishing import as_put_up
from models.books.tables import Publication
from models.duty.answering import answerer
from models.notice.audience import Audience, reach_of
from models.notice.tables import Notice, State
from models.place.gazetteer import town
from models.problem.listing import counts
from models.problem.tables import Problem


class Said(NamedTuple):
    """A notice that is for everybody of the community."""

    title: str
    body: str
    signed: str
    kind: str
    at: datetime
    corrects: bool


class Common(NamedTuple):
    """A line of the ledger of problems. `title` is None where its words name somebody; `cases` None where so
    few hang on it that one knows whose they are."""

    title: str | None
    category: str | None
    estate: str | None
    building: str | None
    state: str  # open | put_right
    cases: int | None
    owner: str | None
    next_on: date | None
    yearly_work: str | None
    yearly_on: int | None


class Star(NamedTuple):
    name: str
    role: str | None
    cases: int


class Stars(NamedTuple):
    quarter: str
    stars: list[Star]


class Book(NamedTuple):
    """The newest month that is up, in fen."""

    estate_id: int
    estate: str
    month: date
    received: int
    spent: int
    closing: int


_LOOKED_AT = 60


def notices_in(community_id: int) -> list[Said]:
    """Those that hold now, were told to the whole community or town, and name nobody; the newest first."""
    at = now()
    query = (
        select(Notice)
        .where(
            or_(Notice.community_id == community_id, Notice.community_id.is_(None)),
            Notice.state.in_((State.GOING, State.TOLD)),
            Notice.starts_at.is_not(None),
            or_(Notice.valid_until.is_(None), Notice.valid_until > at),
            Notice.is_about_fees.is_(False),
            Notice.is_call.is_(False),
            Notice.warns_of_case.is_(None),
        )
        .order_by(Notice.id.desc())
        .limit(_LOOKED_AT)
    )
    several = session().scalars(query).all()
    corrected = {one.corrects_id for one in several if one.corrects_id is not None}
    found = [
        Said(one.title, one.body, one.signed, one.kind, one.starts_at or at, one.corrects_id is not None)
        for one in several
        if one.id not in corrected and _is_for_all(one, community_id)
        if not any(private_in(words) for words in (one.title, one.body, one.signed))
    ]
    return found[: rules().notices]


def _is_for_all(notice: Notice, community_id: int) -> bool:
    audience = Audience.of(notice.audience)
    if audience.is_for_staff or audience.unread_of is not None or audience.tags:
        return False
    try:
        return community_id in reach_of(audience, notice.community_id).communities
    except Invalid:  # a place that the town does not have any more
        return False


def problems_in(community_id: int) -> list[Common]:
    """What is open, and what was put right this year, that many met or that has its yearly work."""
    year = local(now()).date().replace(month=1, day=1)
    query = select(Problem).where(
        Problem.community_id == community_id,
        Problem.state.in_(("open", "put_right")),
        or_(Problem.kind == "common", Problem.yearly_work.is_not(None)),
        or_(Problem.category.is_(None), Problem.category.not_in(rules().between_people)),
    )
    several = [
        one
        for one in session().scalars(query.order_by(Problem.id.desc()).limit(_LOOKED_AT))
        if one.state == "open" or (one.put_right_at and local(one.put_right_at).date() >= year)
    ]
    hanging = counts(several)
    few = of_few_homes(one.building_id for one in several if one.building_id is not None)
    return [_common(one, hanging.get(one.id, 0), few) for one in several]


def _common(one: Problem, cases: int, few: frozenset[int]) -> Common:
    estate = town().estates.get(one.estate_id) if one.estate_id is not None else None
    building = building_named(one.building_id, few)
    owner = answerer(one.owner_id) if one.owner_id is not None else None
    return Common(
        title=_public(one.title),
        category=one.category,
        estate=estate.name if estate is not None else None,
        building=building.name if building is not None else None,
        state=one.state,
        cases=cases if cases >= rules().fewest else None,
        owner=owner.name if owner is not None else None,
        next_on=one.next_on if one.state == "open" else None,
        yearly_work=_public(one.yearly_work or ""),
        yearly_on=one.yearly_on,
    )


def _public(words: str) -> str | None:
    return words if words and not private_in(words) else None


def stars_in(community_id: int) -> Stars | None:
    """Of the newest quarter that is closed, the community's own or else the town's, who still has a post."""
    for scope in (community_id, None):
        for row in all_closed(scope)[:1]:
            found = []
            for one in firsts(row):
                post = answerer(one["person"])
                if post is not None:
                    found.append(Star(post.name, post.role, one["cases"]))
            if found:
                return Stars(row.quarter, found)
    return None


def books_in(community_id: int) -> list[Book]:
    """Of each estate the newest month that is up."""
    names = {one.id: one.name for one in estates_of(community_id)}
    newest = (
        select(Publication.estate_id, func.max(Publication.month).label("month"))
        .where(Publication.estate_id.in_(names))
        .group_by(Publication.estate_id)
        .subquery()
    )
    query = select(Publication).join(
        newest,
        (Publication.estate_id == newest.c.estate_id) & (Publication.month == newest.c.month),
    )
    up: Sequence[Publication] = session().scalars(query).all() if names else []
    found = []
    for one in up:
        said = as_put_up(one)
        name = names[one.estate_id]
        found.append(Book(one.estate_id, name, one.month, said.received, said.spent, said.closing))
    return sorted(found, key=lambda one: (one.estate, one.estate_id))
