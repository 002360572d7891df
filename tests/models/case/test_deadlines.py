"""What is due, missed and climbed follows from the steps alone."""

import random
from datetime import date, datetime, timedelta

import pytest

from models.case.deadlines import Climb, Life, Rules, Seen, Stood, climbs, lived, reckoned
from models.case.limits import Limit, Matter, package_limits
from models.workdays import CalendarMissing, Workdays
from models.workdays.reading import hours_of_package, years_of_package

CALENDAR = Workdays(years_of_package(), ((date(2000, 1, 1), hours_of_package()),))
RULES = Rules(
    package_limits(),
    lambda community: CALENDAR,
    lambda place, at: 3,
    lambda place, rung, at: Stood((100 + rung,), "holder"),
)
FACTS = {"community": 1, "grid": 1, "category": "lighting", "urgency": "normal"}


def on(day: int, clock: str = "10:00", month: int = 11) -> datetime:
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{clock}+08:00")


def step(what: str, at: datetime, by: str = "staff", **facts: object) -> Seen:
    return Seen(what, at, by, facts)


def begun(at: datetime = on(20), **facts: object) -> list[Seen]:
    """Reported, and offered at once. 20 November 2026 is a Friday."""
    return [step("reported", at, "person", **{**FACTS, **facts}), step("dispatched", at, "system")]


def due(steps: list[Seen], at: datetime | None = None) -> tuple[str | None, datetime | None]:
    found = reckoned(lived(steps, RULES), at or steps[-1].at)
    return found.stage, found.due


def promised(steps: list[Seen]) -> datetime | None:
    return reckoned(lived(steps, RULES), steps[-1].at).promised


def moments(found: list[Climb]) -> list[tuple[int, datetime, str]]:
    return [(one.rung, one.at, one.missed[0].stage) for one in found]


def test_what_nobody_accepts_climbs_one_rung_a_limit_and_never_past_the_top():
    found = climbs(begun(), RULES, on(31, month=12))
    assert moments(found) == [
        (1, on(23, "17:00"), "accept"),
        (2, on(24, "17:00"), "accept"),
        (3, on(25, "17:00"), "accept"),
    ]
    assert [one.stood.people for one in found] == [(101,), (102,), (103,)]


def test_the_top_is_that_of_the_moment():
    low = RULES._replace(top=lambda place, at: 1 if at < on(25) else 2)
    assert [one.rung for one in climbs(begun(), low, on(31, month=12))] == [1]


def test_accepted_in_time_only_the_end_is_due():
    steps = [*begun(), step("accepted", on(23))]
    assert due(steps) == ("finish", on(27, "17:00"))
    assert climbs(steps, RULES, on(27, "16:59")) == []
    assert moments(climbs(steps, RULES, on(27, "17:00"))) == [(1, on(27, "17:00"), "finish")]


def test_nobody_found_is_the_limit_of_dispatching():
    steps = [step("reported", on(20), "person", **FACTS), step("nobody_found", on(20), "system")]
    assert due(steps) == ("dispatch", on(21))
    water = [step("reported", on(20), "person", **FACTS | {"category": "water"}), steps[1]]
    assert due(water) == ("dispatch", on(20, "12:00"))


def test_who_hands_it_on_gets_a_new_limit_to_accept_and_none_to_finish():
    accepted = [*begun(), step("accepted", on(20, "11:00"))]
    handed = [*accepted, step("transferred", on(24)), step("dispatched", on(24), "system")]
    assert due(handed) == ("accept", on(25, "17:00"))
    assert promised(handed) == promised(accepted) == on(27, "17:00")
    given_back = [*accepted, step("returned", on(24)), step("nobody_found", on(24), "system")]
    assert due(given_back) == ("dispatch", on(25))
    assert promised(given_back) == on(27, "17:00")


def test_an_offer_that_one_of_two_gives_back_runs_on():
    assert due([*begun(), step("returned", on(20, "15:00"))]) == ("accept", on(23, "17:00"))


def test_a_no_begins_anew_on_the_lowest_rung():
    steps = [
        *begun(), step("climbed", on(23, "17:00"), "system", rung=1, missed=[{"stage": "accept"}]),
        step("accepted", on(24)), step("finished", on(25)),
    ]  # fmt: skip
    assert due(steps) == (None, None)
    again = [*steps, step("objected", on(26), "person"), step("reworked", on(26), "system")]
    assert due(again) == ("finish", on(3, "17:00", month=12))
    assert lived(again, RULES).rung == 0
    assert lived(steps, RULES).rung == 1


