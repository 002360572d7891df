"""What no form of ours sends is refused in words: an odd number, a day of no calendar, never an error of the
server."""

from collections.abc import Callable

import pytest
from cast import Cast, Someone
from factories import a_case
from page_phone import Phone

from server.database import Database

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

HUGE = "9" * 19
DAYS = ("0001-01-01", "9999-12-31", "2026-02-30")
PLANS = (f'{{"{HUGE}": 1}}', f'{{"1": {HUGE}}}', '{"1": Infinity}', '{"1": 1e400}', '{"a": 1}', "[1]", "null")


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_of_a_recut(phone: Phone, town: Cast, desk: Callable[[Someone], str], plan: str) -> None:
    page = f"{desk(town.zhao)}/chain/grids/plan"
    assert 400 <= phone.send(page, plan=plan, on="2099-01-01", reason="x").status_code < 500


@pytest.mark.parametrize("day", DAYS)
def test_a_day(phone: Phone, town: Cast, desk: Callable[[Someone], str], day: str) -> None:
    mine = desk(town.zhao)
    forms = {
        "chain/grids/plan": {"plan": '{"1": 1}', "on": day, "reason": "x"},
        "chain/management/say": {"estate": "育英小区", "model": "property", "since": day},
        "chain/management/aim": {"share": "85", "by": day},
        "mediations/open": {"kind": "noise", "parties": "x", "matter": "x", "began": day},
        "duties/leave": {"since": f"{day}T08:00", "until": f"{day}T09:00", "reason": "x"},
        "rota/set": {"since": day, "weeks": "1", "rung": "0", "pattern": "x"},
        "chain/do/hold": {"grid": "1", "rung": "1", "to": "李师傅", "until": day},
    }
    for form, said in forms.items():
        status = phone.send(f"{mine}/{form}", **said).status_code
        assert status < 500, form


@pytest.mark.parametrize("number", ["-1", "0", HUGE, "1e9", "²", "一"])
def test_a_number(phone: Phone, town: Cast, desk: Callable[[Someone], str], number: str) -> None:
    mine = desk(town.zhao)
    fields = ("item", "shift", "grid", "rung", "lead", "department", "given", "weeks", "community", "house")
    forms = (
        "chain/grids/withdraw", "chain/keepers/agree", "chain/keepers/refuse", "chain/samples/settle",
        "chain/samples/more", "rota/set", "rota/strike", "duties/back", "duties/ask", "duties/agree",
        "chain/do/hold", "goals/withdraw", "goals/set", "chain/spot", "stars/close", "indicators/seal",
        "mediations/open",
    )  # fmt: skip
    for form in forms:
        said = dict.fromkeys(fields, number) | {"since": "2099-01-01", "words": "x", "reason": "x"}
        assert phone.send(f"{mine}/{form}", **said).status_code < 500, form
    for page in ("whistles", "colours", "chain/estates", "chain/problems", "mediations/one"):
        assert phone.open(f"{mine}/{page}/{number}").status_code == 404, page


@pytest.mark.parametrize("period", ["2099", "2099-12", "2099-Q4", "2000-01-01..2099-12-31", "0001", "x"])
def test_a_period(phone: Phone, town: Cast, desk: Callable[[Someone], str], period: str) -> None:
    mine = desk(town.zhao)
    for page in ("indicators", "indicators/odd", "indicators/open/closing_rate", "own", "colours", "stars"):
        for name in ("period", "quarter"):
            assert phone.open(f"{mine}/{page}?{name}={period}").status_code < 500, page
    assert phone.open(f"{mine}/week?week={period}").status_code < 500
    assert phone.open(f"{mine}/indicators/open/closing_rate?by=grid&key={HUGE}").status_code < 500


@pytest.mark.parametrize("community", ["999999999", "2147483647", HUGE, "-1", "x"])
def test_a_community_that_is_none_said_by_whoever_watches_over_all(
    phone: Phone, town: Cast, desk: Callable[[Someone], str], community: str
) -> None:
    above, said = desk(town.leader), {"community": community, "period": "2026-10", "item": "999999999"}
    forms = {
        "mediations/open": {"kind": "noise", "parties": "x", "matter": "x", "began": "2026-01-01"},
        "rota/set": {"since": "2099-01-01", "weeks": "1", "rung": "0", "pattern": "1-7 08:00-20:00 S001"},
        "goals/set": {"title": "x", "measure": "done_rate", "target": "90", "period": "2026"},
        "goals/show": {},
        "stars/close": {},
        "indicators/seal": {},
        "indicators/removals/999999999": {},
        "chain/management/aim": {"share": "85", "by": "2099-01-01"},
    }
    for form, more in forms.items():
        answer = phone.send(f"{above}/{form}", **said | more)
        assert answer.status_code < 500, form
    for page in ("indicators", "week", "goals", "stars", "rota", "chain/management", "mediations"):
        assert phone.open(f"{above}/{page}?community={community}").status_code < 500, page


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("kind", ["extend", "defer", "x"])
def test_a_day_until_which_a_case_takes_longer(
    db: Database, phone: Phone, town: Cast, link: Callable[[Someone, int], str], kind: str, day: str
) -> None:
    case = db.write(lambda: a_case(reporter=town.wang, accepted_by=town.li).id)
    said = {"to": kind, "until": day, "reason": "x"}
    assert 400 <= phone.send(f"{link(town.li, case)}/longer", **said).status_code < 500
