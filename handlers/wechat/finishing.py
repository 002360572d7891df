"""办结 from a chat: tapped or written, with words and a photo in any order (design 4.5-7).

What has come so far is kept with the open question FINISH: `said`, `photos` that came before anybody said of
what, and `done` once it is finished, so that a second photo or a late sentence still finds its case.
"""

from datetime import timedelta
from typing import Any

from handlers.wechat.answer import Answer, Text
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.refusals import Invalid, NotAllowed
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State
from models.dialogue.question import Asked, Question, ask
from models.media.keeping import move, want


def tapped(visit: Visit, case: Case) -> str:
    """办结 tapped on the card: at once when the photo is here already, else we ask for it."""
    question = _pending(visit)
    is_asked = question is not None and question.case_id == case.id
    answer = _finish(visit, case, _said(visit, case))
    if case.state == State.HANDLING and not is_asked:
        case.remind_of_photo(visit.person, visit.message.key)
    return answer


def words(visit: Visit, number: str | None, said: str) -> Answer | None:
    """办结 written. None when it was said as a resident: 修好了 is a nod to who has no work in hand."""
    case = _mine(visit, number)
    if case is None:
        held = [one.number for one in reach.held_by(visit.person)]
        if not held and reach.latest_of(visit.person, State.FINISHED) is not None:
            return None
        return Text(say("finish_which", cases=held))
    return Text(_finish(visit, case, said or _said(visit, case)))


def without_photo(visit: Visit, number: str | None, reason: str) -> Answer:
    """无照片 and the reason why: the only way to finish without one."""
    case = _mine(visit, number)
    if case is None:
        return Text(say("finish_which", cases=[one.number for one in reach.held_by(visit.person)]))
    if not reason:
        raise Invalid("no_photo_reason_needed", number=case.number)
    if case.is_finished_by(visit.person):
        return Text(say("finished", number=case.number, again=True))
    case.finish(
        visit.person, _said(visit, case), no_photo_reason=reason, silence_days=visit.house.silence_days
    )
    _remember(visit, case.id, done=True)
    return Text(say("finished", number=case.number, again=False))


def photo(visit: Visit) -> Answer | None:
    """A photo from somebody who has work in hand is the proof of it; from others it is a report."""
    media_id = visit.message.media_id
    held = reach.held_by(visit.person)
    asked = visit.question.kind if visit.question is not None else None
    if asked in (Asked.PLACE, Asked.WHAT, Asked.UNSATISFIED) or (asked == Asked.ADDED and not held):
        return None  # it belongs to what this person reports as a resident
    question = _pending(visit)
    is_over = question is not None and bool(question.facts.get("done")) and bool(held)
    if media_id is None or (question is None and not held):
        return None
    case_id = question.case_id if question is not None and not is_over else None
    about = ("case", case_id) if case_id is not None else ("person", visit.person)
    item = want(
        about, purpose="finish", kind="image", channel=visit.channel, media_id=media_id, by=visit.person
    )
    if case_id is None:
        _remember(visit, None, photos=[*_photos(question), item])
        return Text(say("finish_photo_first", cases=[case.number for case in held]))
    case = reach.hold(case_id)
    return Text(_finish(visit, case, _said(visit, case)))


def more_words(visit: Visit, question: Question) -> Answer | None:
    """Words after 办结 was tapped: what was done. The photo is still to come, or is here."""
    if question.case_id is None:
        return None
    case = reach.hold(question.case_id)
    if question.facts.get("done"):
        is_its_story = case.is_finished_by(visit.person) and not case.finish_text and visit.names_no_place
        return Text(_finish(visit, case, visit.text)) if is_its_story else None
    if not case.is_worked_on_by(visit.person):
        return None
    return Text(_finish(visit, case, visit.text))


def _finish(visit: Visit, case: Case, said: str) -> str:
    """Finishes as soon as the photo is here; the same words again when it was finished before."""
    if case.is_finished_by(visit.person):
        case.describe(visit.person, said)
        return say("finished", number=case.number, again=True)
    if not case.is_worked_on_by(visit.person):
        raise NotAllowed("not_yours_to_finish", number=case.number)
    photos = _photos(_pending(visit))
    if photos:
        move(photos, case.about, "finish")
    if not case.has_finish_photo():
        _remember(visit, case.id, said=said)
        return say("finish_needs_photo", number=case.number)
    case.finish(visit.person, said, silence_days=visit.house.silence_days)
    _remember(visit, case.id, done=True)
    return say("finished", number=case.number, again=False)


def _mine(visit: Visit, number: str | None) -> Case | None:
    """The named case, else the one that was begun, else the only one in hand."""
    if number is not None:
        return reach.find(number, visit.visitor, hold=True)
    question = _pending(visit)
    if question is not None and question.case_id is not None and not question.facts.get("done"):
        return reach.hold(question.case_id)
    held = reach.held_by(visit.person)
    return reach.hold(held[0].id) if len(held) == 1 else None


def _pending(visit: Visit) -> Question | None:
    question = visit.question
    return question if question is not None and question.kind == Asked.FINISH else None


def _said(visit: Visit, case: Case) -> str:
    question = _pending(visit)
    if question is None or question.case_id not in (None, case.id):
        return ""
    return str(question.facts.get("said", ""))


def _photos(question: Question | None) -> list[int]:
    return list(question.facts.get("photos", [])) if question is not None else []


def _remember(visit: Visit, case_id: int | None, **facts: Any) -> None:
    lasts = timedelta(minutes=visit.house.finish_window_minutes)
    ask(visit.person, visit.channel, Asked.FINISH, lasts=lasts, case_id=case_id, **facts)
