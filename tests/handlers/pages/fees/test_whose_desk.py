"""Every page of the fee desk says at its top who is at it: on a counter's tablet the next one may be."""

from datetime import UTC, datetime

import pytest
import time_machine
from cast import Cast
from own_bills import a_home, a_price, billed, bills_of
from page_phone import Phone

from models.base.actor import By
from models.base.links import personal_path
from models.fee.payments import Way, receive
from server.database import Database


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "page",
    [
        "fees", "fees/terms", "fees/offers", "fees/standards", "fees/exits", "fees/compare", "fees/visits",
        "fees/homes/{home}",
        "fees/homes/{home}/bills/{bill}", "fees/homes/{home}/receipts/{payment}",
    ],
)  # fmt: skip
def test_the_head_of_each_page_names_the_clerk(db: Database, phone: Phone, town: Cast, page: str) -> None:
    def made() -> dict[str, int]:
        a_price()
        home = a_home("501")
        billed("2026-Q2")
        day = datetime.now(UTC).date()
        payment, _ = receive(home, 1_00, Way.CASH, "1", day, By.staff(town.zhao.id))
        return {"home": home, "bill": bills_of(home)[0], "payment": payment}

    with time_machine.travel(datetime(2026, 5, 4, 2, tzinfo=UTC), tick=False):
        facts = db.write(made)
        shown = phone.open(f"/{personal_path('desk', town.zhao.id)}/{page.format(**facts)}").text
    assert town.zhao.name in shown.partition("<main>")[0]
