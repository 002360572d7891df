"""Plays every verb that writes a letter, once; those of the chain are in every_letter_of_the_chain.py."""

from dataclasses import replace
from datetime import timedelta

import notices
from calendars import known_years
from cast import Cast, Someone
from ended_cases import ends_otherwise
from every_letter_of_the_chain import chain_is_told
from factories import a_case, finish, spot
from fee_bills import a_bill
from fee_books import book, homes, living_in
from long_cases import takes_longer
from notices import AT_ONCE, a_notice, handed_in
from open_books import LAMPS
from sqlalchemy import select, update

from handlers import words
from handlers.wording.warnings import warning_words
from models.base.actor import By
from models.base.clock import ago, local, now
from models.base.orm import put, session
from models.books.spending import enter as enter_outlay
from models.books.spending import hand_in as hand_in_outlay
from models.case import emergency, on_behalf
from models.contract.agreements import begin
from models.contract.tables import Charging
from models.duty.answering import Answering
from models.enquiry import keeping
from models.enquiry.reminding import remind
from models.enquiry.tables import Enquiry
from models.fee import reminding, trials, visits_due
from models.fee.tables import Bill
from models.joins import digest, home_sharing, losing, warning
from models.media.keeping import want
from models.notice import checking, checks, outcome, visiting
from models.notice.audience import Audience
from models.notice.climbing import climb_one
from models.notice.notice import Rules, hand_in, stop
from models.notice.pasting import ask_owners
from models.notice.season import Day, call_one
from models.notice.season import keep as keep_every_year
from models.notice.telling import tell_some
from models.notice.warning import say_again_one
from models.outbox import dead
from models.outbox.address import add_address
from models.outbox.letter import Letter, State
from models.pay import alerting, hearing, ordering, refunding
from models.pay.said import RefundStatus, Returned, Trade, TradeState
from models.pay.tables import Difference
from models.pay.telling import tell_of_new
from models.person import proving
from models.person.arriving import move_in
from models.place.stations import Station
from models.place.tables import BuildingGroup, Estate, Household
from models.station import medicine