def test_an_ended_case_owes_nothing():
    for end in ("finished", "closed", "voided", "merged"):
        assert due([*begun(), step(end, on(20, "11:00"))]) == (None, None)
        assert climbs([*begun(), step(end, on(20, "11:00"))], RULES, on(31, month=12)) == []


def test_waiting_for_the_resident_stops_the_measure_of_the_limit():
    steps = [*begun(), step("accepted", on(20, "11:00")), step("asked", on(23))]
    found = reckoned(lived(steps, RULES), on(23))
    assert (found.stage, found.due, found.pause) == ("pause", on(26, "17:00"), "resident")
    assert found.promised == on(2, "17:00", month=12)  # three working days longer, should nobody answer
    answered = [*steps, step("added", on(24), "person")]
    assert due(answered) == ("finish", on(30, "17:00"))
    assert due([*answered, step("asked", on(25))])[0] == "pause"


def test_a_second_question_after_one_that_nobody_answered_stops_nothing():
    steps = [*begun(), step("accepted", on(20, "11:00")), step("asked", on(23)), step("asked", on(27))]
    assert due(steps) == ("finish", on(2, "17:00", month=12))


def test_a_limit_in_minutes_stands_still_in_minutes():
    urgent = begun(urgency="emergency", category="gas")
    steps = [
        *urgent,
        step("accepted", on(20, "10:05")),
        step("deferred", on(20, "12:00"), until=on(21).isoformat()),
    ]
    assert promised([*urgent, step("accepted", on(20, "10:05"))]) == on(21)
    assert promised(steps) == on(22, "08:00")
    assert promised([*steps, step("resumed", on(20, "13:00"))]) == on(21, "11:00")


def test_a_limit_in_working_minutes_stands_still_in_working_minutes():
    steps = [*begun(urgency="urgent"), step("deferred", on(20, "11:00"), until=on(23, "09:00").isoformat())]
    # an hour of two is used; of the pause, half an hour, three and a half, and half an hour were office time
    assert due(steps, on(23, "09:01")) == ("accept", on(23, "10:00"))


def test_deferred_to_spring_nothing_climbs_before():
    until = on(4, "17:00", month=12)
    steps = [*begun(), step("accepted", on(20, "11:00")), step("deferred", on(24), until=until.isoformat())]
    found = reckoned(lived(steps, RULES), on(24))
    assert (found.stage, found.due, found.pause) == ("pause", until, "deferred")
    assert moments(climbs(steps, RULES, on(31, month=12)))[0] == (1, on(9, "17:00", month=12), "finish")


def test_extended_it_is_due_on_the_new_day_and_then_by_its_limit():
    until = on(11, "17:00", month=12)
    steps = [*begun(), step("accepted", on(20, "11:00")), step("extended", on(24), until=until.isoformat())]
    assert due(steps) == ("finish", until)
    assert promised(steps) == until
    assert moments(climbs(steps, RULES, on(31, month=12))) == [
        (1, until, "finish"),
        (2, on(18, "17:00", month=12), "finish"),
        (3, on(25, "17:00", month=12), "finish"),
    ]


def test_two_limits_of_one_moment_are_one_climb():
    both = RULES._replace(limits=Always(Limit(60, "minutes", "")))
    found = climbs(begun(), both, on(20, "11:00"))
    assert [(one.rung, {missed.stage for missed in one.missed}) for one in found] == [
        (1, {"accept", "answer", "finish"})
    ]


class Always:
    def __init__(self, limit: Limit) -> None:
        self._limit = limit

    def of(self, stage: str, matter: Matter, day: date) -> Limit:
        return self._limit


def test_what_becomes_pressing_is_due_from_then_on_and_not_before():
    steps = [*begun(), step("clock_set", on(23), "system", **FACTS | {"urgency": "emergency"})]
    assert due(steps) == ("accept", on(23, "10:15"))
    assert promised(steps) == on(24)


