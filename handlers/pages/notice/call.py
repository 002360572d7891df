"""A call on the page of its notice: who comes, and who calls those that have said nothing."""

from typing import Any

from handlers.pages.case_facts import arriving
from handlers.pages.links import Done
from models.base.links import Link
from models.base.orm import session
from models.base.refusals import NotFound
from models.notice import call, climbing
from models.notice.tables import Notice

ANSWERS = {"come": True, "cannot": False}
TAKE_UP = "calling"
VERBS = (*ANSWERS, TAKE_UP)


def call_facts(notice: Notice, person_id: int) -> dict[str, Any]:
    """`called`: what this person said, for who was called; `silent`: whom this person was asked to call."""
    if not notice.is_call:
        return {"called": None, "silent": None}
    is_open = call.open_call(person_id, notice.id) is not None
    named = climbing.named_to(notice, person_id)
    return {
        "called": {"answer": call.answer_of(notice.id, person_id)} if is_open else None,
        "silent": named._asdict() if named is not None else None,
    }


def answered(link: Link, verb: str) -> Done:
    """到 or 不能, by whoever was called; or that the silent are being called, by whom they were named to."""
    notice = session().get(Notice, link.key)
    if notice is None:
        raise NotFound("page_not_found")
    person = arriving(link.person_id).person_id
    if verb == TAKE_UP:
        climbing.take_up(notice, person)
        return Done("call_taken_up", {})
    call.answer(notice, person, ANSWERS[verb])
    return Done("call_come" if ANSWERS[verb] else "call_cannot", {})