def everything_that_is_told(cast: Cast) -> None:
    """Plays every verb that writes a letter."""
    known_years()
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    case.join(cast.sun_xiaoyu.id, by=By.staff(cast.zhao.id))
    case.add_text("三楼也不亮", By.person(cast.wang.id))
    case.relocate(spot(unit="1"), By.person(cast.wang.id))
    case.remind_of_photo(cast.li.id, "tap")
    _cards_arrive()
    finish(case, cast.li)
    case.object(By.person(cast.wang.id), "还是不亮")
    finish(case, cast.li)
    case.nod(By.person(cast.wang.id))
    _medicine_expires(cast)
    asked = keeping.keep(
        "物业费能分期吗", asker=cast.wang.id, intent="fee", category="fees", spot=spot(),
        answers=Answering("desk", (cast.zhao.id,)),
    )  # fmt: skip
    session().get_one(Enquiry, asked).asked_at = ago(days=2)
    session().flush()
    remind()
    keeping.answer(session().get_one(Enquiry, asked), cast.zhao.id, "可以分两次")
    merged = a_case(reporter=cast.rider, accepted_by=cast.li)
    merged.merge_into(a_case(reporter=cast.sun_xiaoyu), By.person(cast.rider.id))
    merged.separate(By.staff(cast.zhao.id))
    withdrawn = a_case(reporter=cast.rider, accepted_by=cast.li)
    withdrawn.void(By.person(cast.rider.id), "自己好了")
    moved = a_case(reporter=cast.rider, accepted_by=cast.li)
    moved.relocate(spot(building="5", unit="1"), By.person(cast.rider.id))
    elders = a_case(reporter=cast.wang, entered_by=cast.zhao)
    on_behalf.tell_whom_it_is_for(elders, cast.wang.id, By.staff(cast.zhao.id))
    neighbours = a_case(reporter=cast.wang)
    neighbours.proxy_id = cast.rider.id
    on_behalf.tell_whom_it_is_for(neighbours, cast.wang.id, By.person(cast.rider.id))
    assert on_behalf.disown(neighbours, By.person(cast.wang.id), "不用")
    elders.accept(cast.li.id)
    assert not on_behalf.disown(elders, By.person(cast.wang.id), "不是我报的")
    without_words = a_case(reporter=cast.wang, accepted_by=cast.li)
    finish(without_words, cast.li, "")
    without_words.object(By.person(cast.wang.id), "")
    finish(without_words, cast.li, "")
    without_words.close_by_default()
    given_back = a_case(reporter=cast.wang, category=None)
    for person in (cast.li, cast.ma, cast.sun):
        given_back.give_back(person.id, "不归我管")
    for building in ("7", None):
        a_case(reporter=cast.wang, at=spot(building=building, unit=None), category=None)
    at = spot(unit="2")
    home = move_in(cast.rider.id, building_id=at.building_id or 0, unit="2", room="502", proof="said")
    proving.refuse(home.id, By.staff(cast.zhao.id), "册上不是您", at.facts())
    at_home = replace(at, room="503")
    move_in(cast.rider.id, building_id=at.building_id or 0, unit="2", room="503", proof="staff")
    asked = home_sharing.claim(cast.sun_xiaoyu.id, at_home, home_sharing.ASKED)
    home_sharing.answer(cast.rider.id, asked.id, True, "")
    danger = a_case(reporter=cast.wang, text="楼道里有煤气味", urgency="emergency")
    emergency.raise_alarm(
        danger.id, "119", community_id=danger.community_id, facts=danger.facts(), every_minutes=3
    )
    for about in (case.about, ("person", cast.wang.id)):
        losing.lost(
            want(about, purpose="report", kind="image", channel="official", media_id="m", by=cast.wang.id),
            "x",
        )
    session().execute(
        update(Letter).where(Letter.kind == "case_accepted").values(state=State.FAILED, reason="no_way")
    )
    dead.alert([cast.zhao.id], now())
    group = session().scalars(select(BuildingGroup)).first()
    group.owner_id = cast.li.id
    add_address("group", group.id, "customer_group", "wr-1")
    session().flush()
    assert digest.gather_one()
    held = handed_in(cast.zhao.id, rules=Rules(second_above=0))
    stop(held, By.staff(cast.leader.id))
    for why in set(words.labels("notice_ends")) - {"stopped"}:
        outcome.tell_author(held, why)
    handed_in(cast.zhao.id)
    today = local(now())
    every_year = (notices.words(), Audience(estates=("育英小区",)), Day(today.month, today.day))
    keep_every_year(*every_year, By.staff(cast.zhao.id), 1)
    assert call_one()
    called = handed_in(cast.zhao.id, {"roles": ["keeper"], "communities": ["育英社区"]}, is_call=True)
    while tell_some():
        pass
    owing = homes(20)
    living_in(owing[19])
    hand_in(
        book(a_notice(cast.zhao.id, title="物业费催缴"), owing[:9], owing[9:]),
        By.staff(cast.zhao.id),
        AT_ONCE,
    )
    while tell_some():
        pass
    _warned_and_safe(cast)
    _checked_by_the_platform(cast)
    _bills_are_reminded_of(cast)
    called.told_at = ago(hours=1)
    session().flush()
    assert climb_one(after_minutes=30)
    for owner in (cast.li, cast.ma):  # of one group, and of two
        _only_hands(cast, owner)
    _paid_over_wechat()
    _bought_something(cast)
    chain_is_told(cast)
    takes_longer(cast)
    ends_otherwise(cast)


def _bought_something(cast: Cast) -> None:
    """A line of the books that waits for somebody else."""
    estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
    lamps = replace(LAMPS, spender_id=cast.li.id, day=local(now()).date())
    hand_in_outlay(enter_outlay(estate, lamps, By.staff(cast.leader.id)), By.staff(cast.leader.id))


def _paid_over_wechat() -> None:
    """A bill that is paid, by a second payer as well who gets it back, and one that changed meanwhile."""
    (home,) = homes(1)
    payer, bill, changed = living_in(home), a_bill(home, 45_00, "2026-Q1"), a_bill(home, 45_00, "2026-Q2")
    orders = [ordering.begin(home, payer + who, "o", "wx", mch_id="1", bills=[one]).order
              for who, one in enumerate((bill, bill, changed))]  # fmt: skip
    session().get_one(Bill, changed).amount_fen = 40_00
    session().flush()
    for order in orders:
        said = Trade(order.number, TradeState.SUCCESS, "1", "wx", 45_00, "CNY", f"42{order.number}")
        hearing.heard(said, key=order.number, event="TRANSACTION.SUCCESS")
    (back,) = refunding.due()
    paid_out = Returned(back.number, back.trade_number, RefundStatus.SUCCESS, "1", 45_00, 45_00)
    hearing.refund_heard(paid_out, key=back.number, event="REFUND.SUCCESS")


