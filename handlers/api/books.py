"""The open books of an estate: months, every line to brand and model, and a question to a line (row 56).

What stands here is what everybody reads at /books/…: nothing of it is personal (X05).
"""

from datetime import date
from typing import Annotated

import msgspec

from handlers.api.asking import Ask, missing
from handlers.api.case_shapes import CaseShown, PhotoShown, case_shown, photo_shown
from handlers.api.errors import wrong
from handlers.api.limits import REPORTS
from handlers.api.paging import after, paged
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Fen, Id, Moment, Page, Paging, Shape, maybe_clock
from handlers.pages.books.facts import month_facts
from handlers.wording.filters import decimal
from handlers.wording.filters import period as period_said
from handlers.wording.filters import share as share_said
from handlers.words import labels, say
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.orm import session
from models.base.signed_ids import signed_id
from models.books import publishing
from models.books.lines import PublicLine, public_outlay
from models.books.statement import Statement
from models.books.tables import Outlay
from models.joins.questioning import Asked as Asking
from models.joins.questioning import ask as ask_about
from models.media.keeping import item_of
from models.person.living import homes_said
from models.place.public_ids import spot_at
from models.place.tables import Estate

MONTHS, LINES = "book_months", "outlays"
_PER_ESTATE = 12 * 10_000  # months of an estate, so that one number says both


class MonthsAsked(Paging):
    """`estate_id`: a place_id of an estate; without it the estates in which I live."""

    estate_id: Id | None = None


class MonthLine(Shape):
    """`state`: running, open (over, and not put up yet) or published. The sums are null until it is put up:
    one that moves from day to day tells what somebody has just paid."""

    id: str
    month: str
    label: str
    estate: str
    state: str
    state_label: str
    income_fen: Fen | None
    outlay_fen: Fen | None
    left_fen: Fen | None


class ShareShown(Shape):
    """A class of spending; `permille` of all are together 1000, `share` is the same in words."""

    code: str
    label: str
    amount_fen: Fen
    permille: int
    share: str


class BookLine(Shape):
    """`payee` is never a person's name. `unit_price_fen` × `quantity` `unit`. `amount_fen` is below nothing
    where it takes an earlier one back, `why` says why. `asked`: how many asked about it, `answered` of them
    have an answer."""

    id: str
    date: date
    item: str
    spent_for: str
    amount_fen: Fen
    payee: str
    brand: str | None
    model: str | None
    quantity: str
    unit_price_fen: Fen | None
    photos: list[PhotoShown]
    takes_back: bool
    was_taken_back: bool
    why: str | None
    asked: int
    answered: int


class IncomeLine(Shape):
    date: date
    item: str
    kind: str
    amount_fen: Fen


class MonthShown(MonthLine):
    """opening + income − outlay = left, all in the published figures."""

    published_at: Moment | None
    opening_fen: Fen | None
    shares: list[ShareShown]
    lines: list[BookLine]
    incomes: list[IncomeLine]


class Question(Asked):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


def months(ask: Ask, given: MonthsAsked) -> Page[MonthLine]:
    """Months of the books, the newest first."""
    before = after(given, MONTHS)
    rows = sorted(
        ((month, estate) for estate in _estates(ask, given.estate_id) for month in _months_of(estate)),
        key=lambda row: (row[0], row[1].id),
        reverse=True,
    )
    keys = [_key(estate.id, month) for month, estate in rows]
    start = keys.index(before) + 1 if before in keys else 0
    part = rows[start : start + given.limit + 1]
    return paged(part, given, MONTHS, lambda row: _key(row[1].id, row[0]), lambda row: _line(row[1], row[0]))


def month(ask: Ask, given: None) -> MonthShown:
    """One month, line by line."""
    estate, first = _behind(ask)
    facts = month_facts(estate, first)
    one: Statement | None = facts["statement"]
    line = _line(estate, first)
    return MonthShown(
        **{name: getattr(line, name) for name in MonthLine.__struct_fields__},
        published_at=maybe_clock(facts["published_at"]),
        opening_fen=one.opening if one is not None else None,
        shares=[
            ShareShown(
                code=bar["code"],
                label=_spent_for(bar["code"]),
                amount_fen=bar["fen"],
                permille=bar["share"],
                share=share_said(bar["share"]),
            )
            for bar in facts["bars"]
        ],
        lines=[_bought(row["line"], row["asked"]) for row in facts["lines"]],
        incomes=[
            IncomeLine(
                date=row.day, item=row.words, kind=str(labels("incomes")[row.kind]), amount_fen=row.fen
            )
            for row in facts["incomes"]
        ],
    )


