"""The town as a workbook: what was imported and what was added since. Importing it changes nothing."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.base.privacy import unseal
from models.duty.tables import Department, Keeper, RungHolder
from models.duty.terms import running
from models.enquiry.tables import KnownAnswer
from models.grid import management, members
from models.grid.micro import CADRE, MEMBER
from models.grid.tables import MicroGrid, MicroGridHome, MicroGridPerson
from models.outbox.address import Address, Channel
from models.person.tables import Person, Staff
from models.place.gazetteer import in_order
from models.place.owners import open_owner, open_phone
from models.place.stations import Station
from models.place.tables import Building, BuildingGroup, Community, Estate, Grid, Household
from models.station.tables import StationMedicine
from models.town import shape
from models.town.cells import shown
from models.town.checking import RUNG_COLUMNS
from models.town.shape import SHEETS, Sheet
from models.town.upserting import rows_of
from models.town.workbook import Workbook

Values = dict[str, Any]


def export() -> Workbook:
    """For Database.read. Holds owners' names and phones in the open: whoever asks for it answers for it."""
    return Workbook(
        [
            (shape.title(sheet.code), _sheet(sheet, rows))
            for sheet, rows in _Town().sheets()
            if rows or not sheet.optional
        ]
    )


def _sheet(sheet: Sheet, rows: list[Values]) -> list[list[str]]:
    """Columns that extend the contract appear only where they say something."""
    columns = [
        column
        for column in sheet.columns
        if not column.optional or any(row.get(column.code) not in (None, True, []) for row in rows)
    ]
    headings = [shape.title(sheet.code, column.code) for column in columns]
    return [headings, *([shown(column, row.get(column.code)) for column in columns] for row in rows)]


