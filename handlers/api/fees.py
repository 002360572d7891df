"""My own money: bills line by line, paying them, receipts. Of no other home, and every sum is counted here:
what comes with a request names bills and nothing else (P6)."""

from datetime import date, datetime, time
from typing import Annotated, Any

import msgspec

from handlers.api.asking import Ask, missing
from handlers.api.errors import wrong
from handlers.api.limits import ORDERS
from handlers.api.paging import after, paged
from handlers.api.routes import Need, Route, Runs
from handlers.api.shapes import Asked, Fen, Id, Moment, Page, Paging, Shape, clock
from handlers.pages.fees.bills import bill_facts, line_of_bill
from handlers.pages.fees.receipts import line_of_payment, receipt_facts
from handlers.wording.filters import period as period_said
from handlers.wording.filters import place as said
from handlers.words import labels, say
from models.base.clock import SHANGHAI
from models.base.orm import session
from models.base.refusals import NotAllowed, NotFound
from models.base.signed_ids import number_of, signed_id
from models.fee import own
from models.fee.own import Dwelling
from models.fee.payments import Payment
from models.fee.tables import Bill, State
from models.pay import receipts
from models.person.living import homes_said

BILLS, ORDERS_TABLE, PAYMENTS = "bills", "pay_orders", "payments"
MOST = 20  # bills that are paid at once


class BillsAsked(Paging):
    """`home_id`: of one home; without it of all in which I live beyond doubt."""

    home_id: Id | None = None


class BillShown(Shape):
    """`state`: open or paid. `payable`: it is open, and can be paid over WeChat now."""

    id: str
    number: str
    period: str
    title: str
    place: str
    state: str
    state_label: str
    amount_fen: Fen
    paid_fen: Fen
    due_at: Moment
    payable: bool


class LineShown(Shape):
    """`words`: how it was counted, or what it is about."""

    title: str
    words: str
    amount_fen: Fen


class BillWhole(BillShown):
    """`lines` come to `amount_fen`. `first`, `last`: the days that it charges."""

    first: date
    last: date
    lines: list[LineShown]


class ToPay(Asked):
    """Bills of one home. No sum: what is owed is counted here."""

    bill_ids: Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MOST)]


class OrderShown(Shape):
    """`state`: waiting, paid, over (it may not be paid any more) or held (a person looks at it). `payment`:
    what wx.requestPayment takes, only where the order was just asked for."""

    id: str
    amount_fen: Fen
    state: str
    payment: dict[str, str] | None
    receipt_id: str | None


class ReceiptShown(Shape):
    """`state`: booked, doubted (said to be wrong) or reversed."""

    id: str
    number: str
    amount_fen: Fen
    paid_at: Moment
    way: str
    way_label: str
    state: str


class PartShown(Shape):
    title: str
    amount_fen: Fen


class ReceiptWhole(ReceiptShown):
    """What it paid; `kept_fen` is kept for bills to come. `place` is null for what was paid for others."""

    place: str | None
    lines: list[PartShown]
    kept_fen: Fen


def bills(ask: Ask, given: BillsAsked) -> Page[BillShown]:
    """My bills, the latest period first."""
    homes = _homes(ask, given.home_id)
    rows = [(one, home) for home in homes.values() for one in own.bills_of(home.id)]
    rows.sort(key=lambda row: (row[0].first, row[0].id), reverse=True)
    rows = _part(rows, given, BILLS)
    is_open = ask.office.till.is_open(ask.caller.way)
    return paged(rows, given, BILLS, lambda row: row[0].id, lambda row: BillShown(**_bill(*row, is_open)))


def bill(ask: Ask, given: None) -> BillWhole:
    """One of them, line by line."""
    homes = _homes(ask)
    found = own.bill_at(ask.number(BILLS), list(homes))
    home = homes[found.household_id]
    facts = bill_facts(found, home)
    return BillWhole(
        **_bill(found, home, ask.office.till.is_open(ask.caller.way)),
        first=facts["first"],
        last=facts["last"],
        lines=[_line(one, facts["service"]) for one in facts["lines"]],
    )


def order(ask: Ask, given: ToPay) -> OrderShown:
    """An order for what is owed on these bills; asking twice gives the same one."""
    office, way = ask.office, ask.caller.way
    with office.database.read():
        homes = _homes(ask)
        named = [_named(one, place, homes) for place, one in enumerate(given.bill_ids)]
        if len({one.id for one in named}) != len(named) or len({one.household_id for one in named}) != 1:
            raise wrong("bills_of_one_home", "bill_ids")
        openid = ask.openid
    if openid is None or not office.till.is_open(way):
        raise NotAllowed("pay_away")
    household, numbers = named[0].household_id, [one.id for one in named]
    begun = office.till.pay_by(way, household, ask.me, openid, numbers)
    with office.database.read():
        found = receipts.order_numbered(begun.number, ask.me) or missing()
        return _order(found, begun.parameters)


def order_shown(ask: Ask, given: None) -> OrderShown:
    """How far an order of mine is: what the telephone says of it proves nothing, only this does."""
    return _order(receipts.order_of(ask.number(ORDERS_TABLE), ask.me) or missing(), None)


