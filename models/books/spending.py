"""支出: entered, handed in, agreed to by somebody else, booked in the same transaction (rows 39, 41, 56).

Nobody agrees to what they spent or entered themselves. What was booked stays; a mistake is reversed by an
entry of today, by somebody else again.
"""

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.books.agreeing import ask_others, settled
from models.books.bought import Bought
from models.books.conflicts import Hand, conflicts
from models.books.money import hold, money_line, must_suffice
from models.books.rights import estate_of, may_look
from models.books.tables import Outlay, State
from models.books.words import reason
from models.duty.overseeing import deciding
from models.history import Step, record
from models.ledger import Account, Posting, post, reverse
from models.ledger.sealing import open_day
from models.person.arriving import staff_of
from models.person.tables import Staff
from models.place.tables import Estate

KIND = "outlay"
LOAN_BACK = "loan_back"


def enter(estate_id: int, bought: Bought, by: By, *, again: bool = False) -> Outlay:
    """A draft. Raises NotFound for who may not enter there, Invalid for what cannot be, and for the same line
    a second time unless `again` says that it was bought twice."""
    estate_of(estate_id, by)
    _spender(bought.spender_id)
    bought.must_be_right(estate_id)
    before = _same(estate_id, bought)
    if before is not None and not again:
        raise Invalid("outlay_twice", number=before)
    outlay = Outlay(estate_id=estate_id, by_id=by.id or 0, **bought.columns())
    session().add(outlay)
    session().flush()
    _record(outlay, "entered", by)
    return outlay


def change(outlay: Outlay, bought: Bought, by: By) -> None:
    """As long as nobody has agreed: it is a draft again. Raises NotAllowed after that, and as `enter`."""
    estate_of(outlay.estate_id, by)
    if outlay.state not in (State.DRAFT, State.REFUSED):
        raise NotAllowed("outlay_move", number=outlay.id)
    _spender(bought.spender_id)
    bought.must_be_right(outlay.estate_id)
    for name, value in bought.columns().items():
        setattr(outlay, name, value)
    outlay.state, outlay.by_id, outlay.why = State.DRAFT, by.id or 0, None
    _record(outlay, "changed", by)


def hand_in(outlay: Outlay, by: By) -> None:
    """Somebody else is to agree. Said again it changes nothing. Raises NotAllowed once that was settled."""
    estate = estate_of(outlay.estate_id, by)
    if outlay.state == State.WAITING:
        return
    if outlay.state != State.DRAFT:
        raise NotAllowed("outlay_move", number=outlay.id)
    outlay.state = State.WAITING
    outlay.conflicts = _conflicts(outlay, estate, None)
    _record(outlay, "handed_in", by)
    ask_others(estate, own_hands(outlay))


def give_up(outlay: Outlay, by: By) -> None:
    """A draft that is not wanted any more, lest it keeps its month from being sealed. Raises NotAllowed for
    one that is no draft."""
    estate_of(outlay.estate_id, by)
    if outlay.state == State.REFUSED:
        return
    if outlay.state != State.DRAFT:
        raise NotAllowed("outlay_move", number=outlay.id)
    outlay.state = State.REFUSED
    _record(outlay, "given_up", by)


def handing(outlay: Outlay) -> int:
    """The number of the step by which it was handed in last, 0 if it never was: what an approver reads."""
    query = select(func.max(Step.id)).where(
        Step.about_kind == KIND, Step.about_id == outlay.id, Step.what == "handed_in"
    )
    return session().execute(query).scalar() or 0


def approve(outlay: Outlay, by: By, seen: int | None = None) -> bool:
    """Agreed, and booked. False for one that is booked already. `seen` is the `handing` that was read; a
    command, which reads and agrees at once, has none.

    Raises NotFound for who does not settle there, NotAllowed for whoever spent, entered or is paid, when it
    does not wait, or was changed and handed in again since it was read; Invalid where the account or the fund
    has not so much.
    """
    estate = _other_hand(outlay, by)
    if outlay.state == State.BOOKED:
        return False
    if outlay.state != State.WAITING:
        raise NotAllowed("outlay_move", number=outlay.id)
    if seen is not None and seen != handing(outlay):
        raise NotAllowed("outlay_changed", number=outlay.id)
    hold(outlay.estate_id)
    day = open_day(outlay.estate_id, outlay.day)
    must_suffice(outlay.estate_id, outlay.paid_from, outlay.fund, outlay.fen, day)
    account = Account.LOAN if outlay.spent_for == LOAN_BACK else Account.EXPENSE
    outlay.entry_id = post(
        "spent",
        outlay.estate_id,
        day,
        [
            Posting(account, outlay.fen, detail=outlay.spent_for),
            money_line(outlay.paid_from, -outlay.fen, outlay.fund),
        ],
        key=f"outlay/{outlay.id}",
        by=by,
        about=(KIND, outlay.id),
    )
    outlay.state, outlay.settled_by, outlay.settled_at = State.BOOKED, by.id, now()
    outlay.conflicts = _conflicts(outlay, estate, by)
    _record(outlay, "approved", by)
    settled(outlay.estate_id)
    return True