class _Town:
    """All rows, each as the values of its sheet's columns."""

    def __init__(self) -> None:
        run = session().connection().execute
        self.communities = rows_of(Community)
        self.community = {row.id: row.name for row in self.communities}
        self.grids = rows_of(Grid)
        self.grid = {row.id: row.name for row in self.grids}
        self.estates = rows_of(Estate)
        self.estate = {row.id: row for row in self.estates}
        names = [row.name for row in self.estates]
        self.shared = (
            {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
        )
        self.staff = run(
            select(Staff, Person.public_id, Person.phone_sealed)
            .join(Person, Person.id == Staff.person_id)
            .order_by(Staff.number)
            .with_only_columns(*Staff.__table__.c, Person.public_id, Person.phone_sealed)
        ).all()
        self.number = {row.person_id: row.number for row in self.staff}
        self.buildings = sorted(
            rows_of(Building), key=lambda row: (self.estate[row.estate_id].id, in_order(row.name))
        )
        self.building = {row.id: row for row in self.buildings}
        self.managed = management.current()

    def sheets(self) -> Iterable[tuple[Sheet, list[Values]]]:
        makers = {
            "communities": self._communities,
            "grids": self._grids,
            "estates": self._estates,
            "buildings": self._buildings,
            "households": self._households,
            "staff": self._staff,
            "departments": self._departments,
            "groups": self._groups,
            "micro_grids": self._micro_grids,
            "stations": self._stations,
            "medicines": self._medicines,
            "answers": self._answers,
        }
        return [(sheet, makers[sheet.code]()) for sheet in SHEETS]

    def _place(self, estate_id: int) -> Values:
        estate = self.estate[estate_id]
        community = self.community[estate.community_id] if estate.name in self.shared else None
        return {"estate": estate.name, "community": community}

    def _communities(self) -> list[Values]:
        return [
            {"community": row.name, "street": row.street, "district": row.district}
            for row in sorted(self.communities, key=lambda row: row.id)
        ]

    def _grids(self) -> list[Values]:
        holders: dict[tuple[int, int], list[str]] = {}
        for row in sorted(rows_of(RungHolder, running(RungHolder, now())), key=lambda row: row.id):
            if row.person_id in self.number:
                holders.setdefault((row.grid_id, row.rung), []).append(self.number[row.person_id])
        return [
            {
                "grid": row.name,
                "community": self.community[row.community_id],
                "kind": row.kind,
                **{column: holders.get((row.id, rung)) for rung, column in enumerate(RUNG_COLUMNS)},
            }
            for row in sorted(self.grids, key=lambda row: row.id)
        ]

    def _estates(self) -> list[Values]:
        return [
            {
                "estate": row.name,
                "aliases": row.aliases,
                "community": self.community[row.community_id],
                "management": row.management,
                "fee_rate": row.fee_rate,
                "longitude": row.longitude,
                "latitude": row.latitude,
                "tags": row.tags,
                "status": row.active,
            }
            for row in sorted(self.estates, key=lambda row: row.id)
        ]

    def _buildings(self) -> list[Values]:
        keepers: dict[int, list[str]] = {}
        for row in sorted(rows_of(Keeper, Keeper.until.is_(None)), key=lambda row: row.id):
            if row.person_id in self.number:
                keepers.setdefault(row.building_id, []).append(self.number[row.person_id])
        return [
            {
                **self._place(row.estate_id),
                "building": row.name,
                "unit_count": row.unit_count,
                "floor_count": row.floor_count,
                "grid": self.grid.get(row.grid_id),
                "keeper_unit": row.keeper_unit,
                "keepers": keepers.get(row.id),
                "tags": row.tags,
                "management": self._own_management(row),
                "status": row.active,
            }
            for row in self.buildings
        ]

    def _own_management(self, building: Any) -> str | None:
        """Where it is another one than its estate's."""
        own = self.managed.get(building.id)
        return own if own != self.estate[building.estate_id].management else None

    def _households(self) -> list[Values]:
        order = {building.id: place for place, building in enumerate(self.buildings)}
        rows = sorted(
            rows_of(Household),
            key=lambda row: (order[row.building_id], in_order(row.unit_name), in_order(row.room)),
        )
        names = {row.id: row.name for row in rows_of(MicroGrid)}
        micro = {
            row.household_id: names[row.micro_grid_id]
            for row in rows_of(MicroGridHome, MicroGridHome.until.is_(None))
        }
        found = []
        for row in rows:
            key = (row.building_id, row.unit_name, row.room)
            building = self.building[row.building_id]
            found.append(
                {
                    **self._place(building.estate_id),
                    "building": building.name,
                    "unit": row.unit_name,
                    "room": row.room,
                    "area": row.area,
                    "owner": open_owner(key, row.owner_sealed),
                    "phone": open_phone(key, row.phone_sealed),
                    "micro_grid": micro.get(row.id),
                    "status": row.active,
                }
            )
        return found

    def _staff(self) -> list[Values]:
        userids: dict[int, str] = {}
        for row in rows_of(Address, Address.owner_kind == "person", Address.channel == Channel.WORK):
            userids.setdefault(row.owner_id, row.value)
        return [
            {
                "number": row.number,
                "name": row.name,
                "phone": unseal(row.phone_sealed, f"people.phone/{row.public_id}")
                if row.phone_sealed
                else None,
                "roles": row.roles,
                "employer": row.employer,
                "community": self.community.get(row.community_id),
                "userid": userids.get(row.person_id),
                "duty_phone": row.duty_phone,
                "teams": row.teams,
                "status": row.active,
            }
            for row in self.staff
        ]

    def _departments(self) -> list[Values]:
        return [
            {
                "department": row.name,
                "categories": row.categories,
                "contact": self.number.get(row.contact_id),
                "phone": row.phone,
                "status": row.active,
            }
            for row in sorted(rows_of(Department), key=lambda row: row.id)
        ]

    def _groups(self) -> list[Values]:
        ways: dict[int, tuple[str, str]] = {}
        for row in rows_of(Address, Address.owner_kind == "group"):
            ways.setdefault(row.owner_id, (row.channel, row.value))
        return [
            {
                "group": row.name,
                **self._place(row.estate_id),
                "building": self.building[row.building_id].name if row.building_id else None,
                "channel": ways.get(row.id, (Channel.HAND, ""))[0],
                "value": ways.get(row.id, (Channel.HAND, ""))[1],
                "owner": self.number.get(row.owner_id),
                "status": row.active,
            }
            for row in sorted(rows_of(BuildingGroup), key=lambda row: row.id)
        ]

    def _micro_grids(self) -> list[Values]:
        people: dict[tuple[int, str], list[str]] = {}
        for row in sorted(rows_of(MicroGridPerson, MicroGridPerson.until.is_(None)), key=lambda row: row.id):
            if row.person_id in self.number:
                people.setdefault((row.micro_grid_id, row.role), []).append(self.number[row.person_id])
        unnumbered = members.all_members()
        return [
            {
                "micro_grid": row.name,
                "grid": self.grid[row.grid_id],
                "cadres": people.get((row.id, CADRE)),
                "members": people.get((row.id, MEMBER)),
                "named_members": [one.written for one in unnumbered.get(row.id, ())] or None,
                "status": row.active,
            }
            for row in sorted(rows_of(MicroGrid), key=lambda row: row.id)
        ]

    def _stations(self) -> list[Values]:
        return [
            {
                "station": row.name,
                "community": self.community[row.community_id],
                "estate": self.estate[row.estate_id].name if row.estate_id else None,
                "kinds": row.kinds,
                "address": row.address,
                "hours": row.hours,
                "longitude": row.longitude,
                "latitude": row.latitude,
                "caretaker": self.number.get(row.caretaker_id),
                "status": row.active,
            }
            for row in sorted(rows_of(Station), key=lambda row: row.id)
        ]

    def _medicines(self) -> list[Values]:
        stations = {row.id: row for row in rows_of(Station)}
        return [
            {
                "station": stations[row.station_id].name,
                "community": self.community[stations[row.station_id].community_id],
                "medicine": row.name,
                "amount": row.amount,
                "expires_on": row.expires_on,
                "status": True,
            }
            for row in sorted(
                rows_of(StationMedicine, StationMedicine.gone_at.is_(None)), key=lambda row: row.id
            )
        ]

    def _answers(self) -> list[Values]:
        return [
            {
                "question": row.question,
                "community": self.community.get(row.community_id),
                "words": row.words,
                "answer": row.answer,
                "source": row.source,
                "as_of": row.as_of,
                "valid_until": row.valid_until,
                "status": row.active,
            }
            for row in sorted(rows_of(KnownAnswer), key=lambda row: row.id)
        ]
