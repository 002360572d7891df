"""减免: a home pays less by a rule, for a time, with a proof; asked for by one person, agreed to by another.

Never in a public text (row 60); ground and proof are sealed, because they say who is poor or ill. What it
does to bills: models/fee/relieving.py.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session
from models.base.privacy import seal, unseal
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.contract.tables import Relief
from models.place.tables import Building, Estate, Household


def ask(
    household_id: int,
    ground: str,
    proof: str | None,
    part: Fraction,
    since: date,
    until: date,
    by: By,
) -> int:
    """For whole months from `since` to before `until`. `ground` is a code of
    templates/labels/relief_grounds.toml. It counts for nothing before a second person agreed.

    Raises Invalid: relief_ground, relief_part (not above 0 or above 1), relief_months (not firsts of months,
    no end, or over three years).
    """
    if ground not in table("labels/relief_grounds.toml"):
        raise Invalid("relief_ground")
    if not 0 < part <= 1 or part.denominator > 1000:
        raise Invalid("relief_part")
    if since.day != 1 or until.day != 1 or not since < until <= since.replace(year=since.year + 3):
        raise Invalid("relief_months")
    proof = (proof or "").strip()
    return put(
        Relief,
        household_id=household_id,
        ground_sealed=seal(ground, _where("ground", household_id)),
        proof_sealed=seal(proof, _where("proof", household_id)) if proof else None,
        part_over=part.numerator,
        part_under=part.denominator,
        since=since,
        until=until,
        by_id=by.id,
        at=now(),
    )


def held(relief_id: int) -> Relief:
    """Raises NotFound."""
    found = session().get(Relief, relief_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("relief_not_found")
    return found


def agree(relief: Relief, by: By) -> None:
    """The caller holds the household. Raises NotAllowed: relief_settled, relief_second (the same person),
    relief_overlaps (another one holds in one of its months)."""
    if relief.agreed_by is not None or relief.ended_at is not None:
        raise NotAllowed("relief_settled", number=relief.id)
    if by.id == relief.by_id:
        raise NotAllowed("relief_second", number=relief.id)
    others = select(Relief.id).where(
        Relief.household_id == relief.household_id,
        Relief.id != relief.id,
        Relief.agreed_by.is_not(None),
        Relief.since < relief.until,
        Relief.until > relief.since,
        Relief.since < Relief.until,
    )
    if session().execute(others).first() is not None:
        raise NotAllowed("relief_overlaps", number=relief.id)
    relief.agreed_by, relief.agreed_at = by.id, now()


def refuse(relief: Relief, by: By) -> None:
    """It is not to be. Raises NotAllowed: relief_settled, also once somebody has agreed: what holds is ended
    by `end`, and not by whoever still reads that it waits."""
    if relief.agreed_by is not None:
        raise NotAllowed("relief_settled", number=relief.id)
    end(relief, relief.since, by)


def end(relief: Relief, first: date, by: By) -> None:
    """It holds to before `first` and no longer; bills that are made already stay. Raises Invalid:
    relief_months; NotAllowed: relief_settled."""
    if relief.ended_at is not None:
        raise NotAllowed("relief_settled", number=relief.id)
    if first.day != 1:
        raise Invalid("relief_months")
    relief.until = min(relief.until, max(first, relief.since))
    relief.ended_at, relief.ended_by = now(), by.id


def waiting() -> ColumnElement[bool]:
    """Those that a second person has to look at."""
    return and_(Relief.agreed_by.is_(None), Relief.ended_at.is_(None))


def listed(*which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """For staff, by number, with the home as its words; `state`: waiting, refused, running, over. Without
    ground and proof where the key is another one."""
    today = local(now()).date()
    query = (
        select(Relief, Estate.name, Building.name, Household.unit_name, Household.room)
        .join(Household, Household.id == Relief.household_id)
        .join(Building, Building.id == Household.building_id)
        .join(Estate, Estate.id == Building.estate_id)
        .where(*which)
        .order_by(Relief.id)
    )
    for relief, *place in session().execute(query):
        yield {
            "number": relief.id,
            "household": "-".join(part for part in place if part),
            "ground": _opened(relief, "ground", relief.ground_sealed) or "",
            "proof": _opened(relief, "proof", relief.proof_sealed),
            "part": f"{relief.part_over}/{relief.part_under}",
            "since": relief.since.isoformat(),
            "until": relief.until.isoformat(),
            "by_id": relief.by_id,
            "state": _state(relief, today),
        }


def _opened(relief: Relief, column: str, sealed: str | None) -> str | None:
    return unseal(sealed, _where(column, relief.household_id)) if sealed else None


def _where(column: str, household_id: int) -> str:
    """A ciphertext that was moved to another home's row does not open (X08)."""
    return f"reliefs.{column}/{household_id}"


def _state(relief: Relief, today: date) -> str:
    if relief.agreed_by is None:
        return "waiting" if relief.ended_at is None else "refused"
    return "running" if relief.until > today else "over"
