"""What a resident or rider says, and which verb it becomes: an ordered table, the first that fits answers."""

from collections.abc import Callable

from handlers.wechat import (
    amending,
    asking,
    enquiring,
    homes,
    judging,
    mistaken,
    outsiders,
    people,
    questions,
    reports,
    stations,
)
from handlers.wechat.answer import Answer, Text
from handlers.wechat.danger import danger
from handlers.wechat.visit import Visit
from handlers.words import say

Try = Callable[[Visit], Answer | None]


def answer(visit: Visit) -> Answer:
    match visit.message.kind:
        case "text":
            return _first(visit, SAID)
        case "image":
            return reports.photo(visit)
        case "voice":
            return reports.voice(visit)
        case "video" | "shortvideo":
            return reports.photo(visit, kind="video")
        case "location":
            return stations.place_shared(visit) or reports.location(visit)
        case _:
            return Text(say("not_understood_kind"))


def _first(visit: Visit, table: tuple[Try, ...]) -> Answer:
    for attempt in table:
        answer = attempt(visit)
        if answer is not None:
            return answer
    return Text(say("help"))


def _by_intent(visit: Visit) -> Answer | None:
    match visit.meaning.intent:
        case "report":
            return reports.text(visit)
        case "progress":
            return asking.progress(visit)
        case "evaluate":
            return judging.remark(visit) or asking.still_open(visit) or asking.opinion(visit)
        case "fee" | "policy" | "notice" | "station" | "human":
            return mistaken.answered(visit)
        case "service" | "suggest":
            return asking.kept_for_a_person(visit)
        case _:
            return asking.small_talk(visit)


SAID: tuple[Try, ...] = (
    danger,  # never waits for anything else
    asking.unreadable,
    homes.consent,
    homes.bind,
    amending.me_too,
    mistaken.was_a_question,
    mistaken.was_a_report,
    asking.report_it,
    people.relay,
    enquiring.ask_a_person,
    amending.withdrawal,
    asking.about_number,
    amending.correction,
    judging.verdict,
    outsiders.staff_words,
    stations.place_said,
    people.place_said,
    questions.answer,
    enquiring.words_for_a_person,
    amending.late_place,
    homes.tell_home,
    judging.praise,
    _by_intent,
)
