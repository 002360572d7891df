"""What waits too long goes up a rung, by the ladder of its grid or by desk and street; people hear of it."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
import time_machine
from cast import Cast, Someone
from factories import a_case, a_town, finish, letters_to, spot, steps, told, unit_of_work
from sqlalchemy import event, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import NotAllowed, Refused
from models.case import reach
from models.case.case import Case
from models.case.climbing import columns_of, rules, seen_of
from models.case.clock import climb_some, reckon_some
from models.case.deadlines import climbs, lived
from models.case.lifecycle import State
from models.duty.tables import Absence, RungHolder
from models.history import Step, record
from models.outbox import claiming
from models.outbox.letter import Lane, Letter
from models.outbox.routing import Rules
from models.place.tables import Grid
from models.place.version import raise_version
from server.database import Database

FRIDAY = datetime.fromisoformat("2026-11-20T10:00:00+08:00")
ACCEPT = [datetime.fromisoformat(f"2026-11-{day}T17:00:00+08:00") for day in (23, 24, 25)]


@pytest.fixture
def friday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        yield clock


def a_chain(cast: Cast, *holders: Someone, deputy: Someone | None = None) -> None:
    """These stand on rung 1 and up of the grid of 育英小区."""
    grid = session().scalars(select(Grid.id)).one()
    for rung, one in enumerate(holders, 1):
        put(
            RungHolder, grid_id=grid, rung=rung, person_id=one.id, since=FRIDAY - timedelta(days=9),
            deputy_id=deputy.id if deputy and rung == 1 else None,
        )  # fmt: skip
    raise_version()


def climbed(case: Case) -> list[tuple[int, datetime, list[int], str]]:
    query = select(Step).where(Step.about_id == case.id, Step.what == "climbed").order_by(Step.id)
    return [
        (one.facts["rung"], one.at, one.facts["to"], one.facts["how"]) for one in session().scalars(query)
    ]


def tick(clock: time_machine.Traveller, at: datetime) -> None:
    clock.move_to(at)
    session().flush()
    while climb_some():
        session().flush()


def test_it_climbs_rung_by_rung_and_each_holder_hears_of_it(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou, cast.zhao, cast.leader)
    case = a_case(reporter=cast.wang)
    assert case.finish_due == datetime.fromisoformat("2026-11-27T17:00:00+08:00")
    for at in (ACCEPT[0] - timedelta(seconds=1), *(at + timedelta(seconds=9) for at in ACCEPT)):
        tick(friday, at)
    assert climbed(case) == [
        (1, ACCEPT[0], [cast.zhou.id], "holder"),
        (2, ACCEPT[1], [cast.zhao.id], "holder"),
        (3, ACCEPT[2], [cast.leader.id], "holder"),
    ]
    assert [told(one) for one in (cast.zhou, cast.zhao, cast.leader)] == [["case_climbed"]] * 3
    (letter,) = letters_to(cast.zhou)
    assert (letter.facts["stage"], letter.facts["due"], letter.lane) == (
        "accept", ACCEPT[0].astimezone(letter.created_at.tzinfo).isoformat(), Lane.NEWS,
    )  # fmt: skip
    assert (case.rung, case.due_at, case.due_stage) == (3, None, "top")


def test_whoever_it_came_to_may_accept_it(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou)
    case = a_case(reporter=cast.wang)
    with pytest.raises(NotAllowed):
        case.accept(cast.zhou.id)
    tick(friday, ACCEPT[0])
    case.accept(cast.zhou.id)
    assert (case.state, case.taker_id, case.due_stage) == (State.HANDLING, cast.zhou.id, "finish")


def test_or_take_it_from_whoever_has_it_hand_it_on_and_look_on(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou)
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    for refused in (case.take_over, lambda who: case.supervise(who, "快")):
        with pytest.raises(NotAllowed):
            refused(cast.zhou.id)
    tick(friday, datetime.fromisoformat("2026-11-27T17:00:00+08:00"))
    case.supervise(cast.zhou.id, "今天必须办完")
    assert letters_to(cast.li, "case_supervised")[0].facts["said"] == "今天必须办完"
    case.take_over(cast.zhou.id)
    assert case.taker_id == cast.zhou.id
    assert told(cast.li)[-1] == "case_called_off"
    case.transfer(cast.zhou.id, cast.sun.id, "您的楼")
    assert told(cast.sun)[-1] == "case_dispatched"
    assert case.rung == 1  # who hands it on goes no rung down


def test_a_limit_that_ran_out_before_a_move_is_climbed_first(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou)
    case = a_case(reporter=cast.wang)
    friday.move_to(ACCEPT[0] + timedelta(milliseconds=1))
    case.accept(cast.li.id)
    assert steps(case)[-2:] == ["climbed", "accepted"]
    assert climbed(case)[0][1] == ACCEPT[0]
    assert told(cast.zhou, state="waiting") == []  # what has come meanwhile is no news any more


def test_a_deputy_stands_in_and_a_vacancy_passes_up(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou, cast.leader, deputy=cast.ma)
    put(
        Absence, person_id=cast.zhou.id, since=FRIDAY, until=ACCEPT[0] + timedelta(hours=1), reason="病",
        by_id=None, at=FRIDAY,
    )  # fmt: skip
    raise_version()
    case = a_case(reporter=cast.wang)
    tick(friday, ACCEPT[0])
    assert climbed(case) == [(1, ACCEPT[0], [cast.ma.id], "deputy")]
    put(
        Absence, person_id=cast.leader.id, since=ACCEPT[0], until=None, reason="会", by_id=None, at=FRIDAY,
    )  # fmt: skip
    raise_version()
    tick(friday, ACCEPT[1])
    assert climbed(case)[1][2:] == ([cast.zhao.id], "desk")  # nobody up to the top: whoever has the desk


def test_a_place_in_no_grid_climbs_to_its_desk_and_to_the_street(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, at=spot(building="7", unit=None))
    tick(friday, ACCEPT[2])
    assert [(rung, to, how) for rung, _, to, how in climbed(case)] == [
        (1, [cast.zhao.id], "desk"),
        (2, [cast.leader.id], "above"),
    ]


def test_after_a_standstill_each_case_is_one_letter_and_none_at_night(friday, cast: Cast) -> None:
    a_chain(cast, cast.zhou, cast.zhao, cast.leader)
    cases = [a_case(reporter=cast.wang) for _ in range(20)]
    before = session().scalars(select(Letter.id).order_by(Letter.id.desc())).first()
    tick(friday, datetime.fromisoformat("2026-11-25T22:00:00+08:00"))  # all went by unseen
    letters = session().scalars(select(Letter).where(Letter.id > before)).all()
    assert sorted(one.about_id for one in letters if one.kind == "case_climbed") == [one.id for one in cases]
    assert {one.lane for one in letters} == {Lane.NEWS}  # waits for the end of the quiet hours
    assert {len(climbed(one)) for one in cases} == {3}
    assert [at for _, at, _, _ in climbed(cases[0])] == ACCEPT
    late = session().scalars(select(Step).where(Step.what == "climbed")).first()
    assert late.facts["late"] == 2 * 86_400 + 5 * 3600


def _claimed(at: datetime) -> list[int]:
    """The cases about whose climbing a sender would say something now; it says it."""
    ways = Rules(frozenset({"work"}), lambda _kind: "staff", lambda _kind, _way: True)
    claimed = claiming.claim(500, ways, at, shut={}, news=500).errands
    letters = [session().get_one(Letter, one.id) for one in claimed]
    return sorted(one.about_id or 0 for one in letters if one.kind == "case_climbed")


def test_what_climbed_by_night_is_said_in_the_morning_once_and_an_emergency_at_once(
    friday, cast: Cast
) -> None:
    """T6."""
    a_chain(cast, cast.zhou, cast.zhao, cast.leader)
    cases = [a_case(reporter=cast.wang).id for _ in range(5)]
    danger = a_case(reporter=cast.wang, category="gas", urgency="emergency")
    night = datetime.fromisoformat("2026-11-25T22:00:00+08:00")
    tick(friday, night)
    assert _claimed(night) == [danger.id]
    friday.move_to(night + timedelta(hours=10, seconds=1))
    assert _claimed(now()) == cases
    friday.shift(86_400)
    assert _claimed(now()) == []


def test_who_hears_of_the_next_climb_before_the_first_letter_went_gets_the_only_one(
    friday, cast: Cast
) -> None:
    a_chain(cast, cast.zhou, cast.zhao)
    a_case(reporter=cast.wang)
    tick(friday, ACCEPT[0])
    tick(friday, ACCEPT[1])
    assert told(cast.zhou, state="waiting") == []
    assert told(cast.zhao, state="waiting") == ["case_climbed"]


def test_old_cases_get_their_limits_from_the_day_they_came(friday, cast: Cast) -> None:
    case = a_case(reporter=cast.wang, accepted_by=cast.li)
    session().execute(Case.__table__.update().values(due_stage=None, due_at=None, finish_due=None))
    old = Case(
        text="老单", source="chat", state=State.HANDLING, urgency="normal", taker_id=cast.li.id,
        community_id=case.community_id, grid_id=case.grid_id, reported_at=FRIDAY - timedelta(days=90),
    )  # fmt: skip
    session().add(old)
    session().flush()
    for what in ("reported", "dispatched", "accepted"):
        record(old.about, what, by=By.staff(cast.li.id), at=FRIDAY - timedelta(days=90))
    session().expire_all()
    last = reckon_some()
    assert last
    assert reckon_some(last) == 0
    session().flush()
    assert [(one.due_stage, one.finish_due) for one in (case, old)] == [
        ("finish", datetime.fromisoformat("2026-11-27T17:00:00+08:00"))
    ] * 2


def test_a_year_that_is_missing_stops_nothing_but_the_limit(friday, cast: Cast) -> None:
    friday.move_to(datetime.fromisoformat("2026-12-29T10:00:00+08:00"))
    case = a_case(reporter=cast.wang)
    assert (case.due_at, case.due_stage, case.finish_due) == (None, None, None)
    case.accept(cast.li.id)
    finish(case, cast.li)
    assert case.state == State.FINISHED


def test_a_report_asks_the_database_for_nothing_more_and_a_move_for_its_steps_alone(
    friday, cast: Cast, db: Database
) -> None:
    case = a_case(reporter=cast.wang)
    case.accept(cast.li.id)
    seen: list[str] = []
    event.listen(session().get_bind(), "before_cursor_execute", lambda *said: seen.append(said[2]))
    a_case(reporter=cast.wang)
    assert [one for one in seen if "FROM steps" in one] == []
    assert not any(name in one for one in seen for name in ("limit_rules", "work_years", "office_hours"))
    seen.clear()
    finish(case, cast.li)
    assert len([one for one in seen if "FROM steps" in one]) == 1


def _anything(dice: random.Random, case: Case, cast: Cast) -> None:
    """One thing that somebody does; many are refused."""
    who = dice.choice([cast.li, cast.ma, cast.sun, cast.zhou, cast.zhao])
    day = (now() + timedelta(days=dice.randrange(1, 12))).date()
    dice.choice(
        [
            lambda: case.accept(who.id),
            lambda: case.give_back(who.id, "不归我管"),
            lambda: case.transfer(who.id, dice.choice([cast.li, cast.zhou]).id, "请您去"),
            lambda: case.take_over(who.id),
            lambda: case.ask(who.id, "几楼"),
            lambda: case.add_text("三楼", By.person(cast.wang.id)),
            lambda: case.tell_people(who.id, "快了"),
            lambda: case.propose(who.id, dice.choice(["extend", "defer"]), day, "等料"),
            lambda: case.agree(who.id),
            lambda: case.resume(who.id),
            lambda: case.correct(
                category="water", urgency=dice.choice(["normal", "urgent"]), by=By.staff(who.id)
            ),
            lambda: case.relocate(
                spot(building=dice.choice(["3", "5", "7"]), unit="1"), By.person(cast.wang.id)
            ),
            lambda: finish(case, who),
            lambda: case.object(By.person(cast.wang.id), "没好"),
        ]
    )()


class Killed(Exception):  # noqa: N818 - as a process is
    """The worker dies before it has committed."""


def _the_clock_looks(db: Database, dice: random.Random) -> None:
    with suppress(Killed), unit_of_work(db):
        climb_some()
        session().flush()
        if dice.random() < 0.4:
            raise Killed


@pytest.mark.parametrize(("seed", "back"), [(0, 0), (1, 0), (2, 0), (3, 7200), (4, 90_000), (5, 90_000)])
def test_replaying_what_really_happened_gives_the_same_climbs_and_columns(
    seed: int, back: int, db: Database
) -> None:
    """Verbs at random moments; a clock that looks, dies in the middle of its work, is away for days, or is
    set back by so many seconds: what was written later comes later, whatever its hour."""
    dice = random.Random(seed)
    with time_machine.travel(FRIDAY - timedelta(days=14), tick=False) as clock:
        with unit_of_work(db):
            cast = a_town()
            a_chain(cast, cast.zhou, cast.zhao, cast.leader)
            case_id = a_case(reporter=cast.wang).id
        for _ in range(30):
            clock.shift(dice.choice([1, 900, 8000, 40_000, 150_000]))
            if back and dice.random() < 0.3:
                clock.shift(-back)
            if dice.random() < 0.3:
                _the_clock_looks(db, dice)
            else:
                with suppress(Refused), unit_of_work(db):
                    _anything(dice, reach.hold(case_id), cast)
        with unit_of_work(db):
            case = reach.hold(case_id)
            case.catch_up(now())
            seen = seen_of(case.id)
            ran = [(one.at, one.facts["rung"], one.facts["to"]) for one in seen if one.what == "climbed"]
            replayed = climbs(seen, rules(), now())
            assert ran == [(one.at, one.rung, list(one.stood.people)) for one in replayed]
            known = {name: getattr(case, name) for name in columns_of(None, now())} | {"rung": case.rung}
            assert known == columns_of(lived(seen, rules()), now())


def test_a_climb_stays_where_it_was_written_when_the_clock_is_set_back(db: Database) -> None:
    with time_machine.travel(FRIDAY, tick=False) as clock:
        with unit_of_work(db):
            cast = a_town()
            a_chain(cast, cast.zhou, cast.zhao, cast.leader)
            case_id = a_case(reporter=cast.wang, urgency="urgent").id
        clock.shift(86_400 * 4)
        with unit_of_work(db):
            climb_some()
        clock.shift(-86_400 * 4 + 60)
        with unit_of_work(db):
            case = reach.hold(case_id)
            case.accept(cast.li.id)
            finish(case, cast.li)
            seen = seen_of(case.id)
            ran = [(one.at, one.facts["rung"]) for one in seen if one.what == "climbed"]
            assert ran
            assert [(one.at, one.rung) for one in climbs(seen, rules(), now())] == ran
            assert columns_of(lived(seen, rules()), now())["rung"] == case.rung