def receipts_listed(ask: Ask, given: Paging) -> Page[ReceiptShown]:
    """What was paid for my homes, and by me for others, the newest first."""
    homes = list(_homes(ask))
    rows: list[Payment] = [one for home in homes for one in own.payments_of(home)]
    rows += receipts.paid_for_others(ask.me, homes)
    rows.sort(key=lambda one: one.id, reverse=True)
    before = after(given, PAYMENTS)
    rows = [one for one in rows if before is None or one.id < before][: given.limit + 1]
    return paged(rows, given, PAYMENTS, lambda one: one.id, lambda one: ReceiptShown(**_receipt(one)))


def receipt(ask: Ask, given: None) -> ReceiptWhole:
    """One of them, with what it paid."""
    homes = _homes(ask)
    found = session().get(Payment, ask.number(PAYMENTS))
    if found is None or (found.household_id not in homes and not receipts.has_paid(ask.me, found.id)):
        missing()
    home = homes.get(found.household_id)
    facts = receipt_facts(found, home)
    return ReceiptWhole(
        **_receipt(found),
        place=said(**home.place()) if home is not None else None,
        lines=[PartShown(title=period_said(one["period"]), amount_fen=one["fen"]) for one in facts["used"]],
        kept_fen=facts["kept"],
    )


def _homes(ask: Ask, home_id: str | None = None) -> dict[int, Dwelling]:
    """By household. Raises NotFound for a home that is not the visitor's beyond doubt."""
    mine = {one.id: one for one in own.own_dwellings(ask.me)}
    if home_id is None:
        return mine
    number = ask.number("homes", home_id)
    spot = next((one.spot for one in homes_said(ask.me) if one.home_id == number), None) or missing()
    here = (spot.building_id, spot.unit or "", spot.room)
    return {key: one for key, one in mine.items() if (one.building_id, one.unit, one.room) == here}


def _part(rows: list[tuple[Bill, Dwelling]], paging: Paging, what: str) -> list[tuple[Bill, Dwelling]]:
    """From behind the cursor's row on."""
    last = after(paging, what)
    start = next((place + 1 for place, row in enumerate(rows) if row[0].id == last), 0)
    return rows[start : start + paging.limit + 1]


def _named(text: str, place: int, homes: dict[int, Dwelling]) -> Bill:
    number = number_of(BILLS, text)
    try:
        return own.bill_at(number if number is not None else -1, list(homes))
    except NotFound:
        raise wrong("no_such_bill", f"bill_ids.{place}") from None


def _bill(one: Bill, home: Dwelling, is_open: bool) -> dict[str, Any]:
    facts = line_of_bill(one)
    period, owes = period_said(one.period), one.state == State.OPEN and one.paid_fen < one.amount_fen
    return {
        "id": signed_id(BILLS, one.id),
        "number": facts["number"],
        "period": period,
        "title": facts["service"] or str(labels("bill_lines")["service"]),
        "place": said(**home.place()),
        "state": one.state,
        "state_label": str(labels("bill_states")["late" if facts["is_late"] else one.state]),
        "amount_fen": one.amount_fen,
        "paid_fen": one.paid_fen,
        "due_at": clock(datetime.combine(one.due_on, time(23, 59, 59), SHANGHAI)),
        "payable": owes and is_open,
    }


def _line(line: dict[str, Any], service: str | None) -> LineShown:
    title = service if service and line["what"] == "service" else labels("bill_lines")[line["what"]]
    return LineShown(title=str(title), words=say("bill_line", line=line), amount_fen=line["fen"])


def _order(found: receipts.OwnOrder, parameters: dict[str, str] | None) -> OrderShown:
    paid = found.payment_id
    return OrderShown(
        id=signed_id(ORDERS_TABLE, found.order_id),
        amount_fen=found.fen,
        state=found.state,
        payment=parameters,
        receipt_id=signed_id(PAYMENTS, paid) if paid is not None else None,
    )


def _receipt(one: Payment) -> dict[str, Any]:
    facts = line_of_payment(one)
    return {
        "id": signed_id(PAYMENTS, one.id),
        "number": facts["number"],
        "amount_fen": one.fen,
        "paid_at": clock(one.at),
        "way": one.way,
        "way_label": str(labels("pay_ways")[one.way]),
        "state": facts["state"],
    }


ROUTES = (
    Route("GET", "/bills", Need.PERSON, bills, takes=BillsAsked, gives=Page[BillShown]),
    Route("GET", "/bills/<id>", Need.PERSON, bill, gives=BillWhole),
    Route(
        "POST",
        "/orders",
        Need.PERSON,
        order,
        takes=ToPay,
        gives=OrderShown,
        once=True,
        limit=ORDERS,
        runs=Runs.ALONE,
    ),
    Route("GET", "/orders/<id>", Need.PERSON, order_shown, gives=OrderShown),
    Route("GET", "/receipts", Need.PERSON, receipts_listed, takes=Paging, gives=Page[ReceiptShown]),
    Route("GET", "/receipts/<id>", Need.PERSON, receipt, gives=ReceiptWhole),
)
