"""What staff do with a case that takes longer: ask and tell its people, get more time, look on, take it."""

from collections.abc import Callable, Mapping
from datetime import date

from handlers.pages.case_verbs import Act
from models.base.refusals import Invalid


def ask(act: Act) -> str:
    act.case.ask(act.me, act.form["words"])
    return "people_asked"


def tell(act: Act) -> str:
    act.case.tell_people(act.me, act.form["words"])
    return "people_told"


def phoned(act: Act) -> str:
    act.case.tell_people(act.me, act.form["words"], by_phone=True)
    return "people_phoned"


def resume(act: Act) -> str:
    return "resumed" if act.case.resume(act.me) else "resumed_already"


def longer(act: Act) -> str:
    kind = act.form["to"]
    try:
        day = date.fromisoformat(act.form["until"])
    except ValueError:
        raise Invalid("later_day", number=act.case.number) from None
    act.case.propose(act.me, kind, day, act.form["reason"])
    return "longer_asked"


def agree(act: Act) -> str:
    return "longer_agreed" if act.case.agree(act.me) else "longer_settled"


def refuse(act: Act) -> str:
    return "longer_refused" if act.case.refuse(act.me, act.form["reason"]) else "longer_settled"


def supervise(act: Act) -> str:
    act.case.supervise(act.me, act.form["words"])
    return "supervised"


def take_over(act: Act) -> str:
    act.case.take_over(act.me)
    return "accepted"


LONGER: Mapping[str, Callable[[Act], str]] = {
    "ask": ask,
    "tell": tell,
    "phoned": phoned,
    "resume": resume,
    "longer": longer,
    "longer-agree": agree,
    "longer-refuse": refuse,
    "supervise": supervise,
    "take-over": take_over,
}
