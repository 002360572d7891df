"""Which cases somebody can see and hold. Invisible is the same as not there."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select, union_all
from sqlalchemy.orm import aliased

from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.refusals import NotFound
from models.case.case import Case
from models.case.lifecycle import OPEN, UNFINISHED, State
from models.case.tables import Alarm, Fellow, Offer
from models.duty.answering import duties_of
from models.duty.ladder import subtree
from models.duty.overseeing import OVERSEEING
from models.person.arriving import Visitor
from models.place.spot import Spot

FIRST_ABOVE = 1  # a grid worker sees what is offered; whoever stands above sees all of the own grids


def visible_to(visitor: Visitor) -> ColumnElement[bool]:
    """Cases this person may see: own, joined, offered, held, entered, of the grids below a rung that is held,
    or of the community one oversees."""
    me = visitor.person_id
    ways = [
        Case.reporter_id == me,
        Case.proxy_id == me,
        exists().where(Fellow.case_id == Case.id, Fellow.person_id == me, Fellow.left_at.is_(None)),
    ]
    if visitor.is_staff:  # who has left the post sees the work no more
        ways += [
            Case.taker_id == me,
            Case.entered_by == me,
            exists().where(Offer.case_id == Case.id, Offer.person_id == me),
        ]
        ways += _rung_about(me)
        if grids := subtree(me, lowest=FIRST_ABOVE):
            ways.append(Case.grid_id.in_(grids))
    if OVERSEEING & set(visitor.roles):
        if visitor.community_id is None:
            ways.append(Case.id.is_not(None))
        else:
            # What nobody could place belongs to every desk until one takes it.
            ways.append(or_(Case.community_id == visitor.community_id, Case.community_id.is_(None)))
    return or_(*ways)


def _rung_about(person_id: int) -> list[ColumnElement[bool]]:
    """Who is on shift, and the grids of a community without a desk, see the emergency that they are called
    to."""
    mine = duties_of(person_id)
    if not mine:
        return []
    rings = exists().where(Alarm.case_id == Case.id)
    return [and_(rings, or_(Case.community_id.in_(mine), Case.community_id.is_(None)))]


def find(number: str, visitor: Visitor, *, hold: bool = False) -> Case:
    """The case of this number, if this person may see it; with `hold` its row is ours until the commit."""
    key = without_check(number)
    query = select(Case).where(Case.id == key, visible_to(visitor))
    if hold:
        # As it is now: what this unit of work read before it had the lock may be overtaken.
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session().scalars(query).first() if key is not None else None
    if case is None:
        raise NotFound("case_not_found", number=number)
    return case


def opened(case_id: int, visitor: Visitor) -> Case:
    """As `find`, by what a personal link names."""
    case = session().scalars(select(Case).where(Case.id == case_id, visible_to(visitor))).first()
    if case is None:
        raise NotFound("case_not_found")
    return case


def maybe(number: str, visitor: Visitor) -> Case | None:
    """As `find`, for callers to whom nothing is an answer too."""
    try:
        return find(number, visitor)
    except NotFound:
        return None


def hold(case_id: int) -> Case:
    """A case that was found before, its row ours until the commit."""
    query = select(Case).where(Case.id == case_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def open_of(person_id: int, limit: int = 8) -> Sequence[Case]:
    """What a resident has told us, or wrote for somebody else, and nobody has mended yet, newest first."""
    query = select(Case).where(_concerning(person_id), Case.state.in_(UNFINISHED))
    return session().scalars(query.order_by(Case.id.desc()).limit(limit)).all()


def put_together(person_id: int) -> Case | None:
    """The newest case of a resident that is dealt with together with another, open one."""
    other = aliased(Case)
    query = (
        select(Case)
        .join(other, Case.merged_into_id == other.id)
        .where(Case.reporter_id == person_id, Case.state == State.VOID, other.state.in_(OPEN))
    )
    return session().scalars(query.order_by(Case.id.desc()).limit(1)).first()


def joined_by(person_id: int) -> Case | None:
    """The newest open case of somebody else that this person has joined."""
    query = (
        select(Case)
        .join(Fellow, Fellow.case_id == Case.id)
        .where(Fellow.person_id == person_id, Fellow.left_at.is_(None), Case.state.in_(OPEN))
    )
    return session().scalars(query.order_by(Fellow.joined_at.desc()).limit(1)).first()


def latest_of(person_id: int, *states: State) -> Case | None:
    """The newest case of a resident, own or joined, in one of these states (all but void by default)."""
    allowed = states or tuple(set(State) - {State.VOID})
    query = (
        select(Case).where(_concerning(person_id), Case.state.in_(allowed)).order_by(Case.id.desc()).limit(1)
    )
    return session().scalars(query).first()


def recent_of(person_id: int, limit: int = 5) -> Sequence[Case]:
    """A resident's own and joined cases, newest first."""
    query = select(Case).where(_concerning(person_id), Case.state != State.VOID)
    return session().scalars(query.order_by(Case.id.desc()).limit(limit)).all()


