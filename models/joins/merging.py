"""Two records turn out to be one person: everything of the younger one goes to the other."""

from sqlalchemy import delete, select, update

from models.base.orm import session
from models.case.case import Case
from models.case.tables import Fellow, Rating
from models.dialogue.question import Question
from models.enquiry.tables import Enquiry
from models.outbox.address import Address
from models.outbox.letter import Letter, State
from models.person.tables import Home
from models.praise.praise import Praise


def merge(old: int, into: int) -> None:
    """Moves addresses, homes, cases, questions, ratings and letters that have not gone out yet."""
    if old == into:
        return
    run = session().execute
    run(update(Address).where(Address.owner_kind == "person", Address.owner_id == old).values(owner_id=into))
    run(update(Home).where(Home.person_id == old).values(person_id=into))
    run(update(Case).where(Case.reporter_id == old).values(reporter_id=into))
    run(update(Case).where(Case.proxy_id == old).values(proxy_id=into))
    run(update(Enquiry).where(Enquiry.asker_id == old).values(asker_id=into))
    run(update(Praise).where(Praise.by_id == old).values(by_id=into))
    run(
        update(Letter)
        .where(Letter.to_kind == "person", Letter.to_id == old, Letter.state == State.WAITING)
        .values(to_id=into)
    )
    # Where both joined or rated the same case, the older record's word stands.
    kept_joins = set(session().scalars(select(Fellow.case_id).where(Fellow.person_id == into)))
    for fellow in session().scalars(select(Fellow).where(Fellow.person_id == old)):
        if fellow.case_id in kept_joins:
            session().delete(fellow)
        else:
            fellow.person_id = into
    ratings = select(Rating).where(Rating.person_id.in_([old, into])).order_by(Rating.id)
    rated: set[tuple[int, int]] = set()
    for rating in session().scalars(ratings):
        if (rating.case_id, rating.round) in rated:
            session().delete(rating)
        elif rating.person_id == old:
            rating.person_id = into
        rated.add((rating.case_id, rating.round))
    run(delete(Question).where(Question.person_id == old))
