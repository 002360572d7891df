"""Who speaks for a department may change while a whistle runs: a new contact, a deputy of one on leave. They
hear of what is still to be answered."""

from sqlalchemy import select

from models.base.orm import session
from models.duty.tables import Department
from models.outbox.letter import Letter
from models.whistle import telling
from models.whistle.departments import people_of
from models.whistle.reading import KIND, called_in
from models.whistle.tables import Called, Whistle


def tell_newcomers(after: int = 0, *, limit: int = 50) -> int:
    """Running whistles that somebody has not answered, from the number `after` on: each who speaks for a
    silent department now reads its card, once. Gives the last one's number, 0 when there is none left."""
    silent = select(Called.whistle_id).where(Called.comes.is_(None))
    query = select(Whistle).where(Whistle.id > after, Whistle.ended_at.is_(None), Whistle.id.in_(silent))
    held = query.order_by(Whistle.id).limit(limit).with_for_update(skip_locked=True, of=Whistle)
    found = session().scalars(held.execution_options(populate_existing=True)).all()
    for whistle in found:
        _tell(whistle)
    return found[-1].id if found else 0


def _tell(whistle: Whistle) -> None:
    told = _told(whistle.id)
    for one in called_in(whistle.id):
        if one.comes is None:
            for person in people_of(session().get_one(Department, one.department_id)):
                if person not in told:
                    occasion = f"blown.{one.department_id}"
                    telling.tell_one(whistle, telling.BLOWN, person, occasion, is_lead=one.is_lead)


def _told(whistle_id: int) -> set[int]:
    query = select(Letter.to_id).where(
        Letter.about_kind == KIND, Letter.about_id == whistle_id, Letter.kind == telling.BLOWN
    )
    return set(session().scalars(query))
