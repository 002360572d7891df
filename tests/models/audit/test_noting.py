"""An act is written down with itself: signed, without what was seen, and never without the row."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from models.audit.noting import NOBODY, Who, mac_of, network, note, sought
from models.audit.tables import Act
from models.base import privacy
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.history import record
from models.history.step import Step

LIN = Who(By.staff(7), "community", 3, "203.0.113.0/24")


def the_act() -> Act:
    return session().scalars(select(Act)).one()


def test_a_row_says_who_what_whose_what_for_from_where_and_how_it_ended(db):
    db.write(
        note, "reveal", LIN, ("case", "100014"), whom=("person", 9), purpose="call_back", facts={"n": [1]}
    )
    with db.read():
        act = the_act()
        said = (act.act, act.by_kind, act.by_id, act.post, act.community_id, act.about_kind, act.about_id)
        assert said == ("reveal", "staff", 7, "community", 3, "case", "100014")
        assert (act.whom_kind, act.whom_id, act.purpose, act.origin) == (
            "person", 9, "call_back", "203.0.113.0/24",
        )  # fmt: skip
        assert (act.result, act.many, act.facts) == ("ok", 1, {"n": [1]})


def test_a_row_is_signed_by_a_key_that_the_database_does_not_have(db):
    db.write(note, "reveal", LIN, ("case", "100014"), facts={"b": 2, "a": {"z": 1, "c": "字"}})
    with db.read():
        act = the_act()
        assert act.mac == mac_of(act)
        privacy.use_key("another-key-that-is-long-enough-for-this")
        assert act.mac != mac_of(act)


def test_what_was_seen_does_not_stand_in_the_row(db):
    db.write(
        note,
        "search",
        LIN,
        ("page", "cases"),
        purpose="他打 13812345678 来问",
        facts={"words": sought("13812345678"), "left": {"over": ["138 1234 5678"]}},
    )
    with db.read():
        act = the_act()
        assert "12345678" not in f"{act.facts}{act.purpose}".replace(" ", "")
        assert act.purpose == "他打 138****5678 来问"


def test_of_a_page_with_filters_what_was_typed_is_not_kept(db):
    path = "cases.xlsx?q=13812345678&by=%E5%BC%A0%E4%B8%89&state=open&from=2026-11-01&who=138+1234+5678"
    db.write(note, "export", LIN, ("page", path))
    with db.read():
        kept = the_act().about_id
    assert "state=open&from=2026-11-01" in kept
    assert f"q=~{sought('13812345678')}" in kept
    assert "5678" not in kept
    assert "%E5" not in kept


def test_two_searches_for_the_same_are_known_to_be_so():
    assert sought(" 张三 ") == sought("张三") != sought("张四")
    assert "张" not in sought("张三")


def test_an_act_says_codes_and_numbers():
    with pytest.raises(TypeError):
        note("search", LIN, ("page", "cases"), facts={"share": 0.5})


def test_where_somebody_comes_from_is_a_network_and_no_machine():
    assert network("203.0.113.77") == "203.0.113.0/24"
    assert network("::ffff:203.0.113.77") == "203.0.113.0/24"
    assert network("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network("unknown") is None
    assert network(None) is None


def test_nobody_known_can_be_noted_as_well(db):
    db.write(note, "login", NOBODY, ("account", sought("w001")), result="failed", origin="203.0.113.0/24")
    with db.read():
        assert (the_act().by_kind, the_act().by_id, the_act().result) == ("nobody", None, "failed")


@pytest.mark.parametrize("statement", ["UPDATE audit_acts SET by_id = 8", "DELETE FROM audit_acts"])
def test_the_database_refuses_to_edit_or_remove_a_row(db, statement):
    db.write(note, "reveal", LIN, ("case", "100014"))
    with pytest.raises(DBAPIError, match="appended, never"):
        db.write(lambda: session().execute(text(statement)))


NO_ROOM = {
    True: "CREATE TRIGGER full_up BEFORE INSERT ON audit_acts BEGIN SELECT RAISE(ABORT, 'no room'); END",
    False: "CREATE FUNCTION pg_temp.no_room() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'no room'; END $$; "
    "CREATE TRIGGER full_up BEFORE INSERT ON audit_acts FOR EACH ROW EXECUTE FUNCTION pg_temp.no_room()",
}


def test_what_cannot_be_written_down_does_not_happen(db):
    def act() -> None:
        session().connection().exec_driver_sql(NO_ROOM[db.is_sqlite])
        record(("case", 1), "number_shown", by=("staff", 7), at=now())
        note("reveal", LIN, ("case", "100014"))

    with pytest.raises(DBAPIError, match="no room"):
        db.write(act)
    with db.read():
        assert session().scalar(select(func.count(Step.id))) == 0
