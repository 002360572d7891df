"""服务记录: whether a line of the standard was kept in a month. Entered by one person, checked by another
(rows 39, 55)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session, upsert
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract.standards import Line, in_force, lines_of
from models.contract.tables import Proof
from models.place.tables import Building, Estate

WORDS = 200


def enter(
    estate_id: int,
    month: date,
    line: str,
    done: bool,
    by: By,
    *,
    building_id: int = 0,
    words: str = "",
    picture: str | None = None,
) -> int:
    """Of the estate, or of one building. Again, before somebody checked it, replaces what was entered.

    Raises Invalid: proof_month (no first of a month, or one that has not ended), proof_line (no line of the
    standard of that month), proof_words (not done, and not said why); NotAllowed: proof_checked.
    """
    if month.day != 1 or month_on(month, 1) > local(now()).date():
        raise Invalid("proof_month")
    if line not in {one.code for one in standard_lines(estate_id, month)}:
        raise Invalid("proof_line")
    if not done and not words.strip():
        raise Invalid("proof_words")
    said = {
        "done": done, "words": words.strip()[:WORDS] or None, "picture": picture, "by_id": by.id, "at": now(),
    }  # fmt: skip
    key = {"estate_id": estate_id, "building_id": building_id, "month": month, "line": line}
    written = upsert(Proof).values(**key, **said)
    once = written.on_conflict_do_update(
        index_elements=[Proof.estate_id, Proof.building_id, Proof.month, Proof.line],
        set_=said,
        where=Proof.checked_by.is_(None),
    ).returning(Proof.id)
    row = session().execute(once).first()
    if row is None:
        raise NotAllowed("proof_checked")
    return int(row[0])


def standard_lines(estate_id: int, month: date) -> list[Line]:
    """The lines that hold in a month: versions begin with one."""
    standard = in_force(estate_id, month)
    return lines_of(standard) if standard is not None else []


def held(proof_id: int) -> Proof:
    """Raises NotFound."""
    found = session().get(Proof, proof_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("proof_not_found")
    return found


def check(proof: Proof, by: By) -> bool:
    """Somebody else has seen it. False when it was checked before, which stands. Raises NotAllowed:
    proof_second (who entered it)."""
    if proof.checked_by is not None:
        return False
    if by.id == proof.by_id:
        raise NotAllowed("proof_second")
    proof.checked_by, proof.checked_at = by.id, now()
    return True


def text_of(proof: Proof) -> str:
    """The line of the standard in its words."""
    found = [one for one in standard_lines(proof.estate_id, proof.month) if one.code == proof.line]
    return found[0].text if found else proof.line


def missing(estate_id: int, month: date) -> list[Line]:
    """Lines of the standard of which nothing is entered for the whole estate."""
    entered = select(Proof.line).where(
        Proof.estate_id == estate_id, Proof.building_id == 0, Proof.month == month
    )
    known = set(session().scalars(entered))
    return [one for one in standard_lines(estate_id, month) if one.code not in known]


def listed(*which: ColumnElement[bool]) -> Iterator[dict[str, Any]]:
    """By number; `state`: waiting, checked."""
    query = (
        select(Proof, Estate.name, Building.name)
        .join(Estate, Estate.id == Proof.estate_id)
        .outerjoin(Building, Building.id == Proof.building_id)
        .where(*which)
        .order_by(Proof.id)
    )
    for proof, estate, building in session().execute(query):
        yield {
            "number": proof.id,
            "estate": estate,
            "building": building,
            "month": f"{proof.month:%Y-%m}",
            "line": proof.line,
            "text": text_of(proof),
            "done": proof.done,
            "words": proof.words,
            "by_id": proof.by_id,
            "state": "waiting" if proof.checked_by is None else "checked",
        }
