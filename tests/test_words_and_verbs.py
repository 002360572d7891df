"""Between verbs and words there is no compiler: what a verb says has words, and what has words is said."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import notices
import pytest
from cast import Cast, Someone
from factories import a_case, a_town, finish, spot, unit_of_work
from fee_bills import a_bill
from fee_books import book, homes, living_in
from jinja2 import meta
from long_cases import takes_longer
from notices import AT_ONCE, a_notice, handed_in
from open_books import LAMPS
from sqlalchemy import select, update

from handlers import words
from handlers.wording.warnings import warning_words
from models.base.actor import By
from models.base.clock import ago, local, now
from models.base.orm import put, session
from models.base.resources import resource
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
from models.grid import handing_over
from models.joins import digest, losing, warning
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
from models.outbox.routing import Way
from models.pay import alerting, hearing, ordering, refunding
from models.pay.said import RefundStatus, Returned, Trade, TradeState
from models.pay.tables import Difference
from models.pay.telling import tell_of_new
from models.place.tables import BuildingGroup, Estate, Household
from server.database import Database

ROOT = Path(__file__).resolve().parent.parent
CODE = [
    file for package in ("models", "handlers", "server") for file in sorted((ROOT / package).rglob("*.py"))
]
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in CODE}
KINDS = {
    file.name.removesuffix(".toml") for file in resource("letters").iterdir() if file.name.endswith(".toml")
}
REPLIES = {
    file.name.removesuffix(".txt") for file in resource("replies").iterdir() if not file.name.startswith("_")
}
NEEDED = {  # as whom somebody is spoken to → the ways on which there have to be words
    "staff": {Way.WORK, Way.TEMPLATE, Way.CHAT},
    "resident": {Way.MINI, Way.TEMPLATE, Way.CHAT, Way.WORK},
    "group": {Way.ROBOT, Way.CUSTOMER_GROUP, "hand"},
}


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call of a function by one of these names, with where it stands."""
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = (
                    node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                )
                if called in names:
                    yield f"{file.relative_to(ROOT)}:{node.lineno}", node


def first(call: ast.Call) -> str | None:
    if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
        return call.args[0].value
    return None


# letters


def everything_that_is_told(cast: Cast) -> None:
    """Plays every verb that writes a letter."""
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
    _buildings_change_hands(cast)
    takes_longer(cast)


def _buildings_change_hands(cast: Cast) -> None:
    """One that nobody kept, and one that its keeper does not give."""
    zhao = By.staff(cast.zhao.id)
    free = handing_over.ask(spot(building="5", unit=None).building_id, cast.leader.id, zhao)
    handing_over.agree(free.id, By.staff(cast.leader.id))
    kept = handing_over.ask(spot(unit=None).building_id, cast.sun.id, zhao)
    handing_over.refuse(kept.id, By.staff(cast.li.id), "还没办完")


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


def _cards_arrive() -> None:
    arrived = {"state": State.SENT, "response_code": "r"}
    for letter in session().scalars(select(Letter).where(Letter.kind == "case_dispatched")):
        session().execute(
            update(Letter).where(Letter.id == letter.id).values(task_id=f"t{letter.id}", **arrived)
        )


