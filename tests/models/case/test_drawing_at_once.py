"""Two supervisors draw at once, on both databases: each case is looked at by one of them."""

import time_machine
from cast import Cast
from factories import a_case, a_town
from racing import at_once
from sqlalchemy import func, select

from models.base.orm import session
from models.case import sampling
from models.case.tables import Sample
from models.history import Step
from models.person.tables import Staff
from models.place.version import raise_version
from server.database import Database


def test_a_case_that_two_draw_at_once_is_drawn_once(db: Database) -> None:
    def work() -> Cast:
        cast = a_town()
        with time_machine.travel("2026-11-18T10:00:00+08:00", tick=False):
            for _ in range(6):
                a_case(reporter=cast.wang, finished_by=cast.li).close_by_default()
        for one in (cast.sun, cast.zhou):
            session().scalars(select(Staff).where(Staff.person_id == one.id)).one().roles = ["supervisor"]
        raise_version()
        return cast

    cast = db.write(work)
    with time_machine.travel("2026-11-20T10:00:00+08:00"):
        drawn = at_once(db, *[lambda one=one: sampling.draw_for(one.id, 6) for one in (cast.sun, cast.zhou)])
    assert sum(drawn) == 6
    with db.read():
        assert session().scalar(select(func.count(Sample.id))) == 6
        steps = select(func.count(Step.id)).where(Step.what == "sample_drawn")
        assert session().scalar(steps) == 6
