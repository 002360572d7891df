"""Whether the log is what it was: nothing changed, nothing missing, nothing slipped in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from models.audit.chain import SHORT, parted
from models.audit.forgetting import LEAST, forgotten_mac
from models.audit.noting import mac_of, signature
from models.audit.tables import Act, Forgotten, Sealed
from models.base.clock import now
from models.base.orm import session

AT_ONCE = 1000
UNPLACED = timedelta(hours=1)  # by then each act has its place


class Fault(NamedTuple):
    """What is wrong, and with which row.

    act_gone, act_altered, act_unplaced: an act (its id) · link_gone, link_altered: a link of the chain (its
    number) · end_gone: links after this number are missing, because a head that was kept elsewhere is newer ·
    head_altered: the link of a kept head is another one · forgotten_altered: who says that acts up to this
    link were past their term was not hemei.
    """

    what: str
    number: int


class State(NamedTuple):
    """How much was looked at."""

    acts: int
    links: int
    forgotten: int  # links whose acts were let go of after their term


def state() -> State:
    """Counts only; `faults` proves."""
    acts = session().execute(select(func.count(Act.id))).scalar_one()
    links = session().execute(select(func.count(Sealed.id))).scalar_one()
    return State(acts, links, _let_go())


def faults(heads: Sequence[tuple[int, str]] = ()) -> Iterator[Fault]:
    """In the order of the chain, the first bad row first. `heads`: (number, mac) that were kept elsewhere."""
    yield from _forgotten()
    gone = _let_go()
    kept = dict(heads)
    number, previous = 0, ""
    while links := _links(number):
        acts = _acts([key for link in links if link.number > gone for key, _ in parted(link.rows)])
        for link in links:
            for missing in range(number + 1, link.number):
                yield Fault("link_gone", missing)
            broken = link.number == number + 1 and link.previous != previous
            if broken or link.mac != _mac_of_link(link):
                yield Fault("link_altered", link.number)
            if kept.get(link.number, link.mac) != link.mac:
                yield Fault("head_altered", link.number)
            if link.number > gone:
                yield from _of_link(link, acts)
            number, previous = link.number, link.mac
    if max(kept, default=0) > number:
        yield Fault("end_gone", number)
    yield from _unplaced()


def _links(after: int) -> Sequence[Sealed]:
    query = select(Sealed).where(Sealed.number > after).order_by(Sealed.number).limit(50)
    return session().scalars(query).all()


def _acts(keys: Sequence[int]) -> Mapping[int, Act]:
    found: dict[int, Act] = {}
    for start in range(0, len(keys), AT_ONCE):
        some = select(Act).where(Act.id.in_(keys[start : start + AT_ONCE]))
        found |= {one.id: one for one in session().scalars(some)}
    return found


def _of_link(link: Sealed, acts: Mapping[int, Act]) -> Iterator[Fault]:
    for key, mac in parted(link.rows):
        act = acts.get(key)
        if act is None:
            yield Fault("act_gone", key)
        elif act.mac[:SHORT] != mac or act.mac != mac_of(act):
            yield Fault("act_altered", key)


def _unplaced() -> Iterator[Fault]:
    """Signed or not: what stands outside of the chain cannot be told from what somebody put back."""
    placed: set[int] = set()
    number = _let_go()
    while links := _links(number):
        placed.update(key for link in links for key, _ in parted(link.rows))
        number = links[-1].number
    query = select(Act.id).where(Act.at < now() - UNPLACED).order_by(Act.id)
    for key in session().scalars(query.execution_options(yield_per=AT_ONCE)):
        if key not in placed:
            yield Fault("act_unplaced", key)


def _let_go() -> int:
    return session().execute(select(func.max(Forgotten.number))).scalar() or 0


def _forgotten() -> Iterator[Fault]:
    for one in session().scalars(select(Forgotten).order_by(Forgotten.number)):
        if one.mac != forgotten_mac(one.number, one.up_to_id, one.before, one.at) or (
            one.at - one.before < LEAST
        ):
            yield Fault("forgotten_altered", one.number)


def newest_faults(links: int = 20) -> list[Fault]:
    """What is wrong with the newest links and what they hold, for a page: `faults` takes longer."""
    query = select(Sealed).order_by(Sealed.number.desc()).limit(links)
    newest = session().scalars(query).all()[::-1]
    gone = _let_go()
    acts = _acts([key for link in newest if link.number > gone for key, _ in parted(link.rows)])
    found: list[Fault] = []
    before: Sealed | None = None
    for link in newest:
        follows = before is None or (link.number, link.previous) == (before.number + 1, before.mac)
        if not follows or link.mac != _mac_of_link(link):
            found.append(Fault("link_altered", link.number))
        if link.number > gone:
            found += _of_link(link, acts)
        before = link
    return found


def _mac_of_link(link: Sealed) -> str:
    return signature((link.number, link.previous, link.rows, link.first_at, link.last_at, link.at))
