"""What was said on a page becomes a case: understood as a message is, but what people chose stands above."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handlers.house import House
from handlers.pages.forms import keep_photos
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid
from models.base.resources import table
from models.case import emergency, reporting
from models.case.alarm import alarm_of
from models.case.caller import keep_caller
from models.case.case import Case
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import Understanding, understand

POLICE = "110"  # called for a danger that the words do not name


@dataclass(frozen=True, slots=True)
class Report:
    """A form that tells of something. `category` and `urgency` are "" where nobody chose."""

    text: str
    source: str  # phone | walk_in | patrol | door
    category: str = ""
    urgency: str = ""
    name: str = ""
    phone: str = ""
    files: Sequence[str] = ()

    @property
    def says_something(self) -> bool:
        return bool(self.text or self.files)


def meaning(text: str) -> Understanding:
    return understand(text, town().gazetteer)


def chosen(report: Report, u: Understanding) -> tuple[str | None, str]:
    """Category and urgency. Raises Invalid for a code that is none."""
    if report.category and report.category not in table("labels/categories.toml"):
        raise Invalid("not_possible")
    if report.urgency and report.urgency not in table("labels/urgency.toml"):
        raise Invalid("not_possible")
    return report.category or u.category or "other", report.urgency or u.urgency


def placed_by_words(u: Understanding, community_id: int | None) -> Spot:
    """The place that the words name, as far as it is found."""
    return town().locate(Spot.said(u), community_id=community_id).spot


def filed(report: Report, u: Understanding, spot: Spot, by: By, reporter: int | None, house: House) -> Case:
    """The case, offered to whoever answers; an emergency rings at once."""
    category, urgency = chosen(report, u)
    case_id, _ = reporting.report(
        text=report.text,
        category=category,
        also=u.also,
        urgency=urgency,
        spot=replace(spot, floor=spot.floor or u.floor, room=spot.room or (u.room if u.building else None)),
        source=report.source,
        by=by,
        reporter=reporter,
        at=now(),
    )
    keep_photos(list(report.files), case_id, "report", by.id)
    case = session().get_one(Case, case_id)
    keep_caller(case, report.name, report.phone)
    ring(case, u, house)
    return case


def ring(case: Case, u: Understanding, house: House) -> None:
    """Wakes the duty persons when it is an emergency and nothing rings yet."""
    if case.urgency != "emergency" or alarm_of(case.id):
        return
    emergency.raise_alarm(
        case.id,
        u.danger or POLICE,
        community_id=case.community_id,
        facts=case.facts(),
        every_minutes=house.alarm_every_minutes,
    )
