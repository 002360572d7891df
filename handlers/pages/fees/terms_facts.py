"""What waits for a second person at the fee desk: offers, reliefs, records of service. Gifts and money that
are handed out, lines of the standard of which nothing is known yet."""

from collections.abc import Iterable, Sequence
from typing import Any

from handlers.pages.case_facts import estates
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.story import staff_name
from models.base.clock import local, now
from models.base.months import month_of, month_on
from models.base.resources import table
from models.contract import offers, proofs, reliefs
from models.contract.tables import Contract, Offer, Proof
from models.fee import gifts, own
from models.fee.returning import owed_back
from models.pay import refunding
from models.person.arriving import Visitor
from models.place.tables import Building

SHOWN = 50


def terms_facts(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/fees/terms.html. What somebody did is agreed to by somebody else."""
    theirs = estates(visitor)
    keys = [one["id"] for one in theirs]
    today = local(now()).date()
    month = month_on(month_of(today), -1)
    unchecked = proofs.listed(Proof.checked_by.is_(None), Proof.estate_id.in_(keys))
    return {
        "name": visitor.staff_name,
        "deciding": may_decide(visitor),
        "estates": theirs,
        "today": today,
        "month": month,
        "grounds": list(table("labels/relief_grounds.toml")),
        "offers": with_who(offers.listed(offers.waiting(), Offer.estate_id.in_(keys)), visitor)[:SHOWN],
        "reliefs": with_who(reliefs.listed(reliefs.waiting(), Building.estate_id.in_(keys)), visitor)[:SHOWN],
        "proofs": with_who(unchecked, visitor)[:SHOWN],
        "gifts": list(gifts.listed(gifts.to_hand_over(), Contract.estate_id.in_(keys), limit=SHOWN)),
        "handed": [
            {**one, "who": staff_name(one["handed_by"])}
            for one in gifts.listed(gifts.handed_over(), Contract.estate_id.in_(keys), limit=SHOWN)
        ],
        "owed": _owed(keys),
        "missing": [
            {"estate": one["id"], "name": one["name"], "lines": lines}
            for one in theirs
            if (lines := proofs.missing(one["id"], month))
        ],
    }


def with_who(lines: Iterable[dict[str, Any]], visitor: Visitor) -> list[dict[str, Any]]:
    """With the name of whoever said it, and whether that is the visitor."""
    return [
        {**one, "is_mine": one["by_id"] == visitor.person_id, "who": staff_name(one["by_id"])}
        for one in lines
    ]


def _owed(keys: Sequence[int]) -> list[dict[str, Any]]:
    """Homes that are given money back at the desk, and how much."""
    owed = owed_back(estates=keys)
    on_its_way = refunding.going(owed)
    left = {home: rest for home, fen in owed.items() if (rest := fen - on_its_way.get(home, 0)) > 0}
    shown = list(left)[:SHOWN]
    at = own.dwellings(shown)
    return [{"home": home, "place": at[home].place(), "fen": left[home]} for home in shown]
