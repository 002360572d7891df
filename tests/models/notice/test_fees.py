"""A notice about fees: who hears what, and who hears nothing."""

import random
from itertools import chain

import pytest
import time_machine
from cast import Cast
from factories import a_town, group_letters, letters_to, unit_of_work
from fee_books import DUE, book, building, homes, living_in, moves_to
from notices import AT_ONCE, THIRD, a_notice, handed_in, letters_of, tell_all
from sqlalchemy import func, select
from standing import standing

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed
from models.notice import fees, visiting
from models.notice import notice as verbs
from models.notice.fees import FeeSum, Line, attach, bills
from models.notice.tables import Kind, Notice
from models.notice.telling import tell_some
from models.outbox.claiming import claim
from models.outbox.door import PublicFees
from models.outbox.letter import Lane, Letter
from models.outbox.letter import State as Fate
from models.outbox.routing import Rules as Routes
from models.person.proving import claims, confirm
from models.place.tables import BuildingGroup, Estate, Household
from server.database import Database

ROUTES = Routes(
    frozenset({"official"}),
    lambda _kind: "resident",
    lambda _kind, _way: True,
    official_templates={"notice_fee": "T"},
)
ESTATE = {"estates": ["育英小区"]}


@pytest.fixture
def cast(db: Database) -> Cast:
    with unit_of_work(db):
        return a_town()


def about_fees(cast: Cast, paid: list[int], owing: list[int], to: dict[str, object] = THIRD) -> int:
    notice = book(
        a_notice(cast.zhao.id, to, title="物业费催缴", body="请到社区服务站缴，或在页面上看办法。"),
        paid,
        owing,
    )
    verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
    return notice.id


def said_to_groups(notice: int) -> list[tuple[int | None, int | None]]:
    return [(one.facts["paid"], one.facts["homes"]) for one in letters_of(notice) if one.to_kind == "group"]


# to the group


