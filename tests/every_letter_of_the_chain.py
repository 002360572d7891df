"""Plays every verb of the chain and the clock that writes a letter. One function for each room."""

import time_machine
from appraised import NEXT_MONTH, a_bad_month, coloured
from cast import Cast
from factories import a_case, spot
from sqlalchemy import select, update
from whistle_town import departments_are_called

from models.account import linking
from models.appraisal import appealing, weekly
from models.audit.noting import Who, note
from models.base.actor import By
from models.base.clock import after, local, now
from models.base.orm import session
from models.duty import rota, swaps, terms
from models.duty.tables import Shift
from models.duty.weeks import Planned
from models.grid import handing_over
from models.joins import morning, taking_out, watching
from models.joins.passing_on import pass_on_one
from models.mediation import mediating
from models.person.tables import Staff
from models.place.tables import Grid
from models.town.keepers_changed import Change, tell_changed


def chain_is_told(cast: Cast) -> None:
    _colours_are_found(cast)
    _digests_are_said(cast)
    _buildings_change_hands(cast)
    _duties_change_hands(cast)
    _shifts_change_hands(cast)
    _neighbours_agree(cast)
    _accounts_are_kept(cast)
    departments_are_called(cast)
    _somebody_looks_at_much(cast)


def _somebody_looks_at_much(cast: Cast) -> None:
    """By day or by night: one letter an hour."""
    for number in ("100014", "100022"):
        note(
            "reveal", Who(By.staff(cast.li.id), "keeper", 1), ("case", number), whom=("person", cast.wang.id)
        )
    assert watching.name_many_looks(1)
    assert not watching.name_late_looks()


def _neighbours_agree(cast: Cast) -> None:
    """With a mediator, who is asked when the day of the agreement has come."""
    zhao, began = By.staff(cast.zhao.id), local(now()).date()
    one = mediating.open_one(1, "noise", "两家", "半夜太吵", began, cast.li.id, zhao)
    mediating.agree(one.public_id, "十点以后不吵", zhao)
    with time_machine.travel(after(days=31)):
        assert mediating.ask_one()
    tell_changed({spot().building_id or 0: Change((cast.li.id,), (cast.wu.id,))}, now())


def _accounts_are_kept(cast: Cast) -> None:
    """A colleague's new link, a long list for which a second person is asked, a mediation that nobody has."""
    linking.issue(cast.li.id, By.staff(cast.leader.id))
    key = taking_out.ask(
        "audit_excel", "audit.xlsx", 300, "对账", Who(By.staff(cast.zhao.id), "community", 1)
    )
    taking_out.settle(key, Who(By.staff(cast.leader.id), "street"), agree=True)
    began = local(now()).date()
    mediating.open_one(1, "noise", "两家", "又吵了", began, cast.li.id, By.staff(cast.ma.id))
    two = update(Staff).where(Staff.person_id.in_((cast.li.id, cast.ma.id)))
    session().execute(two.values(active=False))
    assert mediating.tell_left()
    session().execute(two.values(active=True))


def _buildings_change_hands(cast: Cast) -> None:
    """One that nobody kept, and one that its keeper does not give."""
    zhao = By.staff(cast.zhao.id)
    free = handing_over.ask(spot(building="5", unit=None).building_id, cast.leader.id, zhao)
    handing_over.agree(free.id, By.staff(cast.leader.id))
    kept = handing_over.ask(spot(unit=None).building_id, cast.sun.id, zhao)
    handing_over.refuse(kept.id, By.staff(cast.li.id), "还没办完")


def _duties_change_hands(cast: Cast) -> None:
    """A new grid worker, to whom open cases go."""
    a_case(reporter=cast.wang, at=spot(building="5", unit=None))
    grid = session().scalars(select(Grid.id)).first()
    terms.hold(grid, 0, cast.ma.id, By.staff(cast.leader.id))
    assert pass_on_one()


def _shifts_change_hands(cast: Cast) -> None:
    """A rota with a gap, and a shift that a colleague takes."""
    zhao = By.staff(cast.zhao.id)
    shifts = [Planned(cast.sun.id, after(hours=one), after(hours=one + 8)) for one in (1, 20)]
    rota.enter(1, 0, shifts, zhao)
    assert rota.tell_gaps()
    numbers = session().scalars(select(Shift.id).order_by(Shift.id)).all()
    agreed, refused = (swaps.ask(one, cast.li.id, By.staff(cast.sun.id)) for one in numbers)
    swaps.agree(agreed, By.staff(cast.li.id))
    swaps.refuse(refused, By.staff(cast.li.id))


def _colours_are_found(cast: Cast) -> None:
    """Two red figures of one person: one stands, of the other the appeal is ruled on."""
    with time_machine.travel(NEXT_MONTH) as then:
        a_bad_month(cast)
        red = coloured()[cast.li.id, "prompt"]
        appealing.appeal(red.id, cast.li.id, "那几天停电")
        appealing.rule_on(red.id, By.staff(cast.zhao.id), upheld=True, reason="停电", rule="disaster")
        assert red.appeal_until is not None
        then.move_to(red.appeal_until)
        assert appealing.end_one()


def _digests_are_said(cast: Cast) -> None:
    """A morning, with something late in it, and a week."""
    with time_machine.travel(NEXT_MONTH):
        found = morning.gathered()
        assert found[cast.li.id].late
        morning.tell_some(found, [cast.li.id])
        weekly.tell_some(weekly.last_week(NEXT_MONTH.date()), weekly.leaders())
