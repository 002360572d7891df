"""The one way to say something to somebody. The verb that changes the town's books also writes the letter."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update

from models.base import links
from models.base.clock import now
from models.base.orm import put, session
from models.base.private_words import must_be_public
from models.outbox.letter import DataClass, Lane, Letter, State


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """All that a building group may ever be told of a case: no person, no room, no words of the report (X05).

    A group takes this type and nothing else, so a name or a debt cannot slip in by carelessness.
    """

    number: str
    estate: str
    building: str | None
    unit: str | None
    category: str | None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """What a building group is told of a notice: words that were looked through for anything that is
    somebody's own. Raises Invalid where such a thing is still in them, whoever wrote them (X05)."""

    number: int
    title: str
    lead: str
    signed: str
    kind: str
    corrects: bool
    path: str

    def __post_init__(self) -> None:
        for words in (self.title, self.lead, self.signed):
            must_be_public(words)


def tell(
    kind: str,
    person_id: int,
    *,
    about: tuple[str, int] | None,
    occasion: str,
    data_class: DataClass = DataClass.OWN,
    lane: Lane = Lane.ANSWER,
    not_before: datetime | None = None,
    via: str | None = None,
    **facts: Any,
) -> int:
    """Writes a letter to one person and returns its id.

    `occasion` is the step or slot that gives rise to it: the same kind, person, thing and occasion is one
    letter, and the database refuses a second. Facts must be JSON; they are frozen here, the moment joins them
    as `at`, and a letter about a case gets the person's own `path` to it. `via` names the only channel that
    may carry it.
    """
    if about is not None and about[0] in links.KINDS:
        facts.setdefault("path", links.personal_path(about[0], person_id, about[1]))
    facts.setdefault("at", now().isoformat())
    return _write(kind, "person", person_id, about, occasion, data_class, lane, not_before, via, facts)


def tell_group(
    kind: str,
    group_id: int,
    facts: PublicFacts | PublicNotice,
    *,
    about: tuple[str, int] | None,
    occasion: str,
    lane: Lane = Lane.NEWS,
    not_before: datetime | None = None,
) -> int:
    """Writes a letter to a building group."""
    return _write(
        kind, "group", group_id, about, occasion, DataClass.PUBLIC, lane, not_before, None, asdict(facts)
    )


def tell_many(
    kind: str,
    people: Sequence[int],
    *,
    about: tuple[str, int],
    occasion: str,
    lane: Lane,
    closed: Mapping[int, list[str]],
    **facts: Any,
) -> None:
    """The same to each of these persons, in one statement; as `tell`. `closed`: person → ways by which the
    letter shall not go."""
    at = now()
    said = facts | {"at": at.isoformat()}
    rows = [
        _row(
            kind, "person", person, about, occasion, DataClass.OWN, lane, at, None,
            said | {"path": links.personal_path(about[0], person, about[1])}, at,
        )
        | {"tried": closed.get(person, [])}
        for person in people
    ]  # fmt: skip
    session().connection().execute(insert(Letter), rows)


def withdraw(about: tuple[str, int], *kinds: str, reason: str = "overtaken") -> None:
    """Letters of these kinds that have not gone out yet are not needed any more."""
    session().execute(
        update(Letter)
        .where(
            Letter.about_kind == about[0],
            Letter.about_id == about[1],
            Letter.kind.in_(kinds),
            Letter.state.in_([State.WAITING, State.BY_HAND]),
        )
        .values(state=State.WITHDRAWN, reason=reason, settled_at=now())
    )


def _write(
    kind: str,
    to_kind: str,
    to_id: int,
    about: tuple[str, int] | None,
    occasion: str,
    data_class: DataClass,
    lane: Lane,
    not_before: datetime | None,
    via: str | None,
    facts: dict[str, Any],
) -> int:
    at = now()
    return put(
        Letter,
        **_row(kind, to_kind, to_id, about, occasion, data_class, lane, not_before or at, via, facts, at),
    )


def _row(
    kind: str,
    to_kind: str,
    to_id: int,
    about: tuple[str, int] | None,
    occasion: str,
    data_class: DataClass,
    lane: Lane,
    not_before: datetime,
    via: str | None,
    facts: dict[str, Any],
    at: datetime,
) -> dict[str, Any]:
    about_kind, about_id = about or (None, None)
    return {
        "key": f"{kind}/{about_kind or ''}{about_id or ''}/{occasion}/{to_kind}{to_id}/{via or ''}",
        "kind": kind,
        "about_kind": about_kind,
        "about_id": about_id,
        "to_kind": to_kind,
        "to_id": to_id,
        "data_class": data_class,
        "facts": facts,
        "lane": lane,
        "via": via,
        "not_before": not_before,
        "created_at": at,
        "state": State.WAITING,
    }
