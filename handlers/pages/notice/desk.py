"""A notice as its desk sees it: what it would say, how far it has come, and what may be done with it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from handlers import words
from handlers.house import House
from handlers.pages.access import notice_at
from handlers.pages.links import Done
from handlers.pages.notice import progress
from handlers.pages.notice.check import check_facts
from handlers.pages.notice.fees import of_desk
from handlers.pages.notice.form import audience_facts
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.base.refusals import Invalid
from models.duty.answering import answerer
from models.duty.overseeing import OVERSEEING
from models.notice import again, agreeing, call, checking, climbing, fee_sums, fees, reading, telling
from models.notice import notice as verbs
from models.notice.audience import Audience
from models.notice.cost import cost
from models.notice.tables import ALIVE, ENDED, Kind, Notice, State
from models.outbox.budget import Allowance
from models.outbox.confirming import confirmed_of
from models.outbox.routing import morning
from models.person.arriving import Visitor
from models.place.tables import Grid

PREVIEWED = (State.DRAFT, State.CHECKING, State.HELD, State.WAITING)


def desk_facts(notice: Notice, visitor: Visitor, decides_it: bool, house: House) -> dict[str, Any]:
    """For those who watch over it; what may be done with it, for those who decide. Of the town's notice a
    community's desk sees its own houses."""
    figures = reading.figures([notice.id])[notice.id]
    author = answerer(notice.author_id)
    return {
        "figures": figures._asdict(),
        "owners": confirmed_of("notice", [notice.id]).get(notice.id),
        "people": notice.people,
        "groups": notice.groups,
        "author": author.name if author else None,
        "preview": _preview(notice, house.group_allowance) if notice.state in PREVIEWED else None,
        "check": check_facts(notice, visitor, decides_it),
        "rolls": _rolls(notice) if notice.is_call else [],
        "calling": climbing.who_took_up(notice.id) if notice.is_call else [],
        "fees": of_desk(notice, visitor, decides_it),
        "may_hand_in": decides_it and notice.state == State.DRAFT,
        "may_agree": decides_it and notice.state == State.HELD and notice.author_id != visitor.person_id,
        "may_stop": decides_it and notice.state in ALIVE and _can_be_stopped(notice, figures),
        "may_withdraw": decides_it and notice.state in (*ALIVE, State.STOPPED),
        "waits_for": _seconds(notice) if notice.state == State.HELD else [],
        "starts_at": notice.starts_at,
        "send_at": notice.send_at,
        "rests_until": _rests_until(notice, figures.waiting, house),
        "audience": audience_facts(Audience.of(notice.audience)),
        "state": progress.state_of(notice, figures),
        "gone": progress.gone(figures),
        "stamp": progress.stamp([notice]),
        **_keeping(notice, visitor, decides_it),
    }


def _can_be_stopped(notice: Notice, figures: reading.Figures) -> bool:
    """Whether somebody is still to hear of it: a letter waits, or hands do, or the silent are called."""
    if notice.state != State.TOLD or call.is_open(notice) or notice.warns_of_case is not None:
        return True
    return bool(figures.waiting or figures.by_hand or figures.in_digest)


def _rests_until(notice: Notice, waiting: int, house: House) -> datetime | None:
    """When those hear of it who would otherwise hear at night."""
    is_to_come = notice.state in PREVIEWED or (notice.state in ALIVE and waiting > 0)
    if notice.kind == Kind.EMERGENCY or not is_to_come:
        return None
    at = max(now(), notice.starts_at or notice.send_at or now())
    return morning(house.quiet_from, house.quiet_until, at)


def _keeping(notice: Notice, visitor: Visitor, decides_it: bool) -> dict[str, Any]:
    """For templates/pages/notice/_keeping.html."""
    was_heard = notice.starts_at is not None and notice.state in (State.GOING, State.TOLD, *ENDED)
    is_whole = Audience.of(notice.audience).unread_of is None and notice.warns_of_case is None
    return {
        # the keeper who warned of a danger has no such page
        "notices_path": "/console/notices" if OVERSEEING & set(visitor.roles) else None,
        "may_correct": decides_it and was_heard,
        "may_keep": decides_it and was_heard and is_whole,
        "told_on": local(notice.starts_at or notice.created_at),
    }


