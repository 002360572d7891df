"""我今年交多少，都花哪了: the writer's own bills, their formula, and where that money went. Nobody else's."""

from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.wording.bill_lines import line_facts
from handlers.words import say
from models.base.clock import local, now
from models.base.links import personal_path
from models.enquiry.asking import own_money_asked
from models.fee import own
from models.fee.own import Dwelling
from models.fee.tables import State
from models.joins.own_share import own_share

LINES = 3  # of bills in one reply; the page has all of them
CLASSES = 4  # of spending; what is more is told as the rest


def asked(visit: Visit) -> Answer | None:
    """Whoever lives there beyond doubt is told; anybody else hears how that is proved, and no sum."""
    topic = own_money_asked(visit.text)
    if topic is None or visit.meaning.intent == "report" or not own.has_bills():
        return None
    homes = own.own_dwellings(visit.person)
    if not homes:
        return Text(say("own_money_unproven", claimed=own.claimed_by(visit.person)))
    year = local(now()).year
    return Text(
        say(
            "own_money",
            topic=topic,
            year=year,
            homes=[_home(home, year, topic, alone=len(homes) == 1) for home in homes],
            path=personal_path("fees", visit.person),
        )
    )


def _home(home: Dwelling, year: int, topic: str, *, alone: bool) -> dict[str, Any]:
    """`alone`: there is room for its bills line by line."""
    bills = own.bills_of(home.id)
    mine = own.of_year(bills, year)
    sums = own.sums_of(home.id)
    shown = mine[:LINES] if alone and topic != "receipt" else []
    return {
        "place": home.place(),
        "sums": sums,
        "bills": [
            {
                "period": one.period,
                "service": own.service_name(one),
                "fen": one.amount_fen,
                "rest": one.amount_fen - one.paid_fen if one.state == State.OPEN else 0,
                "lines": [line_facts(line) for line in own.lines_of(one.id)],
            }
            for one in reversed(shown)
        ],
        "more": len(mine) - len(shown) if alone else 0,
        "share": _share(home, sums.due, year) if topic in ("bill", "spent") else None,
    }


def _share(home: Dwelling, fen: int, year: int) -> dict[str, Any] | None:
    found = own_share(home.estate_id, fen, year)
    if found is None:
        return None
    shown, rest = found.parts[:CLASSES], found.parts[CLASSES:]
    return {
        "first": found.months[0],
        "last": found.months[-1],
        "spent": found.spent_fen,
        "parts": [{"code": one.code, "share": one.share, "fen": one.own_fen} for one in shown],
        "rest": {"share": sum(one.share for one in rest), "fen": sum(one.own_fen for one in rest)}
        if rest
        else None,
    }