def refuse(outlay: Outlay, by: By, why: str) -> None:
    """Not agreed; whoever entered it may change it. Raises as `approve`, and Invalid without a reason."""
    _other_hand(outlay, by)
    why = reason(why, outlay.estate_id)
    if outlay.state != State.WAITING:
        raise NotAllowed("outlay_move", number=outlay.id)
    outlay.state, outlay.settled_by, outlay.settled_at, outlay.why = State.REFUSED, by.id, now(), why
    _record(outlay, "refused", by, why=why)
    settled(outlay.estate_id)


def take_back(outlay: Outlay, by: By, why: str) -> None:
    """冲正: an entry of today with the other sign. Raises as `approve`, and Invalid without a reason."""
    _other_hand(outlay, by)
    why = reason(why, outlay.estate_id)
    if outlay.state == State.REVERSED:
        return
    if outlay.state != State.BOOKED or outlay.entry_id is None:
        raise NotAllowed("outlay_move", number=outlay.id)
    hold(outlay.estate_id)
    reverse(outlay.entry_id, local(now()).date(), by)
    outlay.state, outlay.why = State.REVERSED, why
    _record(outlay, "reversed", by, why=why)


def held(number: int, by: By) -> Outlay:
    """One of them, for a verb. Raises NotFound for who may not even look."""
    outlay = session().get(Outlay, number, with_for_update=True, populate_existing=True)
    estate = session().get(Estate, outlay.estate_id) if outlay is not None else None
    if outlay is None or estate is None or not may_look(by.id, estate.community_id):
        raise NotFound("outlay_not_found", number=number)
    return outlay


def own_hands(outlay: Outlay) -> frozenset[int]:
    """Who may not agree to it."""
    return frozenset({outlay.spender_id, outlay.by_id})


def _other_hand(outlay: Outlay, by: By) -> Estate:
    estate = estate_of(outlay.estate_id, by, settling=True)
    hand = _hand(by.id or 0)
    if by.id in own_hands(outlay) or (hand is not None and hand.name == outlay.payee.strip()):
        raise NotAllowed("outlay_own", number=outlay.id)
    return estate


def _conflicts(outlay: Outlay, estate: Estate, approver: By | None) -> list[str]:
    others = set(deciding(estate.community_id)) - own_hands(outlay)
    return conflicts(
        outlay.payee,
        [hand for one in own_hands(outlay) if (hand := _hand(one)) is not None],
        _hand(approver.id or 0) if approver else None,
        alone=not others,
        again=_same(outlay.estate_id, outlay, but=outlay.id) is not None,
    )


def _hand(person_id: int) -> Hand | None:
    """Also of somebody who has left the post since."""
    staff = session().scalars(select(Staff).where(Staff.person_id == person_id)).first()
    return Hand(person_id, staff.name, frozenset(staff.roles), staff.employer) if staff else None


def _spender(person_id: int) -> None:
    if staff_of(person_id) is None:
        raise NotFound("no_such_number")


def _same(estate_id: int, bought: Bought | Outlay, but: int = 0) -> int | None:
    """The number of a line that says the same, unless it was refused or taken back."""
    query = select(Outlay.id).where(
        Outlay.estate_id == estate_id,
        Outlay.day == bought.day,
        Outlay.fen == bought.fen,
        Outlay.payee == bought.payee,
        Outlay.item == bought.item,
        Outlay.id != but,
        Outlay.state.not_in((State.REFUSED, State.REVERSED)),
    )
    return session().scalars(query.order_by(Outlay.id)).first()


def _record(outlay: Outlay, what: str, by: By, **facts: str) -> None:
    record((KIND, outlay.id), what, by=by, at=now(), **facts)
