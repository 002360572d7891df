"""Two records turn out to be one person: everything of the younger one goes to the other."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, select, update

from models.base.clock import now
from models.base.orm import session
from models.base.privacy import blind, seal, unseal
from models.books.tables import LineQuestion
from models.case.case import Case
from models.case.tables import Fellow, Rating
from models.client.tables import ClientSetting, ClientToken, Upload
from models.consent import consents
from models.contract.tables import Contract
from models.dialogue.question import QuestionRow
from models.enquiry.tables import Enquiry
from models.notice.audience import LETTER_KINDS
from models.notice.tables import CallAnswer, Receipt
from models.outbox.address import Address
from models.outbox.letter import CALLED_BACK, Letter, State
from models.pay.tables import Order
from models.person.proving import PROVEN
from models.person.tables import Home, Person
from models.praise.praise import Praise


def merge(old: int, into: int) -> None:
    """Moves what is known of the person, addresses, homes, cases, questions, ratings, what was paid and
    agreed on, what was read and answered of notices, and letters that have not gone out yet."""
    if old == into:
        return
    run = session().execute
    run(update(Address).where(Address.owner_kind == "person", Address.owner_id == old).values(owner_id=into))
    run(update(Home).where(Home.person_id == old).values(person_id=into))
    _one_home_at_a_place(into)
    run(update(Case).where(Case.reporter_id == old).values(reporter_id=into))
    run(update(Case).where(Case.proxy_id == old).values(proxy_id=into))
    run(update(Enquiry).where(Enquiry.asker_id == old).values(asker_id=into))
    run(update(LineQuestion).where(LineQuestion.person_id == old).values(person_id=into))
    run(update(Order).where(Order.payer_id == old).values(payer_id=into))
    run(update(Contract).where(Contract.agreed_by == old).values(agreed_by=into))
    run(update(Praise).where(Praise.by_id == old).values(by_id=into))
    run(update(ClientToken).where(ClientToken.person_id == old).values(person_id=into))
    run(update(Upload).where(Upload.person_id == old).values(person_id=into))
    _join_settings(old, into)
    _join_people(old, into)
    consents.join(old, into)
    _join_notices(old, into)
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
    run(delete(QuestionRow).where(QuestionRow.person_id == old))


def _join_people(old: int, into: int) -> None:
    """What is known of the person, by whichever record; nobody is found by the younger one any more."""
    known = select(Person).where(Person.id.in_((old, into))).order_by(Person.id).with_for_update()
    people = {one.id: one for one in session().scalars(known.execution_options(populate_existing=True))}
    former, person = people[old], people[into]
    number = unseal(former.phone_sealed, _phone_of(former)) if former.phone_sealed else None
    union, former.unionid = former.unionid, None
    former.phone_sealed = former.phone_hash = None
    session().flush()  # because a unionid is one record's at a time
    person.unionid = person.unionid or union
    if person.phone_hash is None and number:
        person.phone_sealed, person.phone_hash = seal(number, _phone_of(person)), blind(number, "phone")
    person.is_rider = person.is_rider or former.is_rider
    person.consented_at = person.consented_at or former.consented_at
    person.privacy_told_at = person.privacy_told_at or former.privacy_told_at
    session().flush()


def _phone_of(person: Person) -> str:
    return f"people.phone/{person.public_id}"


def _join_settings(old: int, into: int) -> None:
    """As the older record was told, else as the younger one."""
    mine = select(ClientSetting.id).where(ClientSetting.person_id == into)
    theirs = ClientSetting.person_id == old
    if session().execute(mine).first() is None:
        session().execute(update(ClientSetting).where(theirs).values(person_id=into))
    else:
        session().execute(delete(ClientSetting).where(theirs))


def _one_home_at_a_place(person_id: int) -> None:
    """Of two that both records said, the one that is beyond doubt, else the older."""
    query = select(Home).where(Home.person_id == person_id, Home.until.is_(None))
    homes = sorted(session().scalars(query), key=lambda one: (one.proof not in PROVEN, one.id))
    kept: set[tuple[int, str, str | None]] = set()
    for home in homes:
        place = (home.building_id, home.unit_name, home.room)
        if place in kept:
            home.until = now()
        kept.add(place)
    session().flush()


#: What became of the better one of two letters about a notice; the other is not needed.
_BETTER = (
    State.SENT,
    State.TAKEN,
    State.UNKNOWN,
    State.WAITING,
    State.BY_HAND,
    State.FAILED,
    State.WITHDRAWN,
)


def _join_notices(old: int, into: int) -> None:
    """Nobody is told of a notice twice, it was opened once, of two answers to a call the last word counts."""
    letters = select(Letter).where(
        Letter.about_kind == "notice",
        Letter.kind.in_(LETTER_KINDS),
        Letter.to_kind == "person",
        Letter.to_id.in_((old, into)),
    )
    told: dict[int | None, Letter] = {}
    for letter in sorted(
        session().scalars(letters.with_for_update()),
        key=lambda one: (_BETTER.index(State(one.state)), one.id),
    ):
        is_second = told.setdefault(letter.about_id, letter) is not letter
        if is_second and letter.state in (State.WAITING, State.BY_HAND):
            letter.state, letter.reason, letter.settled_at = State.WITHDRAWN, "one_person", now()
        elif is_second and letter.state == State.TAKEN:
            letter.reason = CALLED_BACK
        letter.to_id = into
    receipts = select(Receipt).where(Receipt.reader_kind == "person", Receipt.reader_id.in_((old, into)))
    _keep_first(session().scalars(receipts.order_by(Receipt.opened_at, Receipt.id)), "reader_id", into)
    answers = select(CallAnswer).where(CallAnswer.person_id.in_((old, into)))
    newest = answers.order_by(CallAnswer.answered_at.desc(), CallAnswer.id.desc())
    _keep_first(session().scalars(newest), "person_id", into)


def _keep_first(rows: Iterable[Any], person: str, into: int) -> None:
    """One row for each notice, in the name of `into`."""
    kept: dict[int, Any] = {}
    for row in rows:
        if kept.setdefault(row.notice_id, row) is not row:
            session().delete(row)
    session().flush()  # because the name is free only when the other row is gone
    for row in kept.values():
        setattr(row, person, into)