def joinable(number: str) -> Case | None:
    """The open case of this number, for somebody who met the same thing: no right to see it is needed."""
    key = without_check(number)
    if key is None:
        return None
    query = select(Case).where(Case.id == key, Case.state.in_(OPEN)).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).first()


def same_matter(
    spot: Spot,
    category: str | None,
    *,
    except_for: int | None = None,
    except_case: int | None = None,
    hold: bool = False,
) -> Case | None:
    """The newest open case at this building about the same kind of thing, which may be the same thing: not
    of another unit, floor or home. Without a building, at no building of the same estate; `hold` as in
    `find`."""
    if spot.estate_id is None or (spot.building_id is None and category is None):
        return None
    query = select(Case).where(
        Case.estate_id == spot.estate_id,
        Case.building_id == spot.building_id if spot.building_id else Case.building_id.is_(None),
        Case.state.in_(OPEN),
    )
    if except_for is not None:
        query = query.where(Case.reporter_id.is_distinct_from(except_for))
    if except_case is not None:
        query = query.where(Case.id != except_case)
    if category is not None:
        query = query.where(Case.category == category)
    for column, said in ((Case.unit_name, spot.unit), (Case.floor, spot.floor), (Case.room, spot.room)):
        if said is not None:
            query = query.where(or_(column == said, column.is_(None)))
    query = query.order_by(Case.id.desc()).limit(1)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session().scalars(query).first()


def held_by(person_id: int, limit: int = 20) -> Sequence[Case]:
    """What a taker works on, oldest first."""
    query = select(Case).where(Case.taker_id == person_id, Case.state == State.HANDLING)
    return session().scalars(query.order_by(Case.id).limit(limit)).all()


def offered_to(person_id: int, limit: int = 20) -> Sequence[Case]:
    """What waits for this person's 接单, oldest first."""
    query = select(Case).where(
        Case.id.in_(select(Offer.case_id).where(Offer.person_id == person_id, Offer.ended_at.is_(None))),
        Case.state == State.DISPATCHED,
    )
    return session().scalars(query.order_by(Case.id).limit(limit)).all()


def nobody_found(community_id: int | None = None, limit: int = 50) -> Sequence[Case]:
    """Row 17: no keeper, grid worker or department answers, and the desk has not taken it either.
    Must be empty by the end of the day."""
    query = select(Case).where(
        or_(Case.state == State.FILED, and_(Case.state == State.DISPATCHED, Case.route == "desk"))
    )
    if community_id is not None:
        query = query.where(or_(Case.community_id == community_id, Case.community_id.is_(None)))
    return session().scalars(query.order_by(Case.id).limit(limit)).all()


def followed(case: Case) -> Case:
    """The case itself, or the one with which it is dealt with."""
    return case if case.merged_into_id is None else session().get_one(Case, case.merged_into_id)


def is_open(case: Case) -> bool:
    return State(case.state) in OPEN


def _concerning(person_id: int) -> ColumnElement[bool]:
    """By a list of numbers, because each half of it is found by its own index, and an OR by none."""
    mine, for_others = aliased(Case), aliased(Case)
    written = select(for_others.id).where(for_others.proxy_id == person_id)
    joined = select(Fellow.case_id).where(Fellow.person_id == person_id, Fellow.left_at.is_(None))
    return Case.id.in_(union_all(select(mine.id).where(mine.reporter_id == person_id), written, joined))
