"""Whatever was done to a case, its columns say what its steps say: every verb is played, and none forgets."""

import pytest
from every_letter import everything_that_is_told
from factories import a_town, unit_of_work
from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.climbing import columns_of, rules, seen_of
from models.case.deadlines import lived
from models.history import Step
from server.database import Database


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_columns_are_those_of_the_steps(db: Database) -> None:
    with unit_of_work(db):
        everything_that_is_told(a_town())
        session().flush()
        at, wrong, seen = now(), [], 0
        for case in session().scalars(select(Case)):
            steps = [one.what for one in seen_of(case.id)]
            if "deferred" in steps:  # the play looks at it when its day has come
                continue
            case.catch_up(at)
            said = columns_of(lived(seen_of(case.id), rules()), at)
            known = {name: getattr(case, name) for name in said}
            seen += 1
            if known != said:
                wrong.append((case.number, steps, known, said))
        assert wrong == []
        assert seen > 20
        assert session().scalars(select(Step).where(Step.what == "climbed")).first()
