"""The one way to say something to somebody. The verb that changes the town's books also writes the letter."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import insert

from models.base import links
from models.base.clock import now
from models.base.orm import put, session
from models.base.private_words import must_be_public
from models.base.refusals import Invalid
from models.outbox.letter import DataClass, Lane, Letter, State
from models.outbox.recalling import recall

FEWEST_HOMES = 5  # of fewer one knows who they are


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
    pictures: int = field(default=0, kw_only=True)
    attachments: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        for words in (self.title, self.lead, self.signed):
            must_be_public(words)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicFees(PublicNotice):
    """What a building group is told of a notice about fees: beside its words how many homes have paid, of its
    own building or, with `building` None, of so many `buildings` of its estate together. `paid` and `homes`
    are None where a number would tell who.

    Raises Invalid for a number below five on either side, whoever counted it (X05).
    """

    estate: str
    building: str | None
    buildings: int | None
    paid: int | None
    homes: int | None

    def __post_init__(self) -> None:
        PublicNotice.__post_init__(self)
        if self.paid is None or self.homes is None:
            tells_who = self.paid is not None or self.homes is not None
        else:
            tells_who = min(self.paid, self.homes - self.paid) < FEWEST_HOMES
        if tells_who:
            raise Invalid("fees_few")


@dataclass(frozen=True, slots=True)
class _Saying:
    """What the letters of one occasion have in common."""

    kind: str
    about: tuple[str, int] | None
    occasion: str
    data_class: DataClass
    lane: Lane
    at: datetime
    not_before: datetime | None = None
    not_after: datetime | None = None
    via: str | None = None

    def to(
        self, to_kind: str, to_id: int, facts: Mapping[str, Any], tried: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The columns of one letter; `tried` are ways by which it shall not go."""
        about_kind, about_id = self.about or (None, None)
        about = f"{about_kind or ''}{about_id or ''}"
        return {
            "key": f"{self.kind}/{about}/{self.occasion}/{to_kind}{to_id}/{self.via or ''}",
            "kind": self.kind,
            "about_kind": about_kind,
            "about_id": about_id,
            "to_kind": to_kind,
            "to_id": to_id,
            "data_class": self.data_class,
            "facts": facts,
            "lane": self.lane,
            "via": self.via,
            "not_before": self.not_before or self.at,
            "not_after": self.not_after,
            "created_at": self.at,
            "state": State.WAITING,
            "tried": list(tried),
        }


def tell(
    kind: str,
    person_id: int,
    *,
    about: tuple[str, int] | None,
    occasion: str,
    data_class: DataClass = DataClass.OWN,
    lane: Lane = Lane.ANSWER,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    via: str | None = None,
    **facts: Any,
) -> int:
    """Writes a letter to one person and returns its id.

    `occasion` is the step or slot that gives rise to it: the same kind, person, thing and occasion is one
    letter, and the database refuses a second. Facts must be JSON; they are frozen here, the moment joins them
    as `at`, and a letter about a case gets the person's own `path` to it. `via` names the only channel that
    may carry it. Whoever has not heard it by `not_after` hears nothing.
    """
    at = now()
    if about is not None and about[0] in links.KINDS:
        facts.setdefault("path", links.personal_path(about[0], person_id, about[1]))
    facts.setdefault("at", at.isoformat())
    saying = _Saying(kind, about, occasion, data_class, lane, at, not_before, not_after, via=via)
    return put(Letter, **saying.to("person", person_id, facts))


def tell_group(
    kind: str,
    group_id: int,
    facts: PublicFacts | PublicNotice,
    *,
    about: tuple[str, int] | None,
    occasion: str,
    lane: Lane = Lane.NEWS,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> int:
    """Writes a letter to a building group. Whoever has not heard it by `not_after` hears nothing."""
    saying = _Saying(kind, about, occasion, DataClass.PUBLIC, lane, now(), not_before, not_after)
    return put(Letter, **saying.to("group", group_id, asdict(facts)))


def tell_many(
    kind: str,
    people: Sequence[int],
    *,
    about: tuple[str, int],
    occasion: str,
    lane: Lane,
    closed: Mapping[int, list[str]],
    data_class: DataClass = DataClass.OWN,
    not_after: datetime | None = None,
    **facts: Any,
) -> None:
    """The same to each of these persons, in one statement; as `tell` and `tell_group`. `closed`: person →
    ways by which the letter shall not go."""
    at = now()
    said = facts | {"at": at.isoformat()}
    saying = _Saying(kind, about, occasion, data_class, lane, at, not_after=not_after)
    rows = [
        saying.to(
            "person",
            person,
            said | {"path": links.personal_path(about[0], person, about[1])},
            closed.get(person, ()),
        )
        for person in people
    ]
    session().connection().execute(insert(Letter), rows)


class Word(NamedTuple):
    """What one person is told about one thing."""

    person_id: int
    about: tuple[str, int]
    facts: Mapping[str, Any]


def tell_each(
    words: Sequence[Word],
    kind: str,
    *,
    occasion: str,
    lane: Lane,
    data_class: DataClass = DataClass.OWN,
    not_after: datetime | None = None,
) -> None:
    """To each of these persons something of their own, in one statement; as `tell`."""
    at = now()
    rows = [
        _Saying(kind, one.about, occasion, data_class, lane, at, not_after=not_after).to(
            "person",
            one.person_id,
            {
                **one.facts,
                "at": at.isoformat(),
                "path": links.personal_path(one.about[0], one.person_id, one.about[1]),
            },
        )
        for one in words
    ]
    if rows:
        session().connection().execute(insert(Letter), rows)


def withdraw(
    about: tuple[str, int], *kinds: str, reason: str = "overtaken", via: Collection[str] | None = None
) -> None:
    """Letters of these kinds that nobody has heard yet are not needed any more; `via`: only those that name
    one of these channels."""
    recall(about, kinds, reason, via=via)


def withdraw_from(about: tuple[str, int], people: Collection[int], *kinds: str) -> None:
    """As `withdraw`, of these persons' letters alone."""
    recall(about, kinds, "overtaken", to=("person", people))
