"""/console/books: what waits for whoever opens it stands first; then what is to be entered and put up."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.books import typed as said
from handlers.pages.books.address import path_of, written
from handlers.pages.books.sight import Sight, sight_of
from handlers.pages.forms import from_our_own_page, typed, uploaded, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.pages.story import staff_name
from handlers.words import labels, refusal
from models.base.actor import By
from models.base.clock import local, now
from models.base.refusals import Refused
from models.books import earning, listing, spending, vouchers
from models.books.bought import Bought
from models.books.earning import Received
from models.books.money import MONEY, of_accounts, of_funds
from models.books.tables import Income, Outlay
from models.person.colleagues import colleagues

CODES = ("funds", "spending", "payees", "incomes")


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
    opened: str = "",
) -> Response:
    """`opened`: which form was sent and has to be put right."""
    typed = typed or {}
    with front.database.read():
        facts = overview(sight_of(access), typed.get("estate") or request.args.get("estate", ""))
    return show(
        "books/desk.html", status, access=access, books=facts, error=error, typed=typed, opened=opened
    )


def enter(front: Front, access: Access) -> AnyResponse:
    """A line with its voucher, handed in at once or kept as a draft."""
    return _sent(front, access, "enter", said.bought_said, _entered)


def earn(front: Front, access: Access) -> AnyResponse:
    """Income besides fees, with its paper; it waits for somebody else."""
    return _sent(front, access, "earn", said.received_said, _earned)


def _sent(
    front: Front, access: Access, name: str, read: Callable[[], Any], work: Callable[..., Done]
) -> AnyResponse:
    from_our_own_page()
    with front.database.read():
        sight = sight_of(access)
    key = once_key(str(sight.visitor.person_id))
    try:
        with front.database.read():
            estate, what = said.estate_said(sight.estates), read()
        again, hands_in = bool(words("again", 5)), words("next", 10) != "keep"
        with uploaded(front) as files:

            def once() -> Done:
                return only_once(
                    key,
                    str(sight.visitor.person_id),
                    f"books_{name}",
                    lambda: work(estate, what, sight.by, again, hands_in, files[:1]),
                )

            done = front.database.write(once)
    except Refused as refused:
        return shown(front, access, refused.status, error=refusal(refused), typed=typed(), opened=name)
    front.files.drop(files[1:] if done.fresh else files)
    path = f"{access.base}/books/{done.facts['path']}"
    return back_to(path, done.code, number=done.facts["number"])


def _entered(estate: int, bought: Bought, by: By, again: bool, hands_in: bool, files: list[str]) -> Done:
    outlay = spending.enter(estate, bought, by, again=again)
    for file in files:
        vouchers.attach(outlay, file, by)
    if hands_in:
        spending.hand_in(outlay, by)
    code = "outlay_handed_in" if hands_in else "outlay_kept"
    return Done(code, {"number": str(outlay.id), "path": f"outlay/{outlay.id}"})


def _earned(estate: int, received: Received, by: By, again: bool, hands_in: bool, files: list[str]) -> Done:
    income = earning.enter(estate, received, by, again=again)
    for file in files:
        earning.attach(income, file, by)
    return Done("outlay_handed_in", {"number": str(income.id), "path": f"income/{income.id}"})


def overview(sight: Sight, chosen: str) -> dict[str, Any]:
    """For templates/pages/books/desk.html. `chosen`: the estate whose money is shown."""
    me, several = sight.visitor.person_id, sight.estates
    estate = int(chosen) if chosen.isdecimal() and int(chosen) in several else next(iter(several), None)
    mine = listing.own_open(several, me)
    settled = several if sight.settles else {}
    entered = several if sight.enters else {}
    return {
        "name": sight.visitor.staff_name,
        "enters": sight.enters,
        "settles": sight.settles,
        "estates": [{"id": key, "name": name} for key, name in several.items()],
        "estate": estate,
        "to_approve": [_line(one, several) for one in listing.to_approve(settled, me)],
        "incomes": [_income(one, several) for one in listing.incomes_to_approve(settled, me)],
        "to_clear": [_line(one, several) for one in listing.to_clear(entered, me)],
        "refused": [_line(one, several) for one in mine if one.state == "refused"],
        "mine": [_line(one, several) for one in mine if one.state != "refused"],
        "to_blacken": [_line(one, several) for one in listing.without_public_voucher(entered)],
        "to_publish": [_month(key, month, several) for key, month in listing.months_to_publish(settled)],
        "conflicts": [_line(one, several) for one in listing.with_conflicts(several)],
        "recent": [_line(one, several) for one in listing.recent(several)],
        "accounts": of_accounts(estate) if estate is not None else {},
        "funds": of_funds(estate) if estate is not None else {},
        "path": path_of(estate) if estate is not None else None,
        "codes": {name: [code for code in labels(name) if code not in earning.WITH_BILLS] for name in CODES},
        "accounts_known": MONEY,
        "today": local(now()).date(),
        "spenders": [
            {"number": one.number, "name": one.name, "is_me": one.person_id == me}
            for one in colleagues(sight.visitor.community_id)
        ],
    }


def _line(one: Outlay, estates: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "path": f"outlay/{one.id}",
        "estate": estates[one.estate_id],
        "day": one.day,
        "fen": one.fen,
        "item": one.item,
        "what": one.spent_for,
        "state": one.state,
        "why": one.why,
        "spender": staff_name(one.spender_id),
        "conflicts": one.conflicts,
    }


def _income(one: Income, estates: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": one.id,
        "path": f"income/{one.id}",
        "estate": estates[one.estate_id],
        "day": one.day,
        "fen": one.fen,
        "item": one.words,
        "kind": one.kind,
    }


def _month(estate: int, month: date, estates: Mapping[int, str]) -> dict[str, Any]:
    return {
        "estate": estates[estate],
        "month": month,
        "path": f"month{path_of(estate, month).removeprefix('/books')}",
        "written": written(month),
    }
