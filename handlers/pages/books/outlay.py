"""One line of the books, for staff: what it is, its voucher, what became of it, and what is to be done."""

from collections.abc import Callable
from typing import Any

from flask import Response, send_file
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.books import typed as said
from handlers.pages.books.sight import Sight, sight_of
from handlers.pages.forms import from_our_own_page, typed, uploaded, words
from handlers.pages.front import Front, back_to, show
from handlers.pages.links import Done, once_key, only_once
from handlers.pages.story import staff_name
from handlers.words import labels, refusal
from models.base.actor import By
from models.base.checkdigit import with_check
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.books import earning, spending, vouchers
from models.books.money import MONEY
from models.books.tables import Income, Outlay, State
from models.history import steps_about
from models.media import photos
from models.media.item import Item
from models.media.keeping import item_of
from models.person.colleagues import colleagues

READ_FIRST = ("approve", "clear")  # whose forms name what was read
BOOKED = "outlay_booked"


def shown(
    front: Front,
    access: Access,
    number: int,
    status: int = 200,
    *,
    error: str | None = None,
    opened: str = "",
) -> Response:
    with front.database.read():
        sight = sight_of(access)
        facts = _facts(_seen(Outlay, number, sight), sight)
    typed_again = typed() if opened else {}
    return show(
        "books/outlay.html", status, access=access, one=facts, error=error, typed=typed_again, opened=opened
    )


def income_shown(
    front: Front, access: Access, number: int, status: int = 200, *, error: str | None = None
) -> Response:
    with front.database.read():
        sight = sight_of(access)
        facts = _income_facts(_seen(Income, number, sight), sight)
    return show("books/income.html", status, access=access, one=facts, error=error)


def act(front: Front, access: Access, number: int, verb: str) -> AnyResponse:
    """A form of the line's page."""
    from_our_own_page()
    with front.database.read():
        sight = sight_of(access)
        outlay = _seen(Outlay, number, sight)
        picture = item_of(outlay.voucher) if outlay.voucher else None
    if verb not in VERBS:
        raise NotFound("page_not_found")
    key, by = once_key(str(sight.visitor.person_id)), sight.by
    said_with = words("seen" if verb in READ_FIRST else "why", 400)
    files: list[str] = []
    try:
        if verb == "black":
            files = [_blackened(front, picture)]
        with uploaded(front) as sent, front.database.read():
            files += sent[:1]
            front.files.drop(sent[1:])
            bought = said.bought_said() if verb == "change" else None
        if verb == "voucher" and not files:
            raise Invalid("voucher_missing")

        def work() -> Done:
            found = spending.held(number, by)
            return only_once(
                key, str(by.id), f"books_{verb}", lambda: VERBS[verb](found, by, said_with, bought, files)
            )

        done = front.database.write(work)
    except Refused as refused:
        front.files.drop(files)
        return shown(front, access, number, refused.status, error=refusal(refused), opened=verb)
    if not done.fresh:
        front.files.drop(files)
    return back_to(f"{access.base}/books/outlay/{number}", done.code, **done.facts)


def income_act(front: Front, access: Access, number: int, verb: str) -> AnyResponse:
    """approve, refuse, back of an income."""
    from_our_own_page()
    with front.database.read():
        sight = sight_of(access)
        _seen(Income, number, sight)
    if verb not in INCOME_VERBS:
        raise NotFound("page_not_found")
    key, by, why = once_key(str(sight.visitor.person_id)), sight.by, words("why", 400)

    def work() -> Done:
        found = earning.held(number, by)

        def once() -> Done:
            return Done(INCOME_VERBS[verb](found, by, why), {"number": str(number)})

        return only_once(key, str(by.id), f"books_income_{verb}", once)

    try:
        done = front.database.write(work)
    except Refused as refused:
        return income_shown(front, access, number, refused.status, error=refusal(refused))
    return back_to(f"{access.base}/books/income/{number}", done.code, **done.facts)


def picture(front: Front, access: Access, public: str) -> Response:
    """A voucher as it is, for staff of its estate."""
    with front.database.read():
        sight = sight_of(access)
        item = item_of(public)
        table = {"outlay": Outlay, "income": Income}.get(item.about_kind) if item is not None else None
        if item is None or table is None:
            raise NotFound("media_not_found")
        try:
            _seen(table, item.about_id, sight)
        except NotFound:  # a picture that is not this person's is no other answer than none
            raise NotFound("media_not_found") from None
        file = front.files.path(item.file) if item.file else None
    if file is None:
        raise NotFound("media_not_found")
    response = send_file(file, mimetype="image/jpeg", conditional=True, max_age=0)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _hand_in(outlay: Outlay, by: By, *_: Any) -> Done:
    spending.hand_in(outlay, by)
    return _done("outlay_handed_in", outlay)


def _give_up(outlay: Outlay, by: By, *_: Any) -> Done:
    spending.give_up(outlay, by)
    return _done("outlay_given_up", outlay)


def _approve(outlay: Outlay, by: By, seen: str, *_: Any) -> Done:
    read = int(seen) if seen.isdecimal() and len(seen) < 16 else 0
    return _done(BOOKED if spending.approve(outlay, by, read) else "outlay_booked_already", outlay)


