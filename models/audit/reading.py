"""The log, for those who look over it: newest first, by what they ask for, nothing of another community."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from models.audit.tables import Act, Sealed
from models.base.orm import session

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; None asks for all. `communities` are those whose log may be read: None is all of
    them and what belongs to none."""

    communities: Collection[int] | None
    since: datetime | None = None
    until: datetime | None = None
    act: str | None = None
    by_id: int | None = None
    about: str | None = None  # a case's number, a page
    whom: tuple[str, int] | None = None
    result: str | None = None

    def which(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.communities is not None:
            found.append(Act.community_id.in_(self.communities))
        if self.since is not None:
            found.append(Act.at >= self.since)
        if self.until is not None:
            found.append(Act.at < self.until)
        for column, value in (
            (Act.act, self.act),
            (Act.by_id, self.by_id),
            (Act.about_id, self.about),
            (Act.result, self.result),
        ):
            if value is not None:
                found.append(column == value)
        if self.whom is not None:
            found += [Act.whom_kind == self.whom[0], Act.whom_id == self.whom[1]]
        return found


def acts(wanted: Wanted, *, before: int | None = None, limit: int = 50) -> Sequence[Act]:
    """Those with a smaller number than `before`, newest first."""
    query = select(Act).where(*wanted.which())
    if before is not None:
        query = query.where(Act.id < before)
    return session().scalars(query.order_by(Act.id.desc()).limit(limit)).all()


def all_acts(wanted: Wanted, most: int) -> Iterator[Act]:
    """At most so many, newest first, some at a time."""
    before: int | None = None
    while most > 0 and (some := acts(wanted, before=before, limit=min(most, AT_ONCE))):
        yield from some
        before, most = some[-1].id, most - len(some)


def unplaced() -> int:
    """How many acts wait for their place in the chain, as far as their number says: those after the last that
    has one."""
    last = session().scalars(select(Sealed.rows).order_by(Sealed.number.desc()).limit(1)).first()
    newest = max((int(one.partition(":")[0]) for one in last), default=0) if last else 0
    return session().execute(select(func.count(Act.id)).where(Act.id > newest)).scalar_one()
