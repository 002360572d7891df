"""A person's own figures, at once and whoever else works in town: only the own cases are read for them."""

from sqlalchemy import ColumnElement, or_, select

from models.base.clock import now
from models.case.case import Case
from models.case.tables import Offer
from models.indicator.asking import TOWN, view_of
from models.indicator.counting import BY, Figures, count
from models.indicator.period import Period
from models.indicator.reading import records
from models.indicator.removing import removed


def own_figures(person_id: int, period: Period) -> Figures:
    """As `figures_of` of the whole town. While its month runs, what people said is withheld."""
    at = now()
    view = view_of(period, TOWN, at)
    found = count(records(view, _touched(person_id)), view, removed(), BY["person"])
    mine = found[person_id] if person_id in found else count((), view)[None]
    return mine if period.is_open(at) else mine.withholding()


def _touched(person_id: int) -> ColumnElement[bool]:
    """The cases that ever were in this person's hands: each of them was offered before, or still is there."""
    offers = select(Offer.case_id).where(Offer.person_id == person_id)
    return or_(Case.taker_id == person_id, Case.id.in_(offers))
