"""What the pages of the fee desk share: who comes in, and a form that is done once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.desk import staff_arriving
from handlers.pages.fees.desk_facts import may_decide
from handlers.pages.forms import PlaceSaid, from_our_own_page, place_said, plain_sum, uploaded, words
from handlers.pages.front import Front, back_to
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.words import refusal
from models.base.actor import By
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import Invalid, NotFound, Refused
from models.duty.overseeing import OVERSEEING, decides
from models.fee import own
from models.fee.own import Dwelling
from models.person.arriving import Visitor
from models.place.tables import Estate

_YUAN = re.compile(r"[0-9]{1,8}(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Task:
    """One form of the fee desk, inside its transaction."""

    visitor: Visitor
    form: Mapping[str, str]
    place: PlaceSaid = field(default_factory=PlaceSaid)
    files: tuple[str, ...] = ()

    @property
    def by(self) -> By:
        return By.staff(self.visitor.person_id)

    @property
    def fen(self) -> int:
        """The sum as people write it: 45, 45.5, 1,045.50, also in wide digits. Raises Invalid."""
        plain = plain_sum(self.form["yuan"])
        if not _YUAN.fullmatch(plain):
            raise Invalid("payment_sum")
        return int(Decimal(plain) * 100)

    def day(self, name: str = "day") -> date:
        """Raises Invalid."""
        return _within_reach(self.form[name], "form_day")

    def month(self, name: str) -> date:
        """`2026-11` as its first day. Raises Invalid."""
        return _within_reach(f"{self.form[name]}-01", "form_month")

    def number(self, name: str) -> int:
        given = self.form[name]
        return int(given) if given.isdecimal() and len(given) < 16 else 0

    def home(self, household_id: int) -> Dwelling:
        """The home, for whoever decides in its community. Raises NotFound: what is another community's is
        not there."""
        home = own.dwelling(household_id)
        if not decides(self.visitor.person_id, home.community_id):
            raise NotFound("household_not_found")
        return home

    def home_at_its_door(self) -> Dwelling:
        """The same by the place of the form. Raises Invalid, NotFound."""
        spot = self.place.spot("staff")
        if spot.building_id is None or not spot.room:
            raise Invalid("home_door")
        return self.home(own.dwelling_at(spot.building_id, spot.unit or "", spot.room).id)

    def estate(self, estate_id: int) -> int:
        """The estate, for whoever decides in its community. Raises NotFound."""
        estate = session().get(Estate, estate_id)
        if estate is None or not decides(self.visitor.person_id, estate.community_id):
            raise NotFound("estate_not_found")
        return estate_id


def _within_reach(said: str, code: str) -> date:
    """A day of this century: 0226 is a slip of the pen, and there is no year after 9999 to count on to."""
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise Invalid(code) from None
    if not 2000 <= day.year < 2100:
        raise Invalid(code)
    return day


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the desk that takes forms: its fields with their longest, its verbs by name, where it stands
    below /fees, how it is shown again with what was wrong, and after which words a photo stays."""

    name: str
    path: str
    fields: Mapping[str, int]
    tasks: Mapping[str, Callable[[Task], Done]]
    shown: Callable[..., Response]
    keeping: frozenset[str] = frozenset()


def overseer(link: Link) -> Visitor:
    """Raises NotFound for whoever has no post that oversees anything."""
    visitor = staff_arriving(link)
    if OVERSEEING.isdisjoint(visitor.roles):
        raise NotFound("page_not_found")
    return visitor


def act(page: Page, front: Front, access: Access, task: str) -> AnyResponse:
    """A form of the page, done once, by whoever decides."""
    from_our_own_page()
    link = link_of(access, "desk")
    if task not in page.tasks:
        raise NotFound("page_not_found")
    with front.database.read():
        if not may_decide(overseer(link)):
            raise NotFound("page_not_found")
    form = {name: words(name, limit) for name, limit in page.fields.items()}
    try:
        key = once_key(str(link.person_id))
        with uploaded(front) as files:
            done = front.database.write(_done, page, link, task, form, place_said(), tuple(files), key)
            if not done.fresh or done.code not in page.keeping:
                front.files.drop(files)
    except Refused as refused:
        if refused.code == "page_not_found":
            raise
        return page.shown(front, access, refused.status, error=refusal(refused))
    facts = dict(done.facts)
    return back_to(f"{access.base}/fees{facts.pop('path', page.path)}", done.code, **facts)


def _done(
    page: Page,
    link: Link,
    task: str,
    form: Mapping[str, str],
    place: PlaceSaid,
    files: tuple[str, ...],
    key: str,
) -> Done:
    mine = Task(overseer(link), form, place, files)
    return only_once(key, str(link.person_id), f"{page.name}_{task}", lambda: page.tasks[task](mine))
