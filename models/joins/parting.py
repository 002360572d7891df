"""What was put together is two things after all: each gets a case and a way of its own."""

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case.case import Case
from models.case.lifecycle import ENDED, State
from models.case.reach import hold
from models.case.reporting import report
from models.case.tables import Fellow
from models.duty.answering import Answering
from models.duty.overseeing import decides_on
from models.outbox.door import tell
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import understand
from models.understanding.sureness import kind_of


def parted(case: Case, person_id: int, by: By) -> tuple[Case, Answering]:
    """This person's share of the case: the own case that was merged into it, else a new one made of the
    words of joining. The caller holds the row. Raises NotAllowed: not_joined."""
    merged = select(Case.id).where(Case.merged_into_id == case.id, Case.reporter_id == person_id)
    own_id = session().scalars(merged.order_by(Case.id.desc()).limit(1)).first()
    if own_id is not None:
        own = hold(own_id)
        return own, own.separate(by)
    own, answers = begun_again(case, case.split_off(person_id, by), person_id, by)
    if by.kind == "staff":
        tell("case_separated", person_id, about=own.about, occasion="parted", **own.facts(other=case.number))
    return own, answers


def begun_again(like: Case, words: str, person_id: int, by: By) -> tuple[Case, Answering]:
    """A case of its own from words that were counted as another's, at its place unless they say more."""
    u = understand(words, town().gazetteer)
    said = like.spot.filled_by(Spot.said(u), how="answer")
    spot = town().locate(said, community_id=like.community_id, estate_id=like.estate_id).spot
    case_id, answers = report(
        text=words,
        category=kind_of(u) or like.category,
        also=u.also,
        urgency=u.urgency,
        spot=spot if spot.is_known else like.spot,
        source=like.source,
        by=by,
        reporter=person_id,
    )
    return hold(case_id), answers


def parted_by_desk(case: Case, by: By) -> tuple[Case, Answering]:
    """A merged case comes back; of one that others joined, the newest of them goes. Who it is about is told.

    Raises NotAllowed: not_yours, nobody_joined.
    """
    if not decides_on(by.id, case):
        raise NotAllowed("not_yours", number=case.number)
    if case.is_merged:
        return case, case.separate(by)
    joiner = newest_joiner(case)
    if joiner is None:
        raise NotAllowed("nobody_joined", number=case.number)
    return parted(case, joiner, by)


def newest_joiner(case: Case) -> int | None:
    """Who joined last and is still in it, while it may still be taken apart."""
    if State(case.state) in ENDED:
        return None
    query = select(Fellow.person_id).where(Fellow.case_id == case.id, Fellow.left_at.is_(None))
    return session().scalars(query.order_by(Fellow.joined_at.desc(), Fellow.id.desc()).limit(1)).first()