def _seconds(notice: Notice) -> list[str]:
    return [found.name for one in agreeing.seconds(notice) if (found := answerer(one)) is not None]


def _rolls(notice: Notice) -> list[dict[str, Any]]:
    names = {one.id: one.name for one in session().scalars(select(Grid))}
    return [
        {"id": grid or 0, "grid": names.get(grid) if grid is not None else None, **roll._asdict()}
        for grid, roll in sorted(call.rolls(notice.id).items(), key=lambda pair: -pair[1].silent)
    ]


def _preview(notice: Notice, allowance: Allowance) -> dict[str, Any] | None:
    """The words on every way, and who would hear them today. None when a place of it is gone."""
    try:
        reach = fees.reach_of_notice(notice)
    except Invalid:
        return None
    kind, groups = telling.letter_kind(notice), reach.groups()
    facts = telling.group_facts(notice, "q/…") | {"urgency": notice.kind, "at": now().isoformat()}
    in_group = facts | (fee_sums.example(notice, reach) if notice.is_about_fees else {})
    return {
        "people": reach.count_people(),
        "groups": len(groups),
        "cost": cost(groups, notice.kind, allowance, now())._asdict(),
        "in_group": words.letter(verbs.GROUP_KIND, "customer_group", in_group).text,
        "in_chat": words.letter(kind, "chat", facts).text,
        "in_list": words.letter(kind, "mini", facts).values,
    }


def rules_of(house: House) -> verbs.Rules:
    return verbs.Rules(
        house.second_person_above,
        timedelta(seconds=house.notice_delay_seconds),
        a_day=house.notices_a_day,
        rounds=house.notice_rounds,
        content_check=house.content_check,
    )


def _agree(notice: Notice, by: By, house: House) -> Done:
    verbs.agree(notice, by, rules_of(house))
    return Done("notice_agreed", {})


def _stop(notice: Notice, by: By, _house: House) -> Done:
    return _ended("notice_stopped", notice, verbs.stop, by)


def _withdraw(notice: Notice, by: By, _house: House) -> Done:
    return _ended("notice_withdrawn", notice, verbs.withdraw, by)


def _ended(code: str, notice: Notice, verb: Callable[[Notice, By], int], by: By) -> Done:
    was_unheard = notice.state in PREVIEWED
    count = verb(notice, by)
    return Done(f"{code}_in_time", {}) if was_unheard else Done(code, {"count": count})


def _hand_in(notice: Notice, by: By, house: House) -> Done:
    verbs.hand_in(notice, by, rules_of(house))
    if notice.state == State.CHECKING:
        return Done("notice_checking", {})
    if notice.state == State.HELD:
        return Done("notice_held", {"count": len(agreeing.seconds(notice))})
    return Done("notice_handed_in", {})


def _discard(notice: Notice, by: By, _house: House) -> Done:
    verbs.discard(notice, by)
    return Done("notice_discarded", {})


def _let_through(notice: Notice, by: By, house: House) -> Done:
    checking.let_through(notice, by, rules_of(house))
    return Done("notice_let_through", {})


def _send_back(notice: Notice, by: By, _house: House) -> Done:
    checking.send_back(notice, by)
    return Done("notice_sent_back", {})


def _second_round(notice: Notice, by: By, _house: House) -> Done:
    key = again.second_round(notice, by)
    assert by.id is not None
    return Done("notice_second_round", {"path": notice_at(key)})


VERBS: Mapping[str, Callable[[Notice, By, House], Done]] = {
    "hand_in": _hand_in,
    "discard": _discard,
    "agree": _agree,
    "let_through": _let_through,
    "send_back": _send_back,
    "stop": _stop,
    "withdraw": _withdraw,
    "second_round": _second_round,
}
