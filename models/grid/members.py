"""Members (党员) of a micro-grid who have no 工号 (row 20): a name and a telephone, sealed, no more.
They log in nowhere and are told nothing; a list shows their names masked."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, update

from models.base.orm import public_id, put, session
from models.base.privacy import masked_name, seal, unseal
from models.grid.tables import MicroGridMember

_WRITTEN = re.compile(r"(?P<name>\D{1,20}?)[\s:]*(?P<phone>1\d{10})?")


class Named(NamedTuple):
    name: str
    phone: str | None

    @property
    def written(self) -> str:
        """As the workbook has it."""
        return f"{self.name} {self.phone}" if self.phone else self.name


def named(written: str) -> Named | None:
    """A name, and behind it a mobile number or nothing; None for anything else. Pure."""
    found = _WRITTEN.fullmatch(" ".join(written.split()))
    name = found["name"].strip() if found is not None else ""
    return Named(name, found["phone"]) if found is not None and name else None


def put_members(wanted: Mapping[int, Sequence[Named]], at: datetime) -> set[int]:
    """Micro-grid → who is a member without a number from now on; who is left out leaves. Gives the
    micro-grids where somebody came or went."""
    current = _current()
    changed: set[int] = set()
    for micro, people in wanted.items():
        before = current.get(micro, {})
        leaving = [key for one, key in before.items() if one not in people]
        coming = [one for one in dict.fromkeys(people) if one not in before]
        if leaving:
            gone = update(MicroGridMember).where(MicroGridMember.id.in_(leaving)).values(until=at)
            session().execute(gone, execution_options={"synchronize_session": False})
        for one in coming:
            _begin(micro, one, at)
        if leaving or coming:
            changed.add(micro)
    return changed


def all_members() -> dict[int, list[Named]]:
    """By micro-grid, in the order in which they came."""
    return {micro: list(several) for micro, several in _current().items()}


def masked() -> dict[int, list[str]]:
    """The same for a list: 王*."""
    return {micro: [masked_name(one.name) for one in several] for micro, several in _current().items()}


def _begin(micro: int, one: Named, at: datetime) -> None:
    key = public_id()
    put(
        MicroGridMember,
        public_id=key,
        micro_grid_id=micro,
        name_sealed=seal(one.name, f"micro_grid_members.name/{key}"),
        phone_sealed=seal(one.phone, f"micro_grid_members.phone/{key}") if one.phone else None,
        since=at,
    )


def _current() -> dict[int, dict[Named, int]]:
    query = select(MicroGridMember).where(MicroGridMember.until.is_(None)).order_by(MicroGridMember.id)
    found: dict[int, dict[Named, int]] = {}
    for row in session().scalars(query.execution_options(populate_existing=True)):
        name = unseal(row.name_sealed, f"micro_grid_members.name/{row.public_id}")
        phone = row.phone_sealed
        said = unseal(phone, f"micro_grid_members.phone/{row.public_id}") if phone else None
        if name is not None:
            found.setdefault(row.micro_grid_id, {})[Named(name, said)] = row.id
    return found
