"""What was said at a door becomes a case, and somebody who lives there says whether it is mended (row 30).

Whoever was met is asked, where the visitor says who it was. Else the one person who lives there beyond doubt
and has agreed to be known; of several nobody knows who spoke, and what may be between people of one home is
told to none of them. A case without any of these stays on the visit list until somebody has gone there or
phoned, like that of a walk-in without WeChat (models/case/clock.py: to_visit).
"""

from typing import NamedTuple

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.case.calling_in import known_by
from models.case.case import Case
from models.case.on_behalf import tell_whom_it_is_for
from models.consent import consents
from models.mediation.rules import offered_for
from models.person.arriving import Visitor
from models.person.proving import is_proven, lives_in
from models.person.tables import Home, Person
from models.place.tables import Household


class Speaker(NamedTuple):
    """Whom the visitor met, as far as that was said: each may be "". `phone`: 11 digits."""

    name: str = ""
    phone: str = ""


UNSAID = Speaker()


def who_nods(household_id: int, category: str | None, visitor: Visitor, met: Speaker) -> int | None:
    """The person in whose name the case is filed, never the visitor's own; None where there is none."""
    if met.phone:
        known = known_by(met.phone, visitor)
        found = known.person_id if known is not None else None
    elif met.name or offered_for(category):
        found = None
    else:
        found = _only_resident(household_id)
    return found if found != visitor.person_id else None


def told(case: Case, by: By) -> None:
    """Whoever it was filed for hears so, and may take it back with a word."""
    if case.reporter_id is not None:
        tell_whom_it_is_for(case, case.reporter_id, by)


def _only_resident(household_id: int) -> int | None:
    query = (
        select(Person.id, Person.consented_at)
        .distinct()
        .join(Home, Home.person_id == Person.id)
        .join(Household, lives_in())
        .where(Household.id == household_id, is_proven())
        .limit(2)
    )
    there = session().execute(query).all()
    if len(there) != 1:
        return None
    person, consented_at = there[0]
    return person if consented_at is not None or consents.is_given(person, consents.BASIC) else None
