"""Both sides are scored (row 3; 北京市接诉即办工作条例 art. 33): the lead says whether the whistle was
justified, the whistler grades every department from 1 to 5. After it is over, once each."""

from models.base.actor import By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.history import record
from models.whistle.blowing import TEXT
from models.whistle.departments import spoken_for_by
from models.whistle.reading import KIND, called_in, called_one, hold
from models.whistle.rights import is_on_whistlers_side
from models.whistle.tables import Whistle

GRADES = range(1, 6)


def justify(whistle_id: int, by: int, justified: bool, note: str = "") -> bool:
    """Whether it had to be blown, said for the department that leads. False when just that was said before.

    Raises NotAllowed: whistle_runs, whistle_not_called (whoever blew it too), whistle_scored; Invalid:
    reason_needed for a no.
    """
    whistle = hold(whistle_id)
    if called_in(whistle_id)[0].department_id not in spoken_for_by(by) or by == whistle.by_id:
        raise NotAllowed("whistle_not_called")
    _must_be_over(whistle)
    note = note.strip()[:TEXT]
    if whistle.was_justified is not None:
        if whistle.was_justified == justified:
            return False
        raise NotAllowed("whistle_scored")
    if not justified and not note:
        raise Invalid("reason_needed")
    at = now()
    whistle.was_justified, whistle.justified_note, whistle.scored_at = justified, note or None, at
    record(
        (KIND, whistle_id), "whistle_scored", by=By.staff(by), at=at, justified=justified, note=note or None
    )
    return True


def grade(whistle_id: int, department_id: int, by: int, grade: int) -> bool:
    """What a department did, from 1 to 5, said by who blew; where that one has changed the post, by whoever
    stands on that side now.
    False when just that was said before.

    Raises NotAllowed: whistle_runs, whistle_not_yours, whistle_scored; Invalid: grade_range.
    """
    whistle = hold(whistle_id)
    called = called_one(whistle_id, department_id)
    if not may_grade(by, whistle) or department_id in spoken_for_by(by):
        raise NotAllowed("whistle_not_yours")
    _must_be_over(whistle)
    if grade not in GRADES:
        raise Invalid("grade_range")
    if called.grade is not None:
        if called.grade == grade:
            return False
        raise NotAllowed("whistle_scored")
    at = now()
    called.grade, called.graded_at = grade, at
    # `mark`, because `grade` is what a resident gave, and stays closed to staff until the month is over
    record((KIND, whistle_id), "whistle_graded", by=By.staff(by), at=at, department=department_id, mark=grade)
    return True


def may_grade(person_id: int, whistle: Whistle) -> bool:
    if is_on_whistlers_side(whistle.by_id, whistle):
        return person_id == whistle.by_id
    return is_on_whistlers_side(person_id, whistle)


def _must_be_over(whistle: Whistle) -> None:
    if whistle.ended_at is None:
        raise NotAllowed("whistle_runs")
