"""A case's category, urgency or place is put right: what its words were taken for is kept to learn from."""

from models.base.actor import By
from models.case.tables import CaseRow
from models.corrections.correction import RESIDENT, Label, learn
from models.duty.answering import answerer
from models.person.arriving import staff_of
from models.place.gazetteer import town
from models.place.spot import Spot
from models.understanding import understand
from models.understanding.category import FIXED

ENOUGH = 4  # characters of a first line that say something by themselves
_FILED_AS = frozenset({"report", "service", "suggest", "evaluate"})


def learn_kind(case: CaseRow, category: str | None, urgency: str, spot: Spot, by: By) -> None:
    """Called before category and urgency change; they are the new ones."""
    was = _label(case, case.category, case.urgency, spot)
    also = tuple(other for other in was.also if other != category)
    _learn(case, was, was._replace(category=category, also=also, urgency=urgency), by)


def learn_place(case: CaseRow, before: Spot, spot: Spot, by: By) -> None:
    """Called when somebody said that it is not where we took it to be."""
    was = _label(case, case.category, case.urgency, before)
    _learn(case, was, _label(case, case.category, case.urgency, spot), by)


def learn_intent(case: CaseRow, intent: str, by: By) -> None:
    """Called when it turns out to have been no case."""
    was = Label(_filed_as(case), case.category, tuple(case.also), case.urgency)
    _learn(case, was, Label(intent, FIXED.get(intent)), by)


def learn_case(case: CaseRow, by: By) -> None:
    """Called when what was taken for small talk turns out to have been a case."""
    _learn(case, Label("chat"), Label(_filed_as(case), case.category, tuple(case.also), case.urgency), by)


def role_of(by: By) -> str:
    """Whose word it is: a code of labels/roles.toml, or the resident's own."""
    staff = staff_of(by.id) if by.kind == "staff" and by.id is not None else None
    return staff.roles[0] if staff is not None and staff.roles else RESIDENT


def _words_of(text: str) -> str:
    """What was said first; what was added later stands on lines of its own."""
    first, _, _ = text.partition("\n")
    return first if len(first) >= ENOUGH else text


def _filed_as(case: CaseRow) -> str:
    """The intent with which its words become a case."""
    intent = understand(_words_of(case.text), town().gazetteer).intent
    return intent if intent in _FILED_AS else "report"


def _learn(case: CaseRow, was: Label, label: Label, by: By) -> None:
    people = (case.taker_id, by.id if by.kind == "staff" else None)
    names = [found.name for one in people if one is not None and (found := answerer(one)) is not None]
    learn(_words_of(case.text), was, label, by_role=role_of(by), names=names)


def _label(case: CaseRow, category: str | None, urgency: str, spot: Spot) -> Label:
    return Label(
        _filed_as(case),
        category,
        tuple(case.also),
        urgency,
        spot.estate,
        spot.building,
        spot.unit,
        spot.floor,
    )
