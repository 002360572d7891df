"""Who answers: the chain of design 4.5, step by step."""

from collections.abc import Iterable

from asked_for import statements
from sqlalchemy import select
from town_workbooks import Sheets, bring_in, small_town

from models.base.orm import session
from models.case.case import Case
from models.duty.answering import Answering, answerer, answering, duty_persons, who_answers
from models.person.tables import Staff
from models.place.gazetteer import town
from models.place.spot import NOWHERE, Spot
from server.database import Database

READ_VERSION = "SELECT version FROM town_version WHERE id = 1"


def numbers(people: Iterable[int]) -> list[str]:
    known = {staff.person_id: staff.number for staff in session().scalars(select(Staff))}
    return [known[person] for person in people]


def people(*staff: str) -> frozenset[int]:
    return frozenset(session().scalars(select(Staff.person_id).where(Staff.number.in_(staff))))


def at(building: str | None = None) -> Spot:
    return town().locate(Spot(estate="育英小区", building=building)).spot


def route(spot: Spot, category: str | None = None, given_back: tuple[str, ...] = ()) -> tuple[str, list[str]]:
    found = answering(spot, category, except_for=people(*given_back))
    return found.route, numbers(found.people)


def test_the_keeper_comes_first_whatever_the_category(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at("3"), "lighting") == ("keeper", ["K1"])
        assert route(at("3")) == ("keeper", ["K1"])


def test_then_the_grid_worker_the_department_the_desk_and_nobody(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at("4"), "lighting") == ("grid_worker", ["G1"])
        assert route(at("5"), "lighting") == ("department", ["D1"])
        assert route(at("5"), "noise") == ("desk", ["C1"])
        assert route(at("5"), None) == ("desk", ["C1"])
        assert route(at("5"), "noise", ("C1",)) == ("nobody", [])


def test_each_return_goes_one_step_down(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at("3"), "road", ("K1",)) == ("grid_worker", ["G1"])
        assert route(at("3"), "road", ("K1", "G1")) == ("department", ["D1"])
        assert route(at("3"), "road", ("K1", "G1", "D1")) == ("desk", ["C1"])
        assert route(at("3"), "road", ("K1", "G1", "D1", "C1")) == ("nobody", [])


def test_a_public_place_goes_by_its_estate(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at(), "greening") == ("grid_worker", ["G1"])
        assert route(at(), "lighting", ("G1",)) == ("department", ["D1"])


def test_a_place_that_nobody_could_tell_reaches_the_only_desk(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(NOWHERE, "noise") == ("desk", ["C1"])


def test_inactive_staff_never_answer(db: Database) -> None:
    bring_in(db, small_town())
    leaving: Sheets = {
        "工作人员": [
            ["工号", "姓名", "角色", "状态"],
            *([number, "某人", "包保干部", "停用"] for number in ("K1", "G1", "D1")),
        ]
    }
    bring_in(db, leaving)
    with db.read():
        assert route(at("3"), "lighting") == ("desk", ["C1"])
        assert [one.name for one in who_answers(at("3").building_id or 0)] == ["林红"]


def test_several_keepers_are_all_asked(db: Database) -> None:
    sheets = small_town()
    sheets["楼栋"][1][-1] = "K1、C1"
    bring_in(db, sheets)
    with db.read():
        assert route(at("3")) == ("keeper", ["K1", "C1"])
        assert route(at("3"), None, ("K1",)) == ("keeper", ["C1"])


def test_staff_without_any_way_to_be_reached_still_answer(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at("5"), "road") == ("department", ["D1"])  # no WeCom, no phone


def test_a_new_keeper_answers_from_the_next_message_on(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert route(at("3")) == ("keeper", ["K1"])
    bring_in(db, {"楼栋": [["小区", "楼号", "包保干部"], ["育英小区", 3, "G2"]]})
    with db.read():
        assert route(at("3")) == ("keeper", ["G2"])


def test_a_case_is_a_place_too(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        spot = at("3")
        case = Case(**spot.columns())
        assert answering(case, None) == answering(spot, None)


def test_an_emergency_rings_at_the_desk(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        assert numbers(duty_persons(at("3").community_id)) == ["C1"]
        assert numbers(duty_persons(None)) == ["C1"]


def test_without_a_desk_it_climbs_the_rungs(db: Database) -> None:
    sheets = small_town()
    sheets["工作人员"][4][3] = "物业"
    bring_in(db, sheets)
    with db.read():
        assert numbers(duty_persons(at("3").community_id)) == ["G1"]
    sheets["网格"][1][-1] = ""
    bring_in(db, sheets)
    with db.read():
        assert numbers(duty_persons(at("3").community_id)) == ["G2"]
    sheets["网格"][1][-2] = ""
    sheets["工作人员"][4][3] = "管理员"
    bring_in(db, sheets)
    with db.read():
        assert numbers(duty_persons(at("3").community_id)) == ["C1"]


def test_an_unknown_place_in_a_larger_town_rings_at_the_street(db: Database) -> None:
    sheets = small_town()
    sheets["社区"].append(["和平社区", "", ""])
    bring_in(db, sheets)
    with db.read():
        assert numbers(duty_persons(None)) == ["C1"]  # better every desk than nobody
    sheets["工作人员"][5][3] = "街道"
    bring_in(db, sheets)
    with db.read():
        assert numbers(duty_persons(None)) == ["D1"]


def test_a_resident_hears_who_answers_for_the_building(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        keeper, worker = who_answers(at("3").building_id or 0)
        assert (keeper.name, keeper.role, keeper.phone) == ("李卫东", "keeper", None)  # his own is not told
        assert (worker.name, worker.role) == ("王敏", "grid_worker")
        assert [one.role for one in who_answers(at("5").building_id or 0)] == ["community"]
        assert who_answers(10**9) == ()
        assert answerer(10**9) is None
        known = answerer(next(iter(people("D1"))))
        assert known is not None
        assert (known.name, known.phone) == ("何军", None)


def test_an_empty_town_has_nobody(db: Database) -> None:
    with db.read():
        assert answering(NOWHERE, "lighting") == Answering("nobody")
        assert duty_persons(None) == ()


def test_a_case_asks_the_database_for_nothing_but_the_towns_version(db: Database) -> None:
    bring_in(db, small_town())
    with db.read():
        here = at("4")
        route(here, "lighting")
    with statements(db) as asked, db.read():
        assert answering(here, "lighting").route == "grid_worker"
        answering(here, "road")
        assert asked == [READ_VERSION]
        duty_persons(here.community_id)
        assert len(asked) == 2  # and for an emergency one look at the rota