@pytest.fixture(scope="module")
def told(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[tuple[str, dict[str, object]]]:
    """Kind and frozen facts of every letter of that play."""
    from settings_files import KEY

    from models.base import privacy

    privacy.use_key(KEY)
    file = tmp_path_factory.mktemp("told") / "hemei.db"
    file.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{file}")
    with unit_of_work(database):
        everything_that_is_told(a_town())
        found = [(letter.kind, letter.facts) for letter in session().scalars(select(Letter))]
    database.close()
    return found


def test_every_kind_of_letter_is_told_by_some_verb(told):
    assert {kind for kind, _ in told} == KINDS


def test_every_letter_can_be_said_with_the_facts_that_its_verb_froze(told):
    words.use_base_url("https://hemei.example")
    for kind, facts in told:
        for way in [*Way, "hand"]:
            if way == Way.CARD or not words.speaks(kind, way):
                continue
            made = words.letter(kind, way, facts)
            parts = str([part for part in (made.text, made.menu, made.values, made.card) if part])
            assert made.text.strip(), f"{kind} says nothing on {way}"
            assert not re.search(r"None|\{[{%]|undefined", parts), f"{kind} on {way}: {parts}"
            assert not re.search(r"(?m)^[：，。]", made.text), f"{kind} on {way} begins a line with nothing"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_words_on_all_ways_to_those_it_speaks_to(kind):
    if kind == "card_update":  # changes a card and goes nowhere else
        assert words.speaks(kind, "work")
        return
    missing = [str(way) for way in NEEDED[words.audience(kind)] if not words.speaks(kind, way)]
    assert missing == []


def test_no_line_break_is_swallowed():
    """A line that ends with a tag loses its break (trim_blocks); an empty line after it brings it back."""
    found = []
    for file in [*resource("letters").iterdir(), *resource("replies").iterdir()]:
        for line, after in pairwise(file.read_text(encoding="utf-8").splitlines()):
            says_something = re.sub(r"\{%.*?%\}", "", line).strip()
            goes_on = after.strip() and not after.lstrip().startswith(("{%", '"""'))
            if line.endswith("%}") and says_something and goes_on:
                found.append(f"{file.name}: {line}")
    assert found == []


def test_every_kind_that_code_names_has_words():
    for where, call in calls("tell", "tell_group"):
        kind = first(call)
        assert kind is None or kind in KINDS, f"{where} tells {kind}"
    for where, call in calls("withdraw"):
        for kind in (one.value for one in call.args if isinstance(one, ast.Constant)):
            assert kind in KINDS, f"{where} withdraws {kind}"


def test_every_kind_has_a_name_for_operators():
    assert set(words.labels("letter_kinds")) >= KINDS


# replies


def said() -> list[tuple[str, str, ast.Call]]:
    return [(where, name, call) for where, call in calls("say") if (name := first(call)) is not None]


def test_every_reply_that_is_said_has_words():
    for where, name, _ in said():
        assert name in REPLIES, f"{where} says {name}"


def test_every_reply_that_has_words_is_said():
    named = {name for _, name, _ in said()}
    strings = {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert REPLIES - named - strings == set()
    included = {
        used
        for file in resource("replies").iterdir()
        for used in re.findall(r"replies/(_\w+)\.txt", file.read_text(encoding="utf-8"))
    }
    partial = {file.name.removesuffix(".txt") for file in resource("replies").iterdir()} - REPLIES
    assert partial == included


def test_every_reply_gets_the_facts_that_its_words_need():
    for where, name, call in said():
        given = {word.arg for word in call.keywords if word.arg}
        if any(word.arg is None for word in call.keywords):
            continue  # more facts than can be seen from here; the journeys say these
        missing = needed(f"replies/{name}.txt") - given
        assert not missing, f"{where} says {name} without {missing}"


def needed(template: str) -> set[str]:
    """Names without which the words cannot be rendered."""
    environment = words.environment()
    source = resource(template).read_text(encoding="utf-8")
    names = meta.find_undeclared_variables(environment.parse(source)) - set(environment.globals)
    return {
        name
        for name in names
        if not re.search(rf"\b{name}\s*(?:is defined|is not defined|\|\s*default)", source)
    }


# refusals


def refused() -> Iterator[tuple[str, str]]:
    for where, call in calls("Refused", "NotAllowed", "NotFound", "Invalid"):
        if not where.startswith("server/sandbox/") and (code := first(call)) is not None:
            yield where, code


def test_every_refusal_has_words():
    known = words.labels("refusals")
    for where, code in refused():
        assert code in known, f"{where} refuses with {code}"


def test_every_word_of_refusal_is_used():
    strings = {
        node.value
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(words.labels("refusals")) - strings == set()


@pytest.mark.parametrize("code", sorted(words.labels("refusals")))
def test_every_refusal_can_be_said_in_the_chat(code):
    sentence = words.say("refused", code=code, facts={"number": "5724"})
    assert sentence
    assert "None" not in sentence
    assert "{" not in sentence
