"""All that the board of one community says at a moment."""

from dataclasses import dataclass
from datetime import datetime

from models.base.clock import now
from models.board import cases, news, people, photos
from models.board.cases import Counts, Line
from models.board.news import Book, Common, Said, Stars
from models.board.people import EstateKept
from models.board.photos import Pictured
from models.board.places import Where, community_at
from models.board.rules import rules
from models.duty.answering import Answerer
from models.indicator import keeping
from models.indicator.asking import Scope, view_of
from models.indicator.counting import Figures
from models.indicator.period import Period, months_to, this_month
from models.indicator.settings import Settings


@dataclass(frozen=True, slots=True)
class Rated:
    """The figures of a month as they were counted, and how."""

    period: Period
    figures: Figures
    settings: Settings

    @property
    def least(self) -> int:
        """Of how many one may speak of a rate."""
        return max(rules().fewest, self.settings.least)


@dataclass(frozen=True, slots=True)
class Board:
    where: Where
    at: datetime
    counts: Counts
    mended: list[Line]
    waiting: list[Line]
    pictured: list[Pictured]
    estates: list[EstateKept]
    desk: tuple[Answerer, ...]
    last_month: Rated | None  # None: nobody has counted it yet, or nothing had come
    running: Rated | None
    notices: list[Said]
    problems: list[Common]
    stars: Stars | None
    books: list[Book]


def board_of(said: str) -> Board:
    """By what an address names. Raises NotFound. Reads only; some thirty statements."""
    where = community_at(said)
    at = now()
    before, running = months_to(this_month(at), 2)
    return Board(
        where=where,
        at=at,
        counts=cases.counts(where.id),
        mended=cases.mended_lately(where.id),
        waiting=cases.what_waits(where.id),
        pictured=photos.pictured(where.id),
        estates=people.answering_in(where.id),
        desk=people.desk_in(where.id),
        last_month=_rated(before, where.id, at),
        running=_rated(running, where.id, at),
        notices=news.notices_in(where.id),
        problems=news.problems_in(where.id),
        stars=news.stars_in(where.id),
        books=news.books_in(where.id),
    )


def _rated(period: Period, community_id: int, at: datetime) -> Rated | None:
    shown = keeping.shown(period, community_id)
    if shown is None:
        return None
    figures = shown.whole if period.is_open(at) else shown.whole.withholding()
    return Rated(period, figures, view_of(period, Scope(community_id), at).settings)
