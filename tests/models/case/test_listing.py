"""A page that is cut by the time goes on where it stopped, and in the end everything was shown once."""

from dataclasses import replace

import pytest
from cast import Cast
from factories import a_case, spot
from sqlalchemy import select

from models.base.orm import session
from models.case import listing, listing_rows
from models.case.case import Case
from models.case.lifecycle import State
from models.case.listing import Page, beside, numbers, page
from models.case.listing_terms import STATES, Filters
from models.case.reach import visible_to
from models.case.search_index import follow
from models.person.arriving import Visitor, visitor_of


def looking(person: int) -> Visitor:
    visitor = visitor_of(person, "page")
    assert visitor is not None
    return visitor


def all_pages(visitor: Visitor, filters: Filters, seconds: float) -> tuple[list[int], int]:
    """What was seen, and how many pages it took."""
    seen: list[int] = []
    part: Page | None = None
    pages = 0
    while part is None or part.next is not None:
        part = page(visitor, filters, part.next if part else None, seconds=seconds, most=3)
        seen += [case.id for case in part.cases]
        pages += 1
        assert pages < 100
    return seen, pages


@pytest.fixture
def many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(listing, "FIRST_STRETCH", 2)
    monkeypatch.setattr(listing, "GROWS", 1)
    monkeypatch.setattr(listing, "AT_ONCE", 2)
    made = []
    for number in range(14):
        where = spot("建设小区", "1", "1") if number % 4 == 0 else spot(building="5" if number % 3 else "3")
        case = a_case(reporter=cast.wang, at=where, urgency="urgent" if number % 5 == 0 else "normal")
        if number % 3 == 0:
            case.rung = 2
        if number % 7 == 6:
            case.state, case.due_at = "closed", None
        made.append(case.id)
    session().flush()
    while follow():
        pass
    return made


def test_what_is_cut_goes_on(cast: Cast, many: list[int]):
    for someone in (cast.leader, cast.zhao, cast.li, cast.sun):
        visitor = looking(someone.id)
        theirs = sorted(session().scalars(select(Case.id).where(visible_to(visitor))))
        for order in ("newest", "oldest"):
            for words in ("", "灯不亮"):
                filters = Filters(order=order, words=words)
                right = theirs if order == "oldest" else theirs[::-1]
                at_once, _ = all_pages(visitor, filters, 9)
                cut, pages = all_pages(visitor, filters, 0)
                assert at_once == cut == right, (someone, filters)
                assert pages >= len(right) // 3
        assert numbers(visitor, Filters(), 99) == theirs[::-1]


@pytest.mark.parametrize("few", [0, listing_rows.FEW])
def test_whatever_finds_the_rows_finds_the_same_ones(
    cast: Cast, many: list[int], monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(listing_rows, "FEW", few)
    monkeypatch.setattr(listing, "FIRST_STRETCH", 5)  # three stretches prove it as seven do
    place = spot("育英小区", "3")
    looks = [looking(one.id) for one in (cast.leader, cast.zhao, cast.li, cast.sun, cast.qian)]
    theirs = [(one, list(session().scalars(select(Case).where(visible_to(one))))) for one in looks]
    for filters in (
        Filters(estate_id=place.estate_id), Filters(estate_id=place.estate_id, building_id=place.building_id),
        Filters(grid_id=place.grid_id), Filters(holder_id=cast.li.id), Filters(urgency="urgent"),
        Filters(rung=1), Filters(state="open"), Filters(state="dispatched", category="lighting"),
        Filters(category="lighting"), Filters(source="chat"), Filters(community_id=place.community_id),
        Filters(overdue=True), Filters(state="void"), Filters(), Filters(state="ended"),
    ):  # fmt: skip
        for visitor, visible in theirs:
            whole = numbers(visitor, filters, 99)
            read = [case for case in visible if fits(case, filters)]
            assert sorted(whole) == sorted(case.id for case in read), (visitor, filters)
            due = sorted((case.due_at, case.id) for case in read if case.due_at is not None)
            for order, right in (("due", due), ("due_last", due[::-1])):
                found = numbers(visitor, replace(filters, order=order), 99)
                assert found == [case for _, case in right], (visitor, filters)


def fits(case: Case, filters: Filters) -> bool:
    from models.case.offering import holders

    asked = {
        "estate_id": filters.estate_id, "building_id": filters.building_id, "grid_id": filters.grid_id,
        "urgency": filters.urgency, "category": filters.category, "source": filters.source,
        "community_id": filters.community_id,
    }  # fmt: skip
    return (
        all(not value or getattr(case, name) == value for name, value in asked.items())
        and (not filters.holder_id or filters.holder_id in (case.taker_id, *holders(case.id)))
        and case.rung >= filters.rung
        and (not filters.state or State(case.state) in STATES[filters.state])
        and not filters.overdue
    )


def test_beside_a_case_in_its_list(cast: Cast, many: list[int]):
    visitor = looking(cast.leader.id)
    for order in ("newest", "oldest", "due"):
        filters = Filters(order=order)
        whole, _ = all_pages(visitor, filters, 9)
        for before, here, behind in zip([None, *whole], whole, [*whole[1:], None], strict=False):
            assert beside(visitor, filters, session().get_one(Case, here)) == (before, behind)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("filters", "index"),
    [(Filters(urgency="urgent"), "ix_cases_pressing"), (Filters(rung=1), "ix_cases_climbed")],
)
def test_what_is_rare_is_found_by_the_index_of_it_alone(cast: Cast, filters: Filters, index: str):
    """SQLite takes an index of a part of a table only where the statement says the part in its very words."""
    connection = session().connection()
    query = select(Case.id).where(*listing_rows._same(filters)).limit(2)
    said = query.compile(connection, compile_kwargs={"literal_binds": True})
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}").fetchall()
    assert any(index in row[3] for row in plan), plan
