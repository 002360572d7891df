"""What a form says of money bought and received, read into whole fen, thousandths and days."""

import re
import unicodedata
from datetime import date
from decimal import Decimal

from handlers.pages.forms import plain_sum, words
from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.refusals import Invalid
from models.books.bought import Bought
from models.books.earning import Received
from models.case.case import Case
from models.media.photos import Box
from models.person.colleagues import numbered

_SUM = re.compile(r"[0-9]{1,8}(?:\.[0-9]{1,2})?", re.ASCII)
_QUANTITY = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,3})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_BOX = re.compile(r"([0-9]{1,4}),([0-9]{1,4}),([0-9]{1,4}),([0-9]{1,4})", re.ASCII)
LONG = 200  # the verbs refuse what is too long; here nothing endless comes in


def estate_said(known: dict[int, str]) -> int:
    """Raises Invalid for none of those."""
    said = words("estate", 12)
    if not said.isdecimal() or int(said) not in known:
        raise Invalid("place_missing")
    return int(said)


def bought_said() -> Bought:
    """Raises Invalid for what is no number or day; everything else is the verb's to refuse."""
    price = words("price", 20)
    return Bought(
        day=_day(words("day", 10)),
        fen=_number(words("fen", 20), _SUM, 100),
        fund=words("fund", 20),
        spent_for=words("for", 20),
        paid_from=words("from", 20),
        payee_kind=words("payee_kind", 20),
        payee=words("payee", LONG),
        item=words("item", LONG),
        brand=words("brand", LONG) or None,
        model=words("model", LONG) or None,
        quantity=_number(words("quantity", 20), _QUANTITY, 1000),
        unit=words("unit", LONG),
        unit_price_fen=_number(price, _SUM, 100) if price else None,
        spender_id=numbered(words("spender", 40)).person_id,
        case_id=_case(words("case", 20)),
    )


def received_said() -> Received:
    return Received(
        day=_day(words("day", 10)),
        fen=_number(words("fen", 20), _SUM, 100),
        fund=words("fund", 20),
        kind=words("kind", 20),
        paid_to=words("to", 20),
        words=words("what", LONG),
    )


def sum_said(name: str) -> int | None:
    """Fen of a field that may be empty."""
    said = words(name, 20)
    return _number(said, _SUM, 100) if said else None


def boxes_said() -> list[Box]:
    """left,top,right,bottom in thousandths, semicolons between. Raises Invalid."""
    found = []
    for one in filter(None, words("boxes", 2000).replace("\n", ";").split(";")):
        box = _BOX.fullmatch(unicodedata.normalize("NFKC", one).replace(" ", ""))
        if box is None:
            raise Invalid("photo_boxes", limit=0)
        found.append(Box(*map(int, box.groups())))
    return found


def _number(said: str, form: re.Pattern[str], parts: int) -> int:
    plain = plain_sum(said)
    if not form.fullmatch(plain):
        raise Invalid("books_number", words=said[:20])
    return int(Decimal(plain) * parts)


def _day(said: str) -> date:
    try:
        return date.fromisoformat(said) if _DAY.fullmatch(said) else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise Invalid("books_day")


def _case(said: str) -> int | None:
    if not said:
        return None
    number = without_check(said)
    if number is None or number > 2**31 or session().get(Case, number) is None:
        raise Invalid("case_not_found", number=said)
    return number
