"""A case of danger and the notice that warns its building: a tap begins it, the end of the danger ends it."""

from sqlalchemy import exists, or_, select

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.base.resources import table
from models.case.case import Case
from models.case.lifecycle import UNFINISHED, State
from models.case.reach import followed
from models.case.timing import times
from models.duty.overseeing import decides
from models.history import Step, record, steps_about
from models.notice import warning
from models.notice.audience import Audience
from models.notice.notice import Rules, Words
from models.notice.tables import ALIVE, Notice
from models.outbox.door import PublicFacts
from models.person.arriving import Visitor


def is_danger(case: Case) -> bool:
    """Of a category of which a building can be warned."""
    return case.category in table("rules/warnings.toml")


def moves(case: Case, visitor: Visitor) -> frozenset[str]:
    """`warn` and `safe`, as far as this visitor may do them now; the verbs check again."""
    if not is_danger(case) or not _answers_for(case, visitor.person_id) or not visitor.is_staff:
        return frozenset()
    if warning.standing(case.id) is not None:
        return frozenset({"safe"})
    found = {"warn"} if case.estate_id is not None else set()
    if case.urgency != "normal" and not case.is_made_safe():
        found.add("safe")
    return frozenset(found)


def warn(case: Case, words: Words, person_id: int, rules: Rules) -> Notice:
    """提醒这栋楼, by whoever works on the case or decides there: its building, or its estate where no
    building is known, hears `words`. The case is urgent from then on.

    Raises NotAllowed, and Invalid where nobody would hear it.
    """
    if not is_danger(case) or case.estate_name is None or case.community_id is None:
        raise NotAllowed("not_possible", number=case.number)
    if not _answers_for(case, person_id):
        raise NotAllowed("not_yours", number=case.number)
    if warning.standing(case.id) is not None:
        raise NotAllowed("no_longer_open", number=case.number)
    by = By.staff(person_id)
    where = (
        Audience(estates=(case.estate_name,))
        if case.building_name is None
        else Audience(buildings=((case.estate_name, case.building_name),))
    )
    notice = warning.warn(words, where, by, rules, case_id=case.id, community_id=case.community_id)
    case.understand_as(category=case.category, urgency="urgent")
    record(case.about, "warned", by=by, at=now(), notice=notice.id)
    return notice


def made_safe(case: Case, person_id: int) -> bool:
    """已排险: as Case.make_safe; who was warned hears it at once."""
    if not case.make_safe(person_id):
        return False
    notice = warning.standing(case.id)
    if notice is not None:
        warning.clear(notice, By.staff(person_id), _facts(case))
    return True


def follow_one() -> bool:
    """The clock ends a warning whose danger is over, however that was said: made safe, finished, closed or
    void. One whose case was put together with another goes on with that one. False when there is none."""
    safe = exists().where(
        Step.about_kind == "case",
        Step.about_id == Case.id,
        Step.what == "made_safe",
        Step.at >= Notice.created_at,
    )
    query = (
        select(Notice, Case)
        .join(Case, Case.id == Notice.warns_of_case)
        .where(
            Notice.warns_of_case.is_not(None),
            Notice.state.in_(ALIVE),
            or_(Case.state.not_in(UNFINISHED), safe),
        )
        .order_by(Notice.id)
        .limit(1)
        .with_for_update(of=Notice, skip_locked=True)
    )
    row = session().execute(query).first()
    if row is None:
        return False
    notice, case = row
    other = followed(case)
    if other is not case and State(other.state) in UNFINISHED and not other.is_made_safe():
        notice.warns_of_case = other.id
    else:
        warning.clear(notice, SYSTEM, _facts(other))
    return True


def _answers_for(case: Case, person_id: int) -> bool:
    if State(case.state) not in UNFINISHED:
        return False
    return case.is_worked_on_by(person_id) or decides(person_id, case.community_id)


def _facts(case: Case) -> PublicFacts:
    taken = times(steps_about("case", case.id), case.reported_at)
    return PublicFacts(
        number=case.number,
        estate=case.estate_name or "",
        building=case.building_name,
        unit=case.unit_name,
        category=case.category,
        minutes=taken.to_safe,
    )
