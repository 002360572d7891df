"""What the letters of a whistle say, and to whom."""

from typing import Any

from models.base.links import personal_path
from models.base.orm import session
from models.case.case import Case
from models.duty.answering import answerer
from models.duty.tables import Department
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.whistle.departments import names, people_of
from models.whistle.reading import KIND, called_in
from models.whistle.tables import Whistle

BLOWN, ANSWERED, CLIMBED, ENDED = "whistle_blown", "whistle_answered", "whistle_climbed", "whistle_ended"
_LANES = {"emergency": Lane.EMERGENCY, "urgent": Lane.URGENT}


def path_of(whistle_id: int, person_id: int) -> str:
    """The page of a whistle, below the person's own desk."""
    return f"{personal_path('desk', person_id)}/whistles/{whistle_id}"


def case_path_of(number: str, person_id: int) -> str:
    """The page on which a case is whistled for, met about and handed over, below the person's own desk."""
    return f"{personal_path('desk', person_id)}/whistles/case/{number}"


def facts_of(whistle: Whistle) -> dict[str, Any]:
    """What every letter and card about it freezes."""
    case = session().get_one(Case, whistle.case_id)
    called = called_in(whistle.id)
    known = names(one.department_id for one in called)
    who = answerer(whistle.by_id)
    return case.facts(
        whistle=whistle.id,
        wanted=whistle.text,
        urgency=whistle.urgency,
        who=who.name if who else None,
        lead=known[called[0].department_id],
        assist=[known[one.department_id] for one in called[1:]],
        answer_due=whistle.answer_due.isoformat(),
        arrive_due=whistle.arrive_due.isoformat(),
    )


def tell_departments(whistle: Whistle, kind: str, occasion: str, *, but: int | None, **more: Any) -> None:
    """To whoever speaks for each that was called; `but` is who did it and needs no telling."""
    facts = facts_of(whistle)
    for one in called_in(whistle.id):
        for person in people_of(session().get_one(Department, one.department_id)):
            if person != but:
                _tell(
                    kind,
                    whistle,
                    person,
                    f"{occasion}.{one.department_id}",
                    facts,
                    is_lead=one.is_lead,
                    **more,
                )


def tell_one(whistle: Whistle, kind: str, person_id: int, occasion: str, **more: Any) -> None:
    _tell(kind, whistle, person_id, occasion, facts_of(whistle), **more)


def _tell(
    kind: str, whistle: Whistle, person_id: int, occasion: str, facts: dict[str, Any], **more: Any
) -> None:
    tell(
        kind,
        person_id,
        about=(KIND, whistle.id),
        occasion=occasion,
        # an answer to the one who blew it is held back by nothing
        lane=Lane.ANSWER if kind == ANSWERED else _LANES.get(whistle.urgency, Lane.NEWS),
        path=path_of(whistle.id, person_id),
        **facts,
        **more,
    )
