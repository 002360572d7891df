"""Two desks at one moment: a case hangs on one problem, and is claimed once."""

from datetime import timedelta

from factories import a_case, a_town, spot, unit_of_work
from racing import at_once
from sqlalchemy import select

from models.base.clock import local, now
from models.base.orm import session
from models.case import reach
from models.history import steps_about
from models.person.arriving import visitor_of
from models.problem import keeping, putting_right
from models.problem.tables import ProblemCase
from server.database import Database


def test_a_case_that_is_hung_on_two_problems_and_put_right_at_once_hangs_and_ends_once(db: Database) -> None:
    cast = db.write(a_town)

    def begin() -> tuple[str, str, str, int]:
        made = []
        for title in ("下水总堵", "管道老化"):
            problem = keeping.propose(cast.zhao.id, "common", title, "", spot(), "drainage")
            day = local(now()).date() + timedelta(days=9)
            keeping.confirm(problem, cast.zhao.id, owner_id=cast.sun.id, next_on=day)
            made.append(keeping.number_of(problem))
        case = a_case(reporter=cast.wang, category="drainage")
        return made[0], made[1], case.number, case.id

    def hang(number: str, case: str) -> bool:
        visitor = visitor_of(cast.zhao.id, "page")
        assert visitor is not None
        problem = keeping.find(number, visitor, hold=True)
        return keeping.hang(problem, keeping.case_for(case, visitor), cast.zhao.id)

    def right(number: str) -> bool:
        visitor = visitor_of(cast.leader.id, "page")
        assert visitor is not None
        return putting_right.put_right(keeping.find(number, visitor, hold=True), cast.leader.id, "换了总管")

    for _ in range(4):
        first, second, case, case_id = db.write(begin)
        answers = at_once(
            db,
            lambda first=first, case=case: hang(first, case),
            lambda second=second, case=case: hang(second, case),
            lambda first=first: right(first),
            lambda first=first: right(first),
        )
        assert sorted(map(str, answers[2:])) == ["False", "True"]
        with unit_of_work(db):
            hung = session().scalars(select(ProblemCase).where(ProblemCase.case_id == case_id)).all()
            assert len([one for one in hung if one.until is None]) <= 1
            ended = [step for step in steps_about("case", case_id) if step.what == "finished"]
            assert len(ended) == (reach.hold(case_id).state == "finished") <= 1
