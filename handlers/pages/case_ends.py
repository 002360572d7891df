"""What is done about the end of a case on its page: proposed, agreed to or not; the level put right;
what takes two (models/case/seconding.py)."""

from collections.abc import Callable, Mapping

from handlers.pages.case_verbs import Act
from models.joins.turning import agree_as_second
from models.problem import deferring


def end(act: Act) -> str:
    """Proposed, with its reason; photos of what was seen there belong to it."""
    act.keep_photos("seen")
    deferring.propose_end(act.case, act.me, act.form["to"], act.form["words"], act.form["rule"])
    return "end_asked"


def agree(act: Act) -> str:
    done = deferring.agree_to_end(act.case, act.me, silence_days=act.house.silence_days)
    return "end_agreed" if done else "end_settled"


def refuse(act: Act) -> str:
    return "end_refused" if act.case.refuse_end(act.me, act.form["reason"]) else "end_settled"


def level(act: Act) -> str:
    return "level_said" if act.case.say_level(act.me, act.form["to"]) else "level_said_already"


def agree_second(act: Act) -> str:
    done = agree_as_second(act.case, act.me)
    return f"second_{done}" if done is not None else "second_settled"


def refuse_second(act: Act) -> str:
    return "second_refused" if act.case.refuse_second(act.me, act.form["reason"]) else "second_settled"


ENDS: Mapping[str, Callable[[Act], str]] = {
    "end": end,
    "end-agree": agree,
    "end-refuse": refuse,
    "level": level,
    "second-agree": agree_second,
    "second-refuse": refuse_second,
}
