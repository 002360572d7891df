"""Whose colours a leader sees: those that stand, of the people below."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select

from models.appraisal.appealing import appeal_of
from models.appraisal.ranks import may_rule, people_below
from models.appraisal.rules import AMBER, RED
from models.appraisal.tables import StaffWarning
from models.base.orm import session
from models.duty.overseeing import DECIDING
from models.person.arriving import Visitor


def standing(visitor: Visitor, period: str) -> Sequence[StaffWarning]:
    """Amber and red of a month, as far as they are final, of everybody below but not of oneself."""
    query = select(StaffWarning).where(
        StaffWarning.period == period,
        StaffWarning.final_at.is_not(None),
        StaffWarning.stands.in_((AMBER, RED)),
        StaffWarning.person_id != visitor.person_id,
        *_of(visitor),
    )
    return (
        session()
        .scalars(query.order_by(StaffWarning.stands.desc(), StaffWarning.person_id, StaffWarning.code))
        .all()
    )


def counts(visitor: Visitor, period: str) -> dict[str, int]:
    """How many colours stand of each, green ones too; what still waits is in none."""
    query = select(StaffWarning.stands).where(
        StaffWarning.period == period, StaffWarning.final_at.is_not(None)
    )
    found: dict[str, int] = {}
    for colour in session().scalars(query.where(*_of(visitor))):
        if colour is not None:
            found[colour] = found.get(colour, 0) + 1
    return found


def sees(visitor: Visitor) -> bool:
    return not DECIDING.isdisjoint(visitor.roles) or bool(people_below(visitor.person_id))


def find(warning_id: int, visitor: Visitor) -> StaffWarning | None:
    """One's own at once; another's when it stands and the person is below, or when one may rule on it."""
    warning = session().get(StaffWarning, warning_id)
    if warning is None or warning.person_id == visitor.person_id:
        return warning
    if appeal_of(warning_id) is not None and may_rule(
        visitor.person_id, warning.person_id, warning.community_id
    ):
        return warning
    if warning.final_at is None:
        return None
    query = select(StaffWarning.id).where(StaffWarning.id == warning_id, *_of(visitor))
    return warning if session().scalar(query) is not None else None


def months(most: int = 12) -> Sequence[str]:
    """Those that have colours, the newest first."""
    query = select(StaffWarning.period).distinct().order_by(StaffWarning.period.desc()).limit(most)
    return session().scalars(query).all()


def _of(visitor: Visitor) -> list[ColumnElement[bool]]:
    ways: list[ColumnElement[bool]] = [StaffWarning.person_id.in_(people_below(visitor.person_id))]
    if not DECIDING.isdisjoint(visitor.roles):
        if visitor.community_id is None:
            return []
        ways.append(StaffWarning.community_id == visitor.community_id)
    return [or_(*ways)]
