"""What a resident or rider says, and which verb it becomes: an ordered table, the first that fits answers."""

from collections.abc import Callable

from handlers.wechat import (
    amending,
    asked,
    behalf,
    calls,
    enquiring,
    follow_ups,
    homes,
    judging,
    media,
    mistaken,
    open_books,
    outsiders,
    own_money,
    people,
    placing,
    progress,
    questions,
    reports,
    same,
    stations,
    talk,
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
            return media.photo(visit)
        case "voice":
            return media.voice(visit)
        case "video" | "shortvideo":
            return media.photo(visit, kind="video")
        case "location":
            return stations.place_shared(visit) or media.location(visit)
        case _:
            return Text(say("not_understood_kind"))


def _first(visit: Visit, table: tuple[Try, ...]) -> Answer:
    for attempt in table:
        answer = attempt(visit)
        if answer is not None:
            return answer
    return Text(say("help"))


def _danger(visit: Visit) -> Answer | None:
    return danger(visit, _alone)


def _was_a_question(visit: Visit) -> Answer | None:
    return mistaken.was_a_question(visit, _alone)


def _several(visit: Visit) -> Answer | None:
    parts = visit.matters
    return Text(reports.several(visit, parts, _alone)) if len(parts) > 1 else None


def _alone(visit: Visit) -> Answer:
    return _by_intent(visit) or Text(say("help"))


def _by_intent(visit: Visit) -> Answer | None:
    match visit.meaning.intent:
        case "report":
            return reports.text(visit)
        case "progress":
            return progress.progress(visit)
        case "evaluate":
            return judging.remark(visit) or progress.still_open(visit) or talk.opinion(visit)
        case "service" | "suggest":
            return talk.kept_for_a_person(visit)
        case "fee" | "policy" | "notice":
            return enquiring.answer(visit)
        case "station":
            return stations.station(visit)
        case "human":
            return people.human(visit)
        case _:
            return talk.small_talk(visit)


SAID: tuple[Try, ...] = (
    _danger,  # never waits for anything else
    talk.unreadable,
    calls.answered,
    homes.consent,
    homes.bind,
    same.answer,
    same.apart,
    follow_ups.which,
    behalf.objection,
    behalf.phone,
    same.me_too,
    _was_a_question,
    mistaken.was_a_report,
    progress.report_it,
    people.relay,
    enquiring.ask_a_person,
    amending.correction,
    amending.withdrawal,
    mistaken.nothing_to_take_back,
    asked.answer,
    progress.about_number,
    judging.verdict,
    outsiders.staff_words,
    stations.place_said,
    people.place_said,
    enquiring.place_said,
    questions.answer,
    behalf.report,
    enquiring.words_for_a_person,
    amending.late_place,
    homes.tell_home,
    placing.heard,
    follow_ups.good_news,
    judging.praise,
    own_money.asked,
    open_books.asked,
    _several,
    follow_ups.answer,
    _by_intent,
)
