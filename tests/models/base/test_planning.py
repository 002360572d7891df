"""SQLite is led to the rows by the condition that few of them meet, without statistics."""

import pytest
from sqlalchemy import Select, create_engine, select
from sqlalchemy.dialects import sqlite

from models.base.planning import beside
from models.case.tables import Offer
from models.outbox.letter import Letter
from models.schema import metadata


def plan(query: Select[int] | Select[str]) -> str:
    engine = create_engine("sqlite://")
    try:
        metadata.create_all(engine)
        told = str(query.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}")
            return " ".join(row[3] for row in rows)
    finally:
        engine.dispose()


MINE = Offer.person_id == 1


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (select(Offer.case_id).where(MINE, Offer.ended_at.is_(None)), "ix_offers_open"),
        (select(Offer.case_id).where(MINE, Offer.case_id.between(3, 9)), "ix_offers_person"),
        (select(Offer.case_id).where(MINE, Offer.ended_at.is_(None), Offer.case_id > 3), "ix_offers_open"),
        (select(Letter.key).where(Letter.to_kind == "group", Letter.to_id > 3), "ix_letters_to"),
    ],
)
def test_each_way_to_offers_and_letters_has_its_index(query: Select[int] | Select[str], index: str) -> None:
    assert f"INDEX {index} " in plan(query)


def test_what_stands_beside_does_not_lead() -> None:
    wanted = select(Letter.key).where(beside(Letter.to_kind == "group", Letter.to_id > 3))
    assert plan(wanted) == "SCAN letters"
    assert "INDEX ix_letters_about " in plan(wanted.where(Letter.about_kind == "case", Letter.about_id == 1))
