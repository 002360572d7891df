"""What many homes agreed on, read in bulk: contracts, reliefs, and what was seen of months."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from sqlalchemy import select

from models.base.clock import local, now
from models.base.months import month_on
from models.base.orm import session
from models.contract.tables import Charging, Contract, Proof, Relief, Standard
from models.contract.terms import Held, Relieved, Seen


def contracts_of(households: Sequence[int]) -> Mapping[int, list[Held]]:
    """By household, for those that have any."""
    query = (
        select(Contract.household_id, Contract.charging, Contract.since, Contract.until)
        .where(Contract.household_id.in_(households))
        .order_by(Contract.since, Contract.id)
    )
    found: dict[int, list[Held]] = defaultdict(list)
    for household, charging, since, until in session().execute(query):
        # what was left before it began counts for nothing; but after a trial nothing is charged either way
        if until is None or until > since or charging == Charging.TRIAL:
            found[household].append(Held(Charging(charging), since, until))
    return found


def reliefs_of(households: Sequence[int]) -> Mapping[int, list[Relieved]]:
    """Those that a second person agreed to."""
    query = select(Relief).where(Relief.household_id.in_(households), Relief.agreed_by.is_not(None))
    found: dict[int, list[Relieved]] = defaultdict(list)
    for one in session().scalars(query.order_by(Relief.since, Relief.id)):
        if one.since < one.until:
            part = Fraction(one.part_over, one.part_under)
            found[one.household_id].append(Relieved(part, one.since, one.until))
    return found


class Proofs:
    """What was seen of estates' months, each estate read once and only when it is asked for."""

    def __init__(self) -> None:
        self._standards: dict[int, Sequence[Standard]] = {}
        self._proofs: dict[int, Mapping[tuple[int, date], dict[str, bool]]] = {}
        self._today = local(now()).date()

    def of(self, estate_id: int, building_id: int, month: date) -> Seen | None:
        """None while the month runs, while a line of its standard is not checked, and where there is no
        standard. What was seen of the building goes before what was seen of the whole estate."""
        if month_on(month, 1) > self._today:
            return None
        self._read(estate_id)
        before = [one for one in self._standards[estate_id] if one.since <= month]
        if not before or not before[-1].lines:
            return None
        seen = self._proofs[estate_id]
        done = {**seen.get((0, month), {}), **seen.get((building_id, month), {})}
        lines = before[-1].lines
        if any(line["code"] not in done for line in lines):
            return None
        whole = sum(line["weight"] for line in lines)
        return Seen(
            [(line["text"], Fraction(line["weight"], whole)) for line in lines if not done[line["code"]]]
        )

    def _read(self, estate_id: int) -> None:
        if estate_id in self._standards:
            return
        versions = select(Standard).where(Standard.estate_id == estate_id).order_by(Standard.since)
        self._standards[estate_id] = session().scalars(versions).all()
        rows = select(Proof.building_id, Proof.month, Proof.line, Proof.done).where(
            Proof.estate_id == estate_id, Proof.checked_by.is_not(None)
        )
        found: dict[tuple[int, date], dict[str, bool]] = defaultdict(dict)
        for building, month, line, done in session().execute(rows):
            found[building, month][line] = done
        self._proofs[estate_id] = found
