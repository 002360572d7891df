"""Who somebody is, whatever door he comes in by."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import func, select

from models.base.orm import session
from models.person.arriving import meet
from models.person.tables import Person
from server.database import Database


def test_a_stranger_who_comes_in_many_times_at_once_is_one_person(db: Database) -> None:
    """Two taps on the pay page, or two messages, that two processes hear in the same moment."""
    others = [Database(db.url) for _ in range(4)]
    together = Barrier(len(others))

    def come(database: Database, openid: str) -> int:
        together.wait(20)
        return database.write(lambda: meet("official", openid).person_id)

    try:
        with ThreadPoolExecutor(len(others)) as many:
            for number in range(20):
                met = list(many.map(come, others, [f"o-{number}"] * len(others)))
                assert len(set(met)) == 1
    finally:
        for one in others:
            one.close()
    with db.read():
        assert session().scalar(select(func.count(Person.id))) == 20
