"""What a supervisor who left had still to look at goes to somebody who may; the unplaced are drawn too."""

import time_machine
from cast import Cast, Someone
from factories import a_case, letters_to
from sqlalchemy import select

from models.base.orm import session
from models.case import sampling
from models.case.case import Case
from models.case.passing_samples import pass_on_some
from models.case.tables import Sample
from models.history import steps_about
from models.person.tables import Staff
from models.place.version import raise_version

WEDNESDAY, NEXT_MONDAY = "2026-11-18T10:00:00+08:00", "2026-11-23T08:20:00+08:00"


def post_of(who: Someone) -> Staff:
    return session().scalars(select(Staff).where(Staff.person_id == who.id)).one()


def a_supervisor(who: Someone, *, of_town: bool = False) -> None:
    post = post_of(who)
    post.roles = [*post.roles, "supervisor"]
    if of_town:
        post.community_id = None
    raise_version()


def leave(who: Someone) -> None:
    post_of(who).active = False
    session().flush()
    raise_version()


def unheard(cast: Cast, count: int = 1) -> list[Case]:
    with time_machine.travel(WEDNESDAY, tick=False):
        several = [a_case(reporter=cast.wang, finished_by=cast.li) for _ in range(count)]
        for case in several:
            case.close_by_default()
    return several


def draw() -> None:
    after = 0
    while after := sampling.draw_last_week(after, percent=100):
        pass


def pass_on() -> None:
    after = 0
    while after := pass_on_some(after):
        pass


def looking() -> list[int]:
    session().flush()
    return list(session().scalars(select(Sample.supervisor_id).order_by(Sample.id)))


def test_another_supervisor_of_the_place_gets_it_and_may_settle_it(cast: Cast) -> None:
    a_supervisor(cast.sun)
    (case,) = unheard(cast)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        a_supervisor(cast.ma)  # was offered the case
        a_supervisor(cast.wu)
        post_of(cast.wu).community_id = case.community_id
        pass_on()
        assert looking() == [cast.sun.id]
        leave(cast.sun)
        pass_on()
        pass_on()
        assert looking() == [cast.wu.id]
        (letter,) = letters_to(cast.wu, "samples_drawn")
        assert letter.facts["numbers"] == [case.number]
        assert sampling.settle(session().scalars(select(Sample.id)).one(), cast.wu.id, "mended")
    (step,) = [one for one in steps_about("case", case.id) if one.what == "sample_passed"]
    assert (step.facts["from"], step.facts["to"]) == (cast.sun.id, cast.wu.id)


def test_without_another_supervisor_the_street_looks_at_it(cast: Cast) -> None:
    a_supervisor(cast.sun)
    unheard(cast, 2)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        leave(cast.sun)
        pass_on()
        pass_on()
        assert looking() == [cast.leader.id] * 2
        assert len(letters_to(cast.leader, "samples_drawn")) == 1
        assert sampling.settle(session().scalars(select(Sample.id)).first() or 0, cast.leader.id, "mended")


def test_a_post_in_another_community_counts_as_left(cast: Cast) -> None:
    a_supervisor(cast.sun)
    unheard(cast)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        post_of(cast.sun).community_id = post_of(cast.qian).community_id
        session().flush()
        raise_version()
        pass_on()
        assert looking() == [cast.leader.id]


def test_what_nobody_may_look_at_waits_for_somebody_who_may(cast: Cast) -> None:
    a_supervisor(cast.sun)
    unheard(cast)
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        leave(cast.sun)
        leave(cast.leader)
        pass_on()
        assert looking() == [cast.sun.id]


def test_cases_that_nobody_could_place_are_drawn_by_the_towns_supervisors(cast: Cast) -> None:
    a_supervisor(cast.sun)
    a_supervisor(cast.wu, of_town=True)
    (case,) = unheard(cast)
    case.community_id = None
    session().flush()
    with time_machine.travel(NEXT_MONDAY, tick=False):
        draw()
        draw()
    assert looking() == [cast.wu.id]
