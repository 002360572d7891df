"""What stands in the way of the town's messages: people nobody named, groups without a key, dead letters."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select, text

from models.base import quarantine, tallies
from models.base.clock import ago, now
from models.base.orm import session
from models.case.case import Case
from models.case.lifecycle import WORKING
from models.duty.overseeing import DECIDING
from models.ledger.tables import Entry
from models.outbox.address import Address, Channel
from models.outbox.letter import Letter
from models.pay.checking import faults
from models.person.tables import Staff
from models.place.tables import Building, BuildingGroup, Community, Estate
from models.town import registry
from server import tally
from server.config import Config
from server.doctor.finding import Finding, bad, note, ok

SILENT = timedelta(seconds=90)
LATE = timedelta(minutes=5)


def examine(config: Config) -> Iterator[Finding]:
    """Inside a read of the database."""
    if _count(select(func.count(Building.id)).where(Building.active)) == 0:
        yield note("town_empty")
    since = quarantine.quarantined_since()
    if since is not None:
        yield bad("quarantine", since=f"{since:%Y-%m-%d %H:%M} UTC")
    yield from _work(quarantined=since is not None)
    yield from _nobody()
    yield from _groups(config)
    yield from _letters()
    yield from _alerts(config)
    yield from _books()
    if config.rules.content_check:
        yield from _authors()
    yield from _words(config)


def _work(*, quarantined: bool) -> Iterator[Finding]:
    seen = tallies.last_seen(tally.WORKING)
    alive = seen is not None and now() - seen < SILENT
    late = (text("state = 'waiting'"), Letter.not_before < now() - LATE)
    waiting = 0 if quarantined else _count(select(func.count(Letter.id)).where(*late))
    if alive:
        yield bad("letters_late", count=waiting) if waiting else ok("work_alive")
    else:
        yield bad("work_dead_letters_wait", count=waiting) if waiting else note("work_dead")


def _nobody() -> Iterator[Finding]:
    open_cases = select(func.count(Case.id)).where(Case.state.in_(WORKING), Case.route == "nobody")
    count = _count(open_cases)
    if count:
        yield bad("nobody_found", count=count)
    unkept = (
        select(func.count(Estate.id))
        .where(Estate.active)
        .where(~select(Building.id).where(Building.estate_id == Estate.id, Building.active).exists())
    )
    if bare := _count(unkept):
        yield note("estates_without_buildings", count=bare)


def _groups(config: Config) -> Iterator[Finding]:
    keyless = (
        select(BuildingGroup.name)
        .join(Address, (Address.owner_kind == "group") & (Address.owner_id == BuildingGroup.id))
        .where(BuildingGroup.active, Address.channel == Channel.ROBOT, Address.value == "")
        .order_by(BuildingGroup.name)
    )
    names = list(session().connection().execute(keyless).scalars())
    if names:
        yield bad("robots_without_key", count=len(names), names="、".join(names[:5]))
    found = registry.troubled(None, now(), config.rules.group_limit)
    for code, names in (
        ("groups_gone", [one.name for one in found if one.gone]),
        ("groups_without_owner", [one.name for one in found if one.owner_left]),
    ):
        if names:
            yield bad(code, count=len(names), names="、".join(names[:5]))
    if strays := len(registry.unbound(None)):
        yield note("chats_unbound", count=strays)


def _authors() -> Iterator[Finding]:
    """Who writes notices and is not known to the mini-program, in whose name the platform is asked."""
    mini = (
        select(Address.id)
        .where(Address.owner_kind == "person", Address.owner_id == Staff.person_id)
        .where(Address.channel == Channel.MINI, Address.value != "")
    )
    rows = session().execute(select(Staff.name, Staff.roles).where(Staff.active, ~mini.exists()))
    names = [row.name for row in rows if not DECIDING.isdisjoint(row.roles)]
    if names:
        yield note("authors_without_mini", count=len(names), names="、".join(names[:5]))


def _letters() -> Iterator[Finding]:
    recent = (
        select(Letter.state, func.count())
        .where(text("state IN ('failed', 'unknown')"), Letter.created_at > ago(days=7))
        .group_by(Letter.state)
    )
    counts = dict(session().connection().execute(recent).all())
    if counts:
        yield bad("letters_dead", failed=counts.get("failed", 0), unknown=counts.get("unknown", 0))
    else:
        yield ok("letters_fine")


def _alerts(config: Config) -> Iterator[Finding]:
    if not config.alerts.staff:
        return
    known = select(Staff.number).where(Staff.number.in_(config.alerts.staff), Staff.active)
    strangers = sorted(set(config.alerts.staff) - set(session().connection().execute(known).scalars()))
    if strangers:
        yield bad("alerts_unknown", numbers=", ".join(strangers))


def _books() -> Iterator[Finding]:
    wrong = list(faults())
    if wrong:
        yield bad("books_wrong", count=len(wrong))
    elif _count(select(func.count(Entry.id))):
        yield ok("books_right")


def _count(query: object) -> int:
    return int(session().connection().execute(query).scalar_one())  # type: ignore[call-overload]


def _words(config: Config) -> Iterator[Finding]:
    """Communities that the town's own words name and the town has not."""
    named = set(config.own_words.communities) if config.own_words else set()
    unknown = sorted(named - set(session().scalars(select(Community.name)))) if named else []
    if unknown:
        yield bad("words_unknown_community", file=config.understanding.words, names="、".join(unknown))
