"""What somebody outside said by telephone, e-mail or letter is typed in, with who said it and when; the
case's people hear it (row 15)."""

from datetime import datetime

from models.base.actor import By
from models.base.clock import now
from models.base.privacy import without_phones
from models.base.refusals import Invalid, NotAllowed
from models.case.case import Case
from models.case.lifecycle import OPEN, State
from models.history import record
from models.outbox.door import tell
from models.whistle.answering import SLACK
from models.whistle.referring import open_of

ANSWER = "outside_answer"
WAYS = ("phone", "email", "letter", "visit")
WHO, TEXT = 60, 1000


def may_type(case: Case, person_id: int) -> bool:
    referral = open_of(case.id)
    follows = referral is not None and referral.first_receiver_id == person_id
    return follows or case.speaks_for_us(person_id)


def type_in(case: Case, by: int, who: str, way: str, said_at: datetime, text: str) -> None:
    """By whoever speaks for us about the case, and its first receiver. The caller holds the case's row.

    Raises NotAllowed: not_yours, case_over; Invalid: outside_words, outside_when.
    """
    if not may_type(case, by):
        raise NotAllowed("not_yours", number=case.number)
    if State(case.state) not in OPEN:
        raise NotAllowed("case_over", number=case.number)
    who, text = " ".join(without_phones(who).split())[:WHO], without_phones(text.strip()[:TEXT])
    if not who or not text or way not in WAYS:
        raise Invalid("outside_words")
    at = now()
    if not case.reported_at.replace(second=0, microsecond=0) <= said_at <= at + SLACK:
        raise Invalid("outside_when")
    case.catch_up(at)
    said = {"way": way, "said_at": said_at.isoformat(), "said": text}
    step = record(case.about, "outside_said", by=By.staff(by), at=at, said_by=who, **said)
    case.reckon(at)
    for person in case.concerned():
        tell(ANSWER, person, about=case.about, occasion=str(step), **case.facts(who=who, **said))
