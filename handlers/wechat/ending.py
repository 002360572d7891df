"""办不了, 不属实: an end other than mended, proposed from the chat; what is missing is asked for.

办不了 100014 是业主自己家里的管子，依据物业管理条例第四十条
"""

from datetime import timedelta

from handlers.wechat.answer import Answer, Text
from handlers.wechat.commands import AROUND
from handlers.wechat.visit import Visit
from handlers.words import say
from models.base.links import personal_path
from models.base.refusals import Invalid
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.dialogue.question import Asked, Question, ask, forget
from models.problem import deferring

#: Command → what it claims.
COMMANDS = {"cannot": "explained", "untrue": "untrue"}
_ANSWERS = (Asked.RETURN_REASON, Asked.WHISTLE_REASON, Asked.CLAIM)
_LASTS = timedelta(minutes=30)
_MISSING = {"reason_needed": "reason", "found_needed": "found", "rule_needed": "rule"}


def command(visit: Visit, verb: str, number: str | None, words: str) -> Answer | None:
    """None for what a member of staff says as a resident: without a number and without work in hand; and for
    what answers a question of ours, such as why a case comes back."""
    if number is None and visit.question is not None and visit.question.kind in _ANSWERS:
        return None
    held = reach.held_by(visit.person)
    if number is None and (words or not held):
        return Text(say("claim_which", cases=[one.number for one in held])) if held else None
    if number is None and len(held) > 1:
        return Text(say("claim_which", cases=[one.number for one in held]))
    case = reach.find(number or held[0].number, visit.visitor, hold=True)
    reason, rule = _parts(words)
    return Text(_proposed(visit, case, COMMANDS[verb], reason, rule))


def more(visit: Visit, question: Question) -> Answer:
    """What was still missing."""
    assert question.case_id is not None
    case, facts = reach.hold(question.case_id), question.facts
    reason, rule = _parts(visit.text)
    if facts["missing"] == "rule":
        reason, rule = str(facts["reason"]), rule or reason
    return Text(_proposed(visit, case, str(facts["claim"]), reason, rule))


def _proposed(visit: Visit, case: Case, claim: str, reason: str, rule: str) -> str:
    try:
        deferring.propose_end(case, visit.person, claim, reason, rule)
    except Invalid as refused:
        missing = _MISSING.get(refused.code)
        if missing is None:
            raise
        ask(
            visit.person,
            visit.channel,
            Asked.CLAIM,
            lasts=_LASTS,
            case_id=case.id,
            claim=claim,
            reason=reason,
            missing=missing,
        )
        path = personal_path("case", visit.person, case.id)
        return say("claim_missing", number=case.number, missing=missing, path=path)
    if visit.question is not None and visit.question.kind == Asked.CLAIM:
        forget(visit.person, visit.channel)
    return say("claim_asked", number=case.number, claim=claim)


def _parts(words: str) -> tuple[str, str]:
    """Reason, and the rule behind 依据."""
    for mark in table("lexicon/commands.toml")["rule_marks"]:
        reason, found, rule = words.partition(mark)
        if found:
            return reason.strip(AROUND), rule.strip(AROUND)
    return words.strip(AROUND), ""
