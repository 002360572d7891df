"""Which cases somebody can see and hold. Invisible is the same as not there."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.sql.util import ClauseAdapter

from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.prepared import Prepared
from models.base.refusals import NotFound
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import ENDED, OPEN, UNFINISHED, State
from models.case.tables import Alarm, Fellow, Offer
from models.duty.answering import duties_of
from models.duty.ladder import subtree
from models.duty.overseeing import OVERSEEING, overseen
from models.person.arriving import Visitor
from models.place.spot import Spot

FIRST_ABOVE = 1  # a grid worker sees what is offered; whoever stands above sees all of the own grids


class Way(NamedTuple):
    """One reason for which somebody sees cases: what `says` of the case itself, or, with `names`, that a row
    of another table which is `so` names the case."""

    says: ColumnElement[bool] | None = None
    names: SQLColumnExpression[int] | None = None
    so: ColumnElement[bool] | None = None

    @property
    def term(self) -> ColumnElement[bool]:
        """About one case, whichever it is."""
        terms = [self.says] if self.says is not None else []
        if self.names is not None:
            terms.append(exists().where(self.names == Case.id, *self._rows()))
        return and_(*terms)

    def among(self, low: int, high: int) -> ColumnElement[bool]:
        """The same about all cases with numbers from `low` to `high`, found by their own index."""
        terms = [self.says] if self.says is not None else []
        if self.names is None:
            terms.append(Case.id.between(low, high))
        else:
            terms.append(Case.id.in_(select(self.names).where(self.names.between(low, high), *self._rows())))
        return and_(*terms)

    def numbers(self, cases: FromClause, low: int, high: int) -> Select[int]:
        """Numbers of `cases`, another name of their table, that indexes alone tell: all of `among`, and more
        where the way says and names."""
        if self.names is not None:
            return select(self.names).where(self.names.between(low, high), *self._rows())
        terms = [] if self.says is None else [ClauseAdapter(cases).traverse(self.says)]
        return select(cases.c.id).where(*terms, cases.c.id.between(low, high))

    def _rows(self) -> list[ColumnElement[bool]]:
        return [self.so] if self.so is not None else []


def visible_to(visitor: Visitor) -> ColumnElement[bool]:
    """Cases this person may see: own, joined, offered, held, entered, of the grids below a rung that is held,
    or of the community one oversees."""
    cheap_first = sorted(ways_to(visitor), key=lambda way: way.names is not None)
    return or_(*(way.term for way in cheap_first))


def ways_to(visitor: Visitor) -> list[Way]:
    """For which reasons; a case may be seen for several."""
    me = visitor.person_id
    ways = [
        Way(Case.reporter_id == me),
        Way(Case.proxy_id == me),
        Way(names=Fellow.case_id, so=and_(Fellow.person_id == me, Fellow.left_at.is_(None))),
    ]
    if visitor.is_staff:  # who has left the post sees the work no more
        ways += [
            Way(Case.taker_id == me),
            Way(Case.entered_by == me),
            Way(names=Offer.case_id, so=Offer.person_id == me),
        ]
        if mine := duties_of(me):
            # Who is on shift, and the grids of a community without a desk, see the emergency that they are
            # called to.
            called = or_(Case.community_id.in_(mine), Case.community_id.is_(None))
            ways.append(Way(called, names=Alarm.case_id))
        if grids := subtree(me, lowest=FIRST_ABOVE):
            ways.append(Way(Case.grid_id.in_(grids)))
    theirs = overseen(visitor)
    if theirs is None:
        ways.append(Way(Case.id.is_not(None)))
    elif theirs:
        # What nobody could place belongs to every desk until one takes it.
        ways += [Way(_one_of(Case.community_id, theirs)), Way(Case.community_id.is_(None))]
    pieces = [one for one in visitor.posts if one.role in OVERSEEING and one.is_of_a_piece]
    if own_estates := {one.estate_id for one in pieces if one.estate_id is not None}:
        ways.append(Way(_one_of(Case.estate_id, own_estates)))
    if own_grids := {one.grid_id for one in pieces if one.grid_id is not None}:
        ways.append(Way(_one_of(Case.grid_id, own_grids)))
    return ways


def _one_of(column: InstrumentedAttribute[int | None], keys: Collection[int]) -> ColumnElement[bool]:
    """Of one key as plainly as it can be said, because that is most of them."""
    return column == next(iter(keys)) if len(keys) == 1 else column.in_(sorted(keys))


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


def of_public(public: str, visitor: Visitor, *, hold: bool = False) -> Case:
    """As `find`, by the case's public id."""
    query = select(Case).where(Case.public_id == public, visible_to(visitor))
    if hold:
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session().scalars(query).first()
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
    return _held(case_id)


def _held(case_id: int) -> Case:
    query = select(Case).where(Case.id == case_id).with_for_update()
    return session().scalars(query.execution_options(populate_existing=True)).one()