def question(ask: Ask, given: Question) -> CaseShown:
    """I have a question to this line: a case with its clock, and not for whoever spent the money."""
    words = given.text.strip()
    if not words:
        raise wrong("text_missing", "text")
    row = session().get(Outlay, ask.number(LINES))
    outlay = public_outlay(row.public_id, row.estate_id) if row is not None else None
    if outlay is None:
        missing()
    said = say("books_question", day=outlay.day, item=outlay.item, fen=outlay.fen, words=words)
    case, _ = ask_about(outlay, said, ask.by)
    session().flush()
    return case_shown(case, ask.visitor)


def _estates(ask: Ask, estate_id: str | None) -> list[Estate]:
    if estate_id is not None:
        spot = spot_at(estate_id)
        keys = [spot.estate_id] if spot is not None and spot.building_id is None else missing()
    else:
        keys = [one.spot.estate_id for one in homes_said(ask.me)]
    return [session().get_one(Estate, key) for key in dict.fromkeys(keys) if key is not None]


def _months_of(estate: Estate) -> list[date]:
    """From the first in which anything was booked to the running one."""
    this, first = month_of(local(now()).date()), publishing.first_month(estate.id)
    if first is None:
        return []
    several = (this.year - first.year) * 12 + this.month - first.month
    return [month_on(this, -back) for back in range(several + 1)]


def _key(estate_id: int, month: date) -> int:
    return estate_id * _PER_ESTATE + month.year * 12 + month.month - 1


def _behind(ask: Ask) -> tuple[Estate, date]:
    estate_id, several = divmod(ask.number(MONTHS), _PER_ESTATE)
    estate = session().get(Estate, estate_id)
    if estate is None:
        missing()
    return estate, date(several // 12, several % 12 + 1, 1)


def _line(estate: Estate, month: date) -> MonthLine:
    up = publishing.published(estate.id, month)
    one = publishing.as_put_up(up) if up is not None else None
    state = "published" if up else "running" if month == month_of(local(now()).date()) else "open"
    return MonthLine(
        id=signed_id(MONTHS, _key(estate.id, month)),
        month=f"{month:%Y-%m}",
        label=period_said(f"{month:%Y-%m}"),
        estate=estate.name,
        state=state,
        state_label=str(labels("book_months")[state]),
        income_fen=one.received if one is not None else None,
        outlay_fen=one.spent if one is not None else None,
        left_fen=one.closing if one is not None else None,
    )


def _bought(line: PublicLine, asked: Asking) -> BookLine:
    item = item_of(line.voucher) if line.voucher is not None else None
    return BookLine(
        id=signed_id(LINES, line.outlay_id),
        date=line.day,
        item=line.item,
        spent_for=_spent_for(line.spent_for),
        amount_fen=line.fen,
        payee=line.payee or str(labels("payees")[line.payee_kind]),
        brand=line.brand,
        model=line.model,
        quantity=f"{decimal(line.quantity, 1000)}{line.unit}",
        unit_price_fen=line.unit_price_fen,
        photos=[photo_shown(item)] if item is not None else [],
        takes_back=line.takes_back,
        was_taken_back=line.was_taken_back,
        why=line.why,
        asked=asked.asked,
        answered=asked.answered,
    )


def _spent_for(code: str) -> str:
    return str(labels("spending")[code]["label"])


ROUTES = (
    Route("GET", "/books/months", Need.PERSON, months, takes=MonthsAsked, gives=Page[MonthLine]),
    Route("GET", "/books/months/<id>", Need.PERSON, month, gives=MonthShown),
    Route(
        "POST",
        "/books/lines/<id>/question",
        Need.PERSON,
        question,
        takes=Question,
        gives=CaseShown,
        once=True,
        limit=REPORTS,
    ),
)
