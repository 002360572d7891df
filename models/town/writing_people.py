"""The workbook's staff: posts, the people who hold them, and their WeCom userids."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select, update

from models.account import accounts
from models.base.actor import SYSTEM
from models.base.orm import public_id, session
from models.base.privacy import blind, seal, unseal
from models.client.shutting import shut
from models.duty.leave import note_posts
from models.outbox.address import Address, Channel
from models.person.tables import Person, Staff
from models.town.held import Held
from models.town.parsing import Row
from models.town.upserting import Tally, change, insert, rows_of, upsert


def write_staff(rows: list[Row], town: Held, tally: Tally) -> None:
    if not rows:
        return
    current = {row.number: row for row in rows_of(Staff)}
    _write_people(rows, town, tally)
    wanted = {}
    for row in rows:
        said = row.values
        values = {
            "number": said["number"],
            "person_id": town.people[said["number"]],
            "name": said["name"],
            "roles": said["roles"],
        }
        if "employer" in said:
            values["employer"] = said["employer"]
        if "duty_phone" in said:
            values["duty_phone"] = said["duty_phone"]
        if "teams" in said:
            values["teams"] = said["teams"]
        if "community" in said:
            values["community_id"] = town.communities[said["community"]] if said["community"] else None
        if said.get("status") is not None:
            values["active"] = said["status"]
        wanted[said["number"]] = values
    others = _others(current, wanted)
    accounts.close(others, SYSTEM)
    shut(others, renamed=_renamed(current, wanted))
    upsert(Staff, wanted, current, tally)
    town.staff = {row.number: row.id for row in rows_of(Staff)}
    _write_userids(rows, town, tally)
    note_posts()


def _others(current: Mapping[str, Any], wanted: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """Who leaves, comes back, or has another name: a number may be somebody else's from now on."""
    return [
        before.person_id
        for number, before in current.items()
        if (values := wanted.get(number)) is not None
        and (values["name"] != before.name or values.get("active", before.active) != before.active)
    ]


def _renamed(current: Mapping[str, Any], wanted: Mapping[str, Mapping[str, Any]]) -> list[int]:
    """Who has another name under the same number."""
    known = ((before, wanted.get(number)) for number, before in current.items())
    return [before.person_id for before, now in known if now is not None and now["name"] != before.name]


def _write_people(rows: list[Row], town: Held, tally: Tally) -> None:
    """A person for each new post, and the name and phone of all."""
    newcomers = [row for row in rows if row.values["number"] not in town.people]
    known = _writers([row.values.get("userid") for row in newcomers])
    born: dict[str, str] = {}
    for row in newcomers:
        stranger = known.get(row.values.get("userid") or "")
        if stranger is not None:  # wrote to us from WeCom before the workbook named them
            town.people[row.values["number"]] = stranger
        else:
            born[row.values["number"]] = public_id()
    insert(Person, [{"public_id": key, "is_rider": False} for key in born.values()])
    people = {row.id: row for row in rows_of(Person, Person.id.in_(select(Staff.person_id)))}
    numbers = {key: number for number, key in born.items()}
    keys = list(born.values())
    for start in range(0, len(keys), 500):
        for person in rows_of(Person, Person.public_id.in_(keys[start : start + 500])):
            people[person.id] = person
            town.people[numbers[person.public_id]] = person.id
    adopted = [person for person in known.values() if person not in people]
    people |= {row.id: row for row in rows_of(Person, Person.id.in_(adopted))} if adopted else {}
    names: list[dict[str, Any]] = []
    phones: list[dict[str, Any]] = []
    for row in rows:
        person = people[town.people[row.values["number"]]]
        if row.values["name"] != _opened(person, "name"):
            tally.changed.add(row.values["number"])
            names.append({"id": person.id, "name_sealed": _sealed(person, "name", row.values["name"])})
        if "phone" in row.values and row.values["phone"] != _opened(person, "phone"):
            phone = row.values["phone"]
            tally.changed.add(row.values["number"])
            phones.append(
                {
                    "id": person.id,
                    "phone_sealed": _sealed(person, "phone", phone) if phone else None,
                    "phone_hash": blind(phone, "phone") if phone else None,
                }
            )
    change(Person, names)
    change(Person, phones)


def _sealed(person: Any, column: str, value: str) -> str:
    return seal(value, f"people.{column}/{person.public_id}")


def _opened(person: Any, column: str) -> str | None:
    sealed = getattr(person, f"{column}_sealed")
    return unseal(sealed, f"people.{column}/{person.public_id}") if sealed else None


def _writers(userids: list[str | None]) -> dict[str, int]:
    """People without a post who hold one of these userids."""
    wanted = {userid for userid in userids if userid}
    if not wanted:
        return {}
    rows = (
        session()
        .connection()
        .execute(
            select(Address.value, Address.owner_id)
            .outerjoin(Staff, Staff.person_id == Address.owner_id)
            .where(Address.channel == Channel.WORK, Address.owner_kind == "person", Staff.id.is_(None))
        )
    )
    return {row.value: row.owner_id for row in rows if row.value in wanted}


def _write_userids(rows: list[Row], town: Held, tally: Tally) -> None:
    """Userids may change hands within one workbook, so all that go are taken off before any is put on."""
    wanted = {town.people[row.values["number"]]: row for row in rows if "userid" in row.values}
    if not wanted:
        return
    work = rows_of(Address, Address.channel == Channel.WORK, Address.owner_kind == "person")
    mine = {row.owner_id: row for row in reversed(work)}
    at = {row.value: row for row in work}
    put_on, changed, gone = [], [], []
    for person, row in wanted.items():
        userid, before = row.values["userid"] or "", mine.get(person)
        if userid == (before.value if before else ""):
            continue
        tally.changed.add(row.values["number"])
        holder = at.get(userid) if userid else None
        if holder is not None and holder.owner_id not in wanted:
            gone.append(holder.id)
        if before is None:
            put_on.append(
                {"owner_kind": "person", "owner_id": person, "channel": Channel.WORK, "value": userid}
            )
        elif userid:
            changed.append({"id": before.id, "value": userid, "dead_reason": None, "window_until": None})
        else:
            gone.append(before.id)
    run = session().connection().execute
    if gone:
        run(delete(Address).where(Address.id.in_(gone)))
    if changed:
        run(update(Address).where(Address.id.in_([row["id"] for row in changed])).values(value=""))
    change(Address, changed)
    insert(Address, put_on)