def test_a_group_hears_how_many_homes_of_its_building_have_paid(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(60)
        number = about_fees(cast, all_homes[:41], all_homes[41:])
    tell_all(db)
    with unit_of_work(db):
        (letter,) = group_letters()
        assert (letter.facts["estate"], letter.facts["building"]) == ("育英小区", "3")
        assert said_to_groups(number) == [(41, 60)]
        assert (letter.kind, letter.data_class, letter.lane) == ("notice_group", "public", Lane.NEWS)


@pytest.mark.parametrize(("paid", "owing"), [(2, 2), (4, 20), (20, 4), (12, 0), (0, 12)])
def test_a_number_below_five_on_either_side_is_not_said(
    db: Database, cast: Cast, paid: int, owing: int
) -> None:
    with unit_of_work(db):
        all_homes = homes(paid + owing)
        number = about_fees(cast, all_homes[:paid], all_homes[paid:])
    tell_all(db)
    with unit_of_work(db):
        assert said_to_groups(number) == [(None, None)]


def test_of_a_single_stair_no_number_is_said(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(30)
        number = about_fees(cast, all_homes[:15], all_homes[15:], {"units": [["育英小区", "3", "1"]]})
    tell_all(db)
    with unit_of_work(db):
        assert said_to_groups(number) == [(None, None)]


def test_the_second_broadcast_says_no_number_until_five_more_have_paid(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(60)
    said = []
    for paid in (41, 42, 45, 46):
        with unit_of_work(db):
            number = about_fees(cast, all_homes[:paid], all_homes[paid:])
        tell_all(db)
        with unit_of_work(db):
            said += said_to_groups(number)
    assert said == [(41, 60), (None, None), (None, None), (46, 60)]


def test_a_number_that_nobody_heard_does_not_count(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(60)
        first = about_fees(cast, all_homes[:41], all_homes[41:])
    tell_all(db)
    with unit_of_work(db):
        verbs.stop(verbs.found(first, By.staff(cast.zhao.id)), By.staff(cast.zhao.id))
        again = about_fees(cast, all_homes[:41], all_homes[41:])
    tell_all(db)
    with unit_of_work(db):
        assert said_to_groups(again) == [(41, 60)]


def test_an_estates_group_hears_the_sum_of_the_buildings_that_may_be_named(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        put(BuildingGroup, name="育英大群", estate_id=estate, building_id=None, active=True)
        third, fifth, seventh = homes(60), homes(30, name="5"), homes(4, name="7")
        paid = [*third[:41], *fifth[:10], *seventh[:2]]
        owing = [*third[41:], *fifth[10:], *seventh[2:]]
        number = about_fees(cast, paid, owing, ESTATE)
    tell_all(db)
    with unit_of_work(db):
        own, whole = group_letters()
        assert (own.facts["building"], own.facts["paid"], own.facts["homes"]) == ("3", 41, 60)
        # the four homes of number 7 are not in it, or taking the rest away would tell of them
        assert (whole.facts["building"], whole.facts["buildings"]) == (None, 2)
        assert (whole.facts["paid"], whole.facts["homes"]) == (51, 90)
        assert (
            session().execute(select(func.count(FeeSum.id)).where(FeeSum.notice_id == number)).scalar() == 2
        )


def test_homes_that_owe_nothing_from_the_beginning_are_not_counted(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(30)
        notice = a_notice(cast.zhao.id)
        lines = [Line(one, DUE, DUE) for one in all_homes[:10]] + [
            Line(one, DUE, 0) for one in all_homes[10:20]
        ]
        attach(notice, lines + [Line(one, 0, 0) for one in all_homes[20:]], By.staff(cast.zhao.id))
        verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
        number = notice.id
    tell_all(db)
    with unit_of_work(db):
        assert said_to_groups(number) == [(10, 20)]


@pytest.mark.parametrize(("paid", "total"), [(4, 60), (56, 60), (None, 60), (41, None)])
def test_the_type_itself_refuses_a_number_that_tells_who(paid: int | None, total: int | None) -> None:
    said = {
        "number": 1,
        "title": "催缴",
        "lead": "请缴",
        "signed": "居委会",
        "kind": "ordinary",
        "corrects": False,
    }
    where = {"path": "q/1", "estate": "育英小区", "building": "3", "buildings": None}
    with pytest.raises(Invalid, match="fees_few"):
        PublicFees(**said, **where, paid=paid, homes=total)  # type: ignore[arg-type]


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_in_generated_towns_nothing_of_fewer_than_five_homes_can_be_worked_out(
    db: Database, cast: Cast
) -> None:
    """Whoever is in every group and keeps every number takes some from others: what is left tells of nobody
    or of five homes at least that paid and five that owe."""
    dice = random.Random(41)
    with unit_of_work(db):
        estate = session().scalars(select(Estate.id).where(Estate.name == "育英小区")).one()
        put(BuildingGroup, name="育英大群", estate_id=estate, building_id=None, active=True)
        for name in ("5", "7"):
            put(
                BuildingGroup,
                name=f"育英{name}号楼群",
                estate_id=estate,
                building_id=building("育英小区", name),
                active=True,
            )
        town = {name: homes(size, name=name) for name, size in (("3", 70), ("5", 40), ("7", 7))}
    paid: set[int] = set()
    truth: dict[tuple[int, str], tuple[frozenset[int], frozenset[int]]] = {}
    said: list[tuple[int, str | None, int, int]] = []
    for _ in range(14):
        everybody = list(chain(*town.values()))
        paid |= set(dice.sample(everybody, k=dice.randrange(0, 14)))
        with unit_of_work(db):
            number = about_fees(cast, sorted(paid), [one for one in everybody if one not in paid], ESTATE)
        tell_all(db)
        with unit_of_work(db):
            for name, here in town.items():
                truth[number, name] = (frozenset(here) & paid, frozenset(here) - paid)
            for letter in letters_of(number):
                if letter.to_kind == "group" and letter.facts["homes"] is not None:
                    said.append(
                        (number, letter.facts["building"], letter.facts["paid"], letter.facts["homes"])
                    )
    named = {(number, name): (count, total) for number, name, count, total in said if name is not None}
    assert len(named) > 5
    for (number, name), (count, total) in named.items():
        has, owes = truth[number, name]
        assert (len(has), len(has) + len(owes)) == (count, total)
    for number, name, count, total in said:
        if name is None:  # of the estate nothing is said that its buildings' groups do not hear
            parts = [given for (of, _), given in named.items() if of == number]
            assert (count, total) == (sum(one[0] for one in parts), sum(one[1] for one in parts))
    numbers = sorted({number for number, _ in named})
    for _ in range(4000):
        plus, minus = dice.sample(numbers, 2)
        left_paid: set[int] = set()
        left_owing: set[int] = set()
        for name in town:  # this one's or the other's number, both, or neither
            for of in (plus, minus):
                if (of, name) in named and dice.random() < 0.6:
                    left_paid ^= truth[of, name][0]
                    left_owing ^= truth[of, name][1]
        assert len(left_paid) == len(left_owing) == 0 or min(len(left_paid), len(left_owing)) >= 5


# to the household


def test_each_resident_of_a_home_that_owes_hears_of_the_bill_and_nobody_else(
    db: Database, cast: Cast
) -> None:
    with unit_of_work(db):
        owes, has_paid, other = homes(3)
        man, woman, neighbour = living_in(owes), living_in(owes), living_in(has_paid)
        number = about_fees(cast, [has_paid, other], [owes])
    tell_all(db)
    with unit_of_work(db):
        told = [one for one in letters_of(number) if one.to_kind == "person"]
        assert {one.to_id for one in told} == {man, woman}
        assert neighbour not in {one.to_id for one in told}
        assert {(one.kind, one.data_class, one.lane) for one in told} == {
            ("notice_fee", "sensitive", Lane.NEWS)
        }


def test_no_letter_holds_a_sum_or_a_home(db: Database, cast: Cast) -> None:
    """X19: with a platform lies nothing of what somebody owes; the page shows it to whom it is."""
    with unit_of_work(db):
        (owes,) = homes(1)
        notice = a_notice(cast.zhao.id, title="物业费催缴", body="请到服务站缴。")
        attach(notice, [Line(owes, 180_37, 20_00)], By.staff(cast.zhao.id))
        living_in(owes)
        verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
        number = notice.id
    tell_all(db)
    with unit_of_work(db):
        for letter in letters_of(number):
            assert not {"due_fen", "paid_fen", "room", "unit"} & set(letter.facts)
            assert standing("180(37)?|160(37)?", str(letter.facts)) == []


def test_who_only_says_to_live_there_hears_nothing_until_staff_have_looked(db: Database, cast: Cast) -> None:
    """A9: anybody can say so."""
    with unit_of_work(db):
        (owes,) = homes(1)
        somebody = living_in(owes, proof="said")
        number = about_fees(cast, [], [owes])
        assert bills(number, somebody) == []
        (claim_,) = fees.unproven(number)
        assert (claim_.person_id, claim_.household_id) == (somebody, owes)
        confirm(claim_.home_id, By.staff(cast.zhao.id))
        assert claims() == []
    tell_all(db)
    with unit_of_work(db):
        assert [one.to_id for one in letters_of(number) if one.to_kind == "person"] == [somebody]
        assert [(one.due_fen, one.paid_fen) for one in bills(number, somebody)] == [(DUE, 0)]


def test_a_resident_sees_the_own_lines_only_and_as_long_as_it_is_the_home(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        mine, theirs = homes(2)
        me, they = living_in(mine), living_in(theirs)
        number = about_fees(cast, [], [mine, theirs])
        assert [one.place.room for one in bills(number, me)] == ["101"]
        assert [one.place.room for one in bills(number, they)] == ["102"]
        moves_to(me, session().get_one(Household, theirs))
        assert [one.place.room for one in bills(number, me)] == ["102"]


def test_who_moves_out_before_the_letter_has_left_hears_nothing(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        mine, elsewhere = homes(2)
        me = living_in(mine)
        number = about_fees(cast, [], [mine])
    tell_all(db)
    with unit_of_work(db):
        moves_to(me, session().get_one(Household, elsewhere))
        (letter,) = [one for one in letters_of(number) if one.to_kind == "person"]
        assert (letter.state, letter.reason) == (Fate.WITHDRAWN, "moved_out")


@time_machine.travel("2026-11-21T04:00:00Z")  # by day: news rest at night
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_thousand_changes_of_homes_while_it_is_told_reach_no_former_resident(
    db: Database, cast: Cast
) -> None:
    """X07: whoever gets a letter lived, at that moment, in a home that owes."""
    dice = random.Random(7)
    with unit_of_work(db):
        all_homes = homes(120)
        owing = set(all_homes[:90])
        people = [living_in(one) for one in all_homes]
        about_fees(cast, all_homes[90:], sorted(owing))
    where = dict(zip(people, all_homes, strict=True))
    changes, heard, wrong = 0, 0, []
    at_once = pytest.MonkeyPatch()
    at_once.setattr("models.notice.telling.AT_ONCE", 7)
    try:
        while changes < 1000:
            with unit_of_work(db):
                tell_some()
            with unit_of_work(db):
                for person in dice.sample(people, 50):
                    where[person] = dice.choice(all_homes)
                    moves_to(person, session().get_one(Household, where[person]))
                    changes += 1
            with unit_of_work(db):
                taken = claim(9, ROUTES, now(), shut={}, news=9).errands
            for errand in taken:
                heard += 1
                if errand.to[0] == "person" and where[errand.to[1]] not in owing:
                    wrong.append(errand.to[1])
    finally:
        at_once.undo()
    assert changes >= 1000
    assert heard > 20
    assert wrong == []


def test_an_owing_home_without_anybody_is_found_for_the_visit_list(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        reached, claimed, empty, has_paid = homes(4)
        living_in(reached)
        living_in(claimed, proof="said")
        number = about_fees(cast, [has_paid], [reached, claimed, empty])
        query = select(Household.id).where(*fees.nobody_to_tell(number)).order_by(Household.id)
        assert list(session().scalars(query)) == [claimed, empty]


# what cannot be


def test_it_can_only_be_an_ordinary_notice_to_homes(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        (one,) = homes(1)
        for to, said, code in (
            (THIRD, {"kind": Kind.EMERGENCY}, "fees_ordinary"),
            (THIRD, {"kind": Kind.URGENT}, "fees_ordinary"),
            (THIRD, {"is_call": True}, "fees_ordinary"),
            ({"roles": ["keeper"], "communities": ["育英社区"]}, {}, "fees_homes"),
        ):
            with pytest.raises(Invalid, match=code):
                book(a_notice(cast.zhao.id, to, **said), [], [one])


def test_sums_homes_and_states_that_cannot_be_are_refused(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        here, beside = homes(1)[0], homes(1, name="5")[0]
        by = By.staff(cast.zhao.id)
        for lines, code in (
            ([], "fees_none"),
            ([Line(here, -1, 0)], "fees_sum"),
            ([Line(here, 100, -1)], "fees_sum"),
            ([Line(here, 100, 101)], "fees_sum"),
            ([Line(here, 100, 0), Line(here, 100, 0)], "fees_lines"),
            ([Line(beside, 100, 0)], "fees_lines"),
            ([Line(10**9, 100, 0)], "fees_lines"),
        ):
            with pytest.raises(Invalid, match=code):
                attach(a_notice(cast.zhao.id), lines, by)
        ready = handed_in(cast.zhao.id)
        with pytest.raises(NotAllowed, match="notice_handed_in"):
            book(ready, [], [here])


def test_lines_that_do_not_fit_a_revised_draft_stop_it(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        notice = book(a_notice(cast.zhao.id), [], homes(1))
        notice.audience = {"buildings": [["育英小区", "5"]]}
        with pytest.raises(Invalid, match="fees_lines"):
            verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)


def test_another_book_replaces_the_first(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        all_homes = homes(20)
        notice = book(a_notice(cast.zhao.id), all_homes[:5], all_homes[5:])
        book(notice, all_homes[:10], all_homes[10:])
        verbs.hand_in(notice, By.staff(cast.zhao.id), AT_ONCE)
        number = notice.id
    tell_all(db)
    with unit_of_work(db):
        assert said_to_groups(number) == [(10, 20)]


def test_nobody_of_another_kind_is_disturbed(db: Database, cast: Cast) -> None:
    with unit_of_work(db):
        handed_in(cast.zhao.id)
    tell_all(db)
    with unit_of_work(db):
        assert [one.kind for one in letters_to(cast.wang)] == ["notice"]
        assert "homes" not in group_letters()[0].facts
        assert session().scalars(select(Letter).where(Letter.kind == "notice_fee")).all() == []


def test_owing_homes_that_nobody_can_write_to_are_on_the_visit_list_without_sums(
    db: Database, cast: Cast
) -> None:
    with unit_of_work(db):
        reached, claimed, empty, has_paid = homes(4)
        living_in(reached)
        living_in(claimed, proof="said")
        notice = session().get_one(Notice, about_fees(cast, [has_paid], [reached, claimed, empty]))
    tell_all(db)
    with unit_of_work(db):
        third = building("育英小区", "3")
        assert visiting.unknown_rooms(notice, third) == {"1": ["102", "103"]}
        assert visiting.rounds(notice)[third].unknown == 2