def _refuse(outlay: Outlay, by: By, why: str, *_: Any) -> Done:
    spending.refuse(outlay, by, why)
    return _done("outlay_refused", outlay)


def _back(outlay: Outlay, by: By, why: str, *_: Any) -> Done:
    spending.take_back(outlay, by, why)
    return _done("outlay_reversed", outlay)


def _change(outlay: Outlay, by: By, _why: str, bought: Any, files: list[str]) -> Done:
    spending.change(outlay, bought, by)
    for file in files:
        vouchers.attach(outlay, file, by)
    spending.hand_in(outlay, by)
    return _done("outlay_handed_in", outlay)


def _voucher(outlay: Outlay, by: By, _why: str, _bought: Any, files: list[str]) -> Done:
    vouchers.attach(outlay, files[0], by)
    return _done("voucher_attached", outlay)


def _black(outlay: Outlay, by: By, _why: str, _bought: Any, files: list[str]) -> Done:
    vouchers.show_blackened(outlay, files[0], by)
    return _done("voucher_blackened", outlay)


def _clear(outlay: Outlay, by: By, seen: str, *_: Any) -> Done:
    vouchers.clear(outlay, seen, by)
    return _done("voucher_cleared", outlay)


def _hide(outlay: Outlay, by: By, *_: Any) -> Done:
    vouchers.hide(outlay, by)
    return _done("voucher_hidden", outlay)


VERBS: dict[str, Callable[..., Done]] = {
    "hand_in": _hand_in,
    "give_up": _give_up,
    "approve": _approve,
    "refuse": _refuse,
    "back": _back,
    "change": _change,
    "voucher": _voucher,
    "black": _black,
    "clear": _clear,
    "hide": _hide,
}


def _income_approve(income: Income, by: By, _why: str) -> str:
    return BOOKED if earning.approve(income, by) else "outlay_booked_already"


def _income_refuse(income: Income, by: By, why: str) -> str:
    earning.refuse(income, by, why)
    return "outlay_refused"


def _income_back(income: Income, by: By, why: str) -> str:
    earning.take_back(income, by, why)
    return "outlay_reversed"


INCOME_VERBS = {"approve": _income_approve, "refuse": _income_refuse, "back": _income_back}


def _done(code: str, outlay: Outlay) -> Done:
    return Done(code, {"number": str(outlay.id)})


def _blackened(front: Front, picture: Item | None) -> str:
    """A new file without what lies beneath the black. Raises Invalid."""
    file = front.files.path(picture.file) if picture is not None and picture.file else None
    if file is None:
        raise Invalid("voucher_missing")
    return front.files.keep(photos.blackened(file.read_bytes(), said.boxes_said()), photos.CONTENT_TYPE)


def _seen(table: Any, number: int, sight: Sight) -> Any:
    row = session().get(table, number)
    if row is None or row.estate_id not in sight.estates:
        raise NotFound("page_not_found")
    return row


def _facts(row: Outlay, sight: Sight) -> dict[str, Any]:
    """For templates/pages/books/outlay.html."""
    me = sight.visitor.person_id
    others = sight.settles and me not in spending.own_hands(row)
    maker = vouchers.blackened_by(row)
    return {
        "row": row,
        "estate": sight.estates[row.estate_id],
        "spender": staff_name(row.spender_id),
        "by": staff_name(row.by_id),
        "case": with_check(row.case_id) if row.case_id else None,
        "may_change": sight.enters and row.state in (State.DRAFT, State.REFUSED),
        "may_hand_in": sight.enters and row.state == State.DRAFT,
        "may_settle": others and row.state == State.WAITING,
        "handing": spending.handing(row),
        "is_own": sight.settles and not others and row.state == State.WAITING,
        "may_take_back": others and row.state == State.BOOKED,
        "may_attach": sight.enters and (row.voucher is None or row.state in (State.DRAFT, State.REFUSED)),
        "may_blacken": sight.enters and row.voucher is not None and row.cleared_by is None,
        "may_clear": sight.enters and row.voucher_public and row.cleared_by is None and maker != me,
        "maker": staff_name(maker),
        "may_hide": sight.enters and row.voucher_public is not None,
        "story": _story("outlay", row.id),
        "codes": {name: list(labels(name)) for name in ("funds", "spending", "payees")},
        "accounts_known": MONEY,
        "spenders": [
            {"number": one.number, "name": one.name, "is_me": one.person_id == row.spender_id}
            for one in colleagues(sight.visitor.community_id)
        ],
    }


def _income_facts(row: Income, sight: Sight) -> dict[str, Any]:
    others = sight.settles and sight.visitor.person_id != row.by_id
    return {
        "row": row,
        "estate": sight.estates[row.estate_id],
        "by": staff_name(row.by_id),
        "may_settle": others and row.state == State.WAITING,
        "is_own": sight.settles and not others and row.state == State.WAITING,
        "may_take_back": others and row.state == State.BOOKED,
        "story": _story("income", row.id),
    }


def _story(kind: str, number: int) -> list[dict[str, Any]]:
    return [
        {"what": step.what, "at": step.at, "by": staff_name(step.by_id), "why": step.facts.get("why")}
        for step in steps_about(kind, number)
    ]
