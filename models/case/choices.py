"""What one person may do with a case now. Pages offer these; the verbs check again."""

from models.case import offering
from models.case.alarm import rung_about
from models.case.case import Case
from models.case.lifecycle import CLAIMED, ENDED, OPEN, UNFINISHED, UNTAKEN, WORKING, State
from models.case.tables import Alarm
from models.duty.overseeing import decides_on
from models.person.arriving import Visitor


def open_to(case: Case, visitor: Visitor, alarm: Alarm | None) -> frozenset[str]:
    """Names of moves, for somebody who was found to see the case."""
    return frozenset(_as_resident(case, visitor.person_id) | _as_staff(case, visitor, alarm))


def _as_resident(case: Case, me: int) -> set[str]:
    if me not in case.concerned():
        return set()
    state = State(case.state)
    moves: set[str] = set()
    if state not in ENDED:
        moves.add("add")
        if me != case.reporter_id:
            moves.add("leave")
    if state == State.COLLECTED:
        moves.add("place")
    if state == State.FINISHED:
        moves |= {"nod", "object"}
    if state in (State.CLOSED, State.RATED) and not case.rated_by(me):
        moves |= {"rate", "object"}
    return moves


def _as_staff(case: Case, visitor: Visitor, alarm: Alarm | None) -> set[str]:
    if not visitor.is_staff:
        return set()
    me, state = visitor.person_id, State(case.state)
    moves: set[str] = set()
    offered = state == State.DISPATCHED and offering.is_offered(case.id, me)
    mine = case.taker_id == me and state == State.HANDLING
    deciding = decides_on(me, case)
    ringing = alarm is not None and alarm.acknowledged_at is None
    rung = case.urgency == "emergency" and me in rung_about(case.id, case)
    if offered or (deciding and state == State.FILED) or (rung and state in (State.FILED, State.DISPATCHED)):
        moves.add("accept")
    if offered or mine:
        moves.add("give_back")
    if offered or mine or (deciding and state in (*UNTAKEN, State.HANDLING)):
        moves.add("transfer")
    if mine:
        moves.add("finish")
    if ringing and (deciding or rung or offered or mine):
        moves.add("acknowledge")
    if (deciding or case.entered_by == me) and state not in ENDED:
        moves |= {"correct", "place"} if state in UNTAKEN else {"correct"}
    if deciding and (case.is_merged or (state in OPEN and len(case.concerned()) > 1)):
        moves.add("separate")
    if case.may_revive(me):
        moves.add("revive")
    if (deciding or case.entered_by == me) and case.taker_id != me and state == State.FINISHED:
        moves |= {"nod_by_phone", "object_by_phone"}
    if mine or "nod_by_phone" in moves or (deciding and state in UNTAKEN):
        moves.add("call")
    return (
        moves | _ending(case, me, deciding=deciding) | _taking_longer(case, me, mine=mine, deciding=deciding)
    )


def _ending(case: Case, me: int, *, deciding: bool) -> set[str]:
    """Ends other than mended, and at which level it was solved."""
    moves: set[str] = set()
    if case.proposal is None and case.may_claim(me):
        moves.add("end")
    if deciding and (found := case.claimed()) is not None and found.by_id != me:
        moves.add("end_agree")
    if deciding and (asked := case.asked_second()) is not None and asked.by_id != me:
        moves.add("second_agree")
    if deciding and State(case.state) in CLAIMED and case.claim in (None, "mended"):
        moves.add("level")
    return moves


def _taking_longer(case: Case, me: int, *, mine: bool, deciding: bool) -> set[str]:
    """What is said meanwhile, more time, and what whoever it has climbed to may do."""
    if State(case.state) not in UNFINISHED:
        return set()
    moves: set[str] = set()
    above = case.is_above(me)
    has_people = bool(case.concerned())
    if mine or deciding or above:
        moves |= {"phoned"} | ({"tell"} if has_people else set()) | ({"resume"} if case.pause else set())
    if mine and has_people:
        moves.add("ask")
    if (mine or deciding) and case.state == State.HANDLING and case.proposal is None:
        moves.add("longer")
    if deciding and (found := case.proposed()) is not None and found.by_id != me:
        moves.add("longer_agree")
    if (above or deciding) and not mine and State(case.state) in WORKING:
        moves.add("supervise")
    if above:
        moves |= {"above", "transfer"}
        if not mine and case.state == State.HANDLING:
            moves.add("take_over")
    return moves
