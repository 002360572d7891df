"""Put right in one message: the report was a question (我是问物业费), or the question was a report."""

from collections.abc import Callable

from handlers.wechat import reports
from handlers.wechat.answer import Answer, Text
from handlers.wechat.placing import forget_question_about
from handlers.wechat.visit import Visit
from handlers.words import say
from models.case.learning import learn_intent
from models.case.lifecycle import UNTAKEN, State
from models.case.reach import hold
from models.enquiry import keeping
from models.enquiry.asking import asks_instead, reports_instead
from models.joins.turning import learned_of_enquiry
from models.understanding.intent import QUESTIONS

MINUTES = 30  # so long after a question 我是报修 is about it


def was_a_question(visit: Visit, otherwise: Callable[[Visit], Answer]) -> Answer | None:
    """The case is withdrawn, and `otherwise` answers the question. What somebody works on already is not
    taken from them by a word."""
    asked = asks_instead(visit.text)
    if not asked:
        return None  # 不是报修 alone takes it back, and asks nothing
    case = reports.fresh_case(visit)
    if case is None or State(case.state) not in UNTAKEN or case.urgency == "emergency":
        return None
    question = visit.saying(asked)
    if question.meaning.intent not in QUESTIONS:
        return None  # 我是问灯啥时候修: that is about the case itself, or another matter
    case = hold(case.id)
    forget_question_about(visit, case.id)
    learn_intent(case, question.meaning.intent, visit.by_person)
    case.void(visit.by_person, visit.text)
    answer = otherwise(question)
    assert isinstance(answer, Text)
    return Text(say("was_a_question", number=case.number, answer=answer.text))


def nothing_to_take_back(visit: Visit) -> Answer | None:
    """不是报修, when nothing was reported: there is nothing to do."""
    return Text(say("chat", kind="mistake")) if asks_instead(visit.text) == "" else None


def was_a_report(visit: Visit) -> Answer | None:
    """The last question is none; it is filed as if it had been understood at once."""
    if reports_instead(visit.text) is None:
        return None
    last = keeping.latest_of(visit.person, minutes=MINUTES)
    if last is None or not last.text:
        return None
    keeping.becomes_case(last)
    filed = visit.saying(last.text)
    learned_of_enquiry(last, "report", filed.meaning.category, visit.by_person)
    return reports.text(filed)
