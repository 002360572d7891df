"""Who comes in at a route of the API: each caller of rights_town.py with a token, and the thing that its
address names."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from api_client import Mini, logged_in
from rights_town import NOT_THERE, World
from sqlalchemy import select
from werkzeug.test import TestResponse

from handlers.api.document import BASE, examples
from handlers.api.routes import Route
from models.base.clock import now
from models.base.orm import put, session
from models.base.signed_ids import signed_id
from models.case.case import Case
from models.client import scenes, uploads
from models.joins.home_sharing import ASKED
from models.notice.audience import CALL_KIND
from models.notice.tables import Notice
from models.outbox.door import tell
from models.pay.tables import Order
from models.person.tables import Home

BODIES = {
    "/homes/requests/<id>": {"agree": False}
}  # because whoever is let in would stay so for what follows
MISSING = "B" * 22  # an id that might have been given out, and was not


@dataclass
class Api:
    """All callers with their programs, and what stands for the ids in addresses."""

    world: World
    minis: dict[str, Mini] = field(default_factory=dict)
    things: dict[str, str] = field(default_factory=dict)

    def mini(self, who: str) -> Mini:
        if who not in self.minis:
            person = (self.world.staff | self.world.residents)[who]
            self.minis[who] = logged_in(self.world.app, person)
        return self.minis[who]

    def everything(self) -> dict[str, str]:
        """Ids by the beginning of the address."""
        if not self.things:
            self.things = self.world.database.write(_things, self.world)
        return self.things

    def thing(self, route: Route) -> str:
        """The id in a route's address, of what belongs to home and building of the capital letters."""
        known = self.everything()
        best = max((one for one in known if route.rule.startswith(one)), key=len, default=None)
        assert best is not None, f"what is behind {route.rule}? Say so in tests/api_rights.py"
        return known[best]

    def ask(self, who: str, route: Route, thing: str) -> TestResponse:
        """With the body of the route's example. What is refused for its content counts as let in."""
        shown = examples().get(route.key, {})
        path = route.path
        for name in route.names:
            stands = thing if name == "id" else self.world.there.get(f"notice_{name}", MISSING)
            path = path.replace(f"{{{name}}}", str(stands))
        body: Any = BODIES.get(route.rule) or shown.get("asks")
        if route.raw:
            body = b"x"
        elif body is None and route.takes is not None and route.method != "GET":
            body = {}
        headers = {"Upload-Offset": "0"} if route.raw else {}
        return self.mini(who)(route.method, path, body, **headers)


def gone(thing: str) -> str:
    """One like it that is not there."""
    return signed_id("nothing", NOT_THERE) if len(thing) == 32 else MISSING


def _things(world: World) -> dict[str, str]:
    there, residents = world.there, world.residents
    case = session().get_one(Case, there["case_id"])
    case.reporter_id = residents["O"]
    own = session().scalars(select(Home).where(Home.person_id == residents["O"], Home.until.is_(None))).one()
    asking = put(
        Home, person_id=residents["U"], building_id=own.building_id, unit_name=own.unit_name, room=own.room,
        proof=ASKED, since=now() - timedelta(hours=1),
    )  # fmt: skip
    other = put(
        Home, person_id=residents["O"], building_id=own.building_id, unit_name="1", room="x", proof="said",
        since=now(),
    )  # fmt: skip
    at = now()
    more = {
        "openid": "o",
        "app_id": "a",
        "mch_id": "1",
        "fen": 100,
        "made_at": at,
        "expires_at": at,
        "asked": 0,
    }
    order = put(
        Order,
        number="R" * 20,
        household_id=own.household_id,
        estate_id=1,
        payer_id=residents["O"],
        state="closed",
        **more,
    )
    return {
        "/bills": signed_id("bills", there["bill"]),
        "/orders": signed_id("pay_orders", order),
        "/receipts": signed_id("payments", there["payment"]),
        "/notices": signed_id("notices", there["notice"]),
        "/cases": case.public_id,
        "/work/cases": case.public_id,
        "/work/rollcalls": signed_id("notices", _call(world)),
        "/uploads": uploads.announce(residents["O"], 100),
        "/homes": signed_id("homes", other),
        "/homes/requests": signed_id("homes", asking),
        "/scenes": scenes.issue("case", case.id),
        "/photos": "x",
        "/consents": "precise_place",
    }


def _call(world: World) -> int:
    """点名 in the first community, which the keeper was sent."""
    told = {"state": "told", "starts_at": now(), "told_at": now(), "created_at": now(), "climbed": 0}
    there = session().get_one(Notice, world.there["notice"]).community_id
    number = put(
        Notice, community_id=there, title="点名", body="", signed="", kind="ordinary", is_call=True,
        audience={}, is_about_fees=False, author_id=world.staff["C"], people=1,
        groups=0, groups_up_to=0, people_up_to=0,
        **told,
    )  # fmt: skip
    tell(CALL_KIND, world.staff["K"], about=("notice", number), occasion="told", number=number)
    return number


def address(route: Route) -> str:
    """As docs/rights.md writes it."""
    return f"{route.method} {BASE}{route.rule}"