def _warned_and_safe(cast: Cast) -> None:
    """A danger of which a building is warned, on the next morning again, until it is over."""
    icy = a_case(reporter=cast.wang, text="房檐有冰溜子", category="snow_ice", accepted_by=cast.li)
    notice = warning.warn(icy, warning_words(icy), cast.li.id, AT_ONCE)
    while tell_some():
        pass
    session().execute(
        update(Letter)
        .where(Letter.about_kind == "notice", Letter.about_id == notice.id)
        .values(state=State.SENT)
    )
    notice.told_at = ago(days=1)
    session().flush()
    assert say_again_one(days=7)
    want(icy.about, purpose="safe", kind="image", channel="work", media_id="m-safe", by=cast.li.id)
    assert warning.made_safe(icy, cast.li.id)


def _bills_are_reminded_of(cast: Cast) -> None:
    """A new bill, one that is nearly due, one that is due, one that nobody pays; books that are wrong."""
    today = local(now()).date()
    for days in (60, 3, 0, -8):
        (home,) = homes(1)
        a_bill(home, 45_00, due_on=today + timedelta(days=days))
        living_in(home)
    reminding.remind_some(0, reminding.Rules())
    session().execute(update(Letter).where(Letter.about_kind == "fees").values(state=State.BY_HAND))
    visits_due.ask_some(0, reminding.Rules())
    assert visits_due.hand_out_one()
    alerting.alert([cast.zhao.id], [("bill", 1, 1)])
    put(Difference, kind="trade", day=today, what="missing_here", number="o-strange")
    tell_of_new(ago(days=1), today)
    _a_trial_ends()


def _a_trial_ends() -> None:
    (home,) = homes(1)
    living_in(home)
    today = local(now()).date()
    estate = session().get_one(Household, home).building.estate_id
    begin(
        home,
        estate,
        Charging.TRIAL,
        today - timedelta(days=80),
        today + timedelta(days=7),
        By.staff(1),
        "desk",
    )
    assert trials.tell_one()


def _checked_by_the_platform(cast: Cast) -> None:
    """One that the platform finds risky, one that a person sends back, one that nobody can be asked about."""
    rules = Rules(content_check=True)
    for verdict in ("risky", None):
        notice = handed_in(cast.zhao.id, rules=rules, title="停气")
        (check,) = checks.of(notice)
        if verdict:
            checks.answered(check.id, verdict, 20008)
            assert checking.move_one(rules)
            continue
        for why in (checks.NO_MINI, checks.NOT_SEEN):
            checks.unanswered(check.id, why)
            session().flush()
            assert checking.move_one(rules)
        notice.checking_since = ago(minutes=31)
        session().flush()
        assert checking.move_one(rules)
        checking.send_back(notice, By.staff(cast.leader.id))


def _only_hands(cast: Cast, owner: Someone) -> None:
    """A notice that nothing carries but hands."""
    group = session().scalars(select(BuildingGroup)).first()
    group.owner_id = owner.id
    if owner.name == "马师傅":
        put(BuildingGroup, name="育英3号楼二群", estate_id=group.estate_id, building_id=group.building_id,
            owner_id=owner.id, active=True)  # fmt: skip
    session().flush()
    notice = handed_in(cast.zhao.id, title="明天停气")
    while tell_some():
        pass
    notice.told_at = ago(hours=7)
    session().execute(
        update(Letter)
        .where(Letter.about_kind == "notice", Letter.about_id == notice.id)
        .values(state=State.BY_HAND)
    )
    session().flush()
    made = visiting.plan(notice.id, after_hours=6)
    assert made is not None
    assert visiting.hand_out(made) == 1
    assert ask_owners()


def _medicine_expires(cast: Cast) -> None:
    """In a station that somebody looks after."""
    key = put(Station, community_id=1, name="暖心驿站", kinds=["aid"], caretaker_id=cast.sun.id, active=True)
    station, soon = session().get_one(Station, key), local(now()).date() + timedelta(days=9)
    medicine.put_in(station, "创可贴", 20, soon, By.staff(cast.sun.id))
    assert medicine.tell_of_some()


def _cards_arrive() -> None:
    arrived = {"state": State.SENT, "response_code": "r"}
    for letter in session().scalars(select(Letter).where(Letter.kind == "case_dispatched")):
        session().execute(
            update(Letter).where(Letter.id == letter.id).values(task_id=f"t{letter.id}", **arrived)
        )