def open_of(person_id: int, limit: int = 8) -> Sequence[Case]:
    """What a resident has told us, or wrote for somebody else, and nobody has mended yet, newest first."""
    return _loaded(_UNFINISHED_OF, person_id, limit)


def asked_of(person_id: int) -> Sequence[Case]:
    """Of those the ones that wait for an answer of this person, newest first."""
    return _loaded(_ASKED_OF, person_id, 8)


def _loaded(numbers: Prepared, person_id: int, limit: int) -> list[Case]:
    """Each message asks this several times, and most people have nothing open: so numbers first."""
    session().flush()
    found = [row[0] for row in numbers(person=person_id, limit=limit).fetchall()]
    if not found:
        return []
    return list(session().scalars(select(Case).where(Case.id.in_(found)).order_by(Case.id.desc())))


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


def of_person(
    person_id: int, *, ended: bool | None = None, before: int | None = None, limit: int = 20
) -> Sequence[Case]:
    """A resident's own and joined cases, newest first: open ones, ended ones, or all; those with a smaller id
    than `before`."""
    query = select(Case).where(_concerning(person_id)).order_by(Case.id.desc()).limit(limit)
    if ended is not None:
        query = query.where(Case.state.in_(ENDED if ended else OPEN))
    return session().scalars(query if before is None else query.where(Case.id < before)).all()


def joinable(number: str | None = None, *, public: str | None = None) -> Case | None:
    """The open case of this number or public id, for somebody who met the same thing: no right to see it is
    needed, so it is none that is one household's own matter."""
    key = without_check(number) if number is not None else None
    if key is None and public is None:
        return None
    mine = Case.id == key if public is None else Case.public_id == public
    query = select(Case).where(mine, Case.state.in_(OPEN)).with_for_update()
    found = session().scalars(query.execution_options(populate_existing=True)).first()
    return found if found is not None and is_common(found) else None


def is_common(case: Case) -> bool:
    """Whether it is of a kind that several people meet; a quarrel or a wish is shown to nobody else."""
    return case.category in table("rules/joining.toml")["offered"]


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
    narrowed = {
        "building": spot.building_id or None, "category": category, "except_for": except_for,
        "except_case": except_case, "unit": spot.unit, "floor": spot.floor, "room": spot.room,
    }  # fmt: skip
    narrowed = {name: value for name, value in narrowed.items() if value is not None}
    session().flush()
    found = _same_matter(frozenset(narrowed)).first(estate=spot.estate_id, **narrowed)
    if found is None:
        return None
    if not hold:
        return session().get(Case, found[0])
    case = _held(found[0])
    return case if is_open(case) else None  # it may have ended while its row was waited for


@cache
def _same_matter(narrowed: frozenset[str]) -> Prepared:
    """By what it is narrowed; a statement each, because an index serves what is compared, not what may be."""
    said = {name: bindparam(name, type_=_NARROWING[name].type) for name in narrowed}
    query = select(_CASES.id).where(
        _CASES.estate_id == bindparam("estate", type_=Integer),
        or_(*(_CASES.state == state for state in sorted(OPEN))),
    )
    if "building" not in said:
        query = query.where(_CASES.building_id.is_(None))
    for name, value in said.items():
        column = _NARROWING[name]
        match name:
            case "except_for" | "except_case":
                query = query.where(column.is_distinct_from(value))
            case "building" | "category":
                query = query.where(column == value)
            case _:
                query = query.where(or_(column == value, column.is_(None)))
    return Prepared(query.order_by(_CASES.id.desc()).limit(1))


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


_CASES = Case.__table__.c
_NARROWING = {
    "building": _CASES.building_id, "category": _CASES.category, "except_for": _CASES.reporter_id,
    "except_case": _CASES.id, "unit": _CASES.unit_name, "floor": _CASES.floor, "room": _CASES.room,
}  # fmt: skip
_MINE, _FOR_OTHERS = (
    Case.__table__.alias("mine"),
    Case.__table__.alias("for_others"),
)  # once: it is slow


def _concerning(person: int | BindParameter[int]) -> ColumnElement[bool]:
    """By a list of numbers, because each part of it is found by its own index, and an OR by none."""
    return _CASES.id.in_(
        union_all(
            select(_MINE.c.id).where(_MINE.c.reporter_id == person),
            select(_FOR_OTHERS.c.id).where(_FOR_OTHERS.c.proxy_id == person),
            select(Fellow.case_id).where(Fellow.person_id == person, Fellow.left_at.is_(None)),
        )
    )


_OPEN_ONES = (
    select(_CASES.id)
    .where(
        _concerning(bindparam("person", type_=Integer)),
        or_(*(_CASES.state == state for state in sorted(UNFINISHED))),
    )
    .order_by(_CASES.id.desc())
    .limit(bindparam("limit", type_=Integer))
)
_UNFINISHED_OF = Prepared(_OPEN_ONES)
_ASKED_OF = Prepared(_OPEN_ONES.where(_CASES.pause == "resident"))
