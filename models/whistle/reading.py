"""Whistles and whom they called, found and held."""

from collections.abc import Sequence

from sqlalchemy import select

from models.base.orm import session
from models.base.refusals import NotFound
from models.history import Step
from models.whistle.tables import Called, Whistle

KIND = "whistle"


def hold(whistle_id: int) -> Whistle:
    """Its row ours until the commit: of two who move it at once the second sees what the first did. Raises
    NotFound."""
    query = select(Whistle).where(Whistle.id == whistle_id).with_for_update()
    found = session().scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("whistle_not_found")
    return found


def called_in(whistle_id: int) -> Sequence[Called]:
    """The lead first."""
    query = select(Called).where(Called.whistle_id == whistle_id)
    order = query.order_by(Called.is_lead.desc(), Called.id)
    return session().scalars(order.execution_options(populate_existing=True)).all()


def called_one(whistle_id: int, department_id: int) -> Called:
    """Raises NotFound for a department that it did not call."""
    for one in called_in(whistle_id):
        if one.department_id == department_id:
            return one
    raise NotFound("whistle_not_found")


def told_of_silence(whistle_id: int) -> set[int]:
    """To whom it has climbed, as its steps say."""
    query = select(Step.facts).where(
        Step.about_kind == KIND, Step.about_id == whistle_id, Step.what == "whistle_climbed"
    )
    return {person for facts in session().scalars(query) for person in facts["to"]}


def of_case(case_id: int) -> Sequence[Whistle]:
    """Oldest first."""
    return session().scalars(select(Whistle).where(Whistle.case_id == case_id).order_by(Whistle.id)).all()


def open_calls(departments: frozenset[int], case_id: int | None = None) -> list[tuple[Whistle, Called]]:
    """What waits for these departments: running whistles, the one that is due first before the others."""
    query = (
        select(Whistle, Called)
        .join(Called, Called.whistle_id == Whistle.id)
        .where(Called.department_id.in_(departments), Whistle.ended_at.is_(None))
        .order_by(Whistle.answer_due, Whistle.id)
    )
    if case_id is not None:
        query = query.where(Whistle.case_id == case_id)
    return [(row[0], row[1]) for row in session().execute(query)]
