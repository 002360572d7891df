"""对这一笔有疑问: a resident asks about a line of the open books, a case with its clock (row 56)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import select

from models.base.actor import By
from models.base.orm import put, session
from models.base.refusals import Invalid, NotFound
from models.books.spending import own_hands
from models.books.tables import LineQuestion, Outlay
from models.case import reach, reporting
from models.case.case import Case
from models.case.lifecycle import CLAIMED, ENDED
from models.case.tables import TEXT_LIMIT
from models.duty.answering import Answering, asked_of, duty_persons
from models.duty.overseeing import above, deciding_here
from models.place.gazetteer import town

CATEGORY = "fees"


class Asked(NamedTuple):
    """How many persons asked about a line, and how many of them have an answer to all they asked."""

    asked: int
    answered: int


def ask(outlay: Outlay, text: str, by: By) -> tuple[Case, bool]:
    """Files `text`, which names the line, for the community's desk; whoever spent or entered it is not asked
    about it. Returns the case, and False where this person's question about it is open already: then the
    words join that one. Raises NotFound for a line that is not booked, Invalid without words.
    """
    if outlay.entry_id is None or by.id is None:
        raise NotFound("outlay_not_found", number=outlay.id)
    if not text.strip():
        raise Invalid("text_missing")
    # two taps of one person: the second finds the first one's question
    session().execute(select(Outlay.id).where(Outlay.id == outlay.id).with_for_update())
    open_case = _open(outlay.id, by.id)
    if open_case is not None:
        reach.hold(open_case.id).add_text(text[:TEXT_LIMIT], by)
        return open_case, False
    spot = town().spot_of_estate(outlay.estate_id, how="said")
    if spot is None:
        raise NotFound("outlay_not_found", number=outlay.id)
    case_id, _ = reporting.report(
        text=text[:TEXT_LIMIT],
        category=CATEGORY,
        urgency="normal",
        spot=spot,
        source="page",
        by=by,
        reporter=by.id,
        answers=_who_answers(outlay, spot.community_id),
    )
    put(LineQuestion, outlay_id=outlay.id, case_id=case_id, person_id=by.id)
    return session().get_one(Case, case_id), True


def asked_about(outlays: Collection[int]) -> Mapping[int, Asked]:
    """Of those lines that anybody asked about."""
    query = (
        select(LineQuestion.outlay_id, LineQuestion.person_id, Case.state)
        .join(Case, Case.id == LineQuestion.case_id)
        .where(LineQuestion.outlay_id.in_(sorted(outlays)))
    )
    askers: dict[int, dict[int, bool]] = defaultdict(dict)
    for outlay, person, state in session().execute(query):
        askers[outlay][person] = askers[outlay].get(person, True) and state in CLAIMED
    return {outlay: Asked(len(people), sum(people.values())) for outlay, people in askers.items()}


def _open(outlay_id: int, person_id: int) -> Case | None:
    query = (
        select(Case)
        .join(LineQuestion, LineQuestion.case_id == Case.id)
        .where(
            LineQuestion.outlay_id == outlay_id,
            Case.reporter_id == person_id,
            Case.state.not_in(sorted(ENDED)),
        )
        .order_by(Case.id)
    )
    return session().scalars(query).first()


def _who_answers(outlay: Outlay, community_id: int | None) -> Answering:
    own = own_hands(outlay)
    for people in (
        asked_of(community_id, None).people,
        deciding_here(community_id),
        above(community_id),
        duty_persons(community_id),
    ):
        others = tuple(one for one in people if one not in own)
        if others:
            # handed to them by the matter, not by its place: so the letter does not say that nobody was found
            return Answering("transfer", others)
    return Answering("nobody")