def test_who_calls_it_harmless_gains_no_day_for_what_is_late_already():
    late = [
        *begun(urgency="emergency"), step("accepted", on(20, "10:05")),
        step("climbed", on(21), "system", rung=1, missed=[{"stage": "finish"}]),
        step("clock_set", on(21, "12:00"), "system", **FACTS),
    ]  # fmt: skip
    assert promised(late) == on(27, "17:00")  # five working days from the report, not from the correction


def test_a_case_from_before_there_were_limits_has_them_from_the_day_they_came():
    old = [step("reported", on(1), "person"), step("dispatched", on(1), "system"), step("accepted", on(2))]
    assert due(old) == (None, None)
    assert due([*old, step("clock_set", on(20), "system", **FACTS)]) == ("finish", on(27, "17:00"))


def test_a_missing_year_is_said_and_not_guessed():
    with pytest.raises(CalendarMissing):
        due(begun(on(29, month=12)))


def a_history(dice: random.Random) -> list[Seen]:
    """Anything that could happen to a case, in an order in which it could."""
    at = on(2) + timedelta(seconds=dice.randrange(5 * 86400))
    steps = begun(
        at, urgency=dice.choice(["normal", "urgent", "emergency"]), category=dice.choice(["water", "road"])
    )
    holder = "offered"
    for _ in range(dice.randrange(14)):
        at += timedelta(seconds=dice.choice([0, 1, 600, 7200, 86_400, 200_000]))
        if dice.random() < 0.2:
            steps.append(step("added", at, "person"))
        elif holder == "offered":
            steps.append(step(dice.choice(["accepted", "accepted", "returned"]), at))
            holder = "working" if steps[-1].what == "accepted" else holder
        elif holder == "over":
            steps += [step("objected", at, "person"), step("reworked", at, "system")]
            holder = "working"
        else:
            what = dice.choice(
                ["transferred", "asked", "deferred", "extended", "resumed", "finished", "clock_set"]
            )
            until = (at + timedelta(days=dice.randrange(1, 9))).isoformat()
            more = (
                FACTS | {"urgency": dice.choice(["normal", "emergency"])}
                if what == "clock_set"
                else {"until": until}
            )
            steps.append(step(what, at, **more))
            if what == "transferred":
                steps.append(step("dispatched", at, "system"))
            holder = {"transferred": "offered", "finished": "over"}.get(what, holder)
    return steps


def as_it_ran(steps: list[Seen], dice: random.Random, until: datetime) -> list[Seen]:
    """With a clock that looks while it lives: each twenty seconds, or not for days; and before each move."""
    life, ran, at = Life(RULES), [], steps[0].at

    def look(moment: datetime) -> None:
        while climb := life.climb_before(moment):
            missed = [{"stage": one.stage, "due": one.due.isoformat()} for one in climb.missed]
            ran.append(step("climbed", climb.at, "system", rung=climb.rung, missed=missed))
            again = lived(ran, RULES)  # what comes back from the database after a kill
            life.__dict__.update(again.__dict__)

    for one in [*steps, None]:
        end = until if one is None else one.at
        while at < end:
            at += timedelta(seconds=dice.choice([20, 3600, 20_000, 130_000]))
            if dice.random() < 0.7:  # the rest of the time the worker is dead
                look(min(at, end))
        look(end)
        if one is not None:
            life.take(one)
            ran.append(one)
        at = max(at, end)
    return ran


@pytest.mark.parametrize("seed", range(4))
def test_replaying_the_steps_gives_the_same_climbs_to_the_second_however_often_the_clock_died(seed):
    dice = random.Random(seed)
    climbed = 0
    for _ in range(60):
        steps = a_history(dice)
        until = steps[-1].at + timedelta(days=dice.randrange(12))
        first, second = as_it_ran(steps, dice, until), as_it_ran(steps, dice, until)
        replayed = climbs(steps, RULES, until)
        for ran in (first, second):
            found = [(one.at, one.facts["rung"]) for one in ran if one.what == "climbed"]
            assert found == [(one.at, one.rung) for one in replayed]
            assert reckoned(lived(ran, RULES), until) == reckoned(lived(first, RULES), until)
        climbed += len(replayed)
        rungs = [one.rung for one in replayed]
        assert all(b in (a + 1, 1) for a, b in zip([0, *rungs], rungs, strict=False))
        assert max(rungs, default=0) <= 3
    assert climbed > 50
