"""Who a notice is for: places, posts, or whoever has not read an earlier one; and who that is today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid
from models.base.resources import table
from models.duty import ladder
from models.duty.tables import Keeper
from models.notice.tables import Receipt
from models.outbox.fates import HAND
from models.outbox.letter import Letter, State
from models.person.grants import all_granted
from models.person.tables import Home, Staff
from models.place.gazetteer import EstatePlace, Town, town
from models.place.tables import BuildingGroup, Community

LETTER_KIND, CALL_KIND, FEE_KIND = "notice", "notice_call", "notice_fee"
LETTER_KINDS = (LETTER_KIND, CALL_KIND, FEE_KIND)
ON_THE_WAY = (State.WAITING, State.TAKEN)  # letters that have not gone out yet
_MANY = 2**31


@dataclass(frozen=True, slots=True)
class Audience:
    """Names as people say them; every list of places widens the audience, the rest narrows it.

    `buildings` are "育英小区3号楼" in parts: (estate, building); `units` (estate, building, unit). `tags` are
    words on buildings; an estate's hold for all of its own. Alone they mean every such building of the
    community whose notice it is, with places those of the places that have one of them. With `roles` (codes
    of labels/roles.toml) or `teams` it is the staff of those places who have one of them and nobody else,
    without places the staff of the whole town. `unread_of`: only those whom that notice was sent, who
    have not opened it and were not told at the door.
    """

    districts: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    estates: tuple[str, ...] = ()
    buildings: tuple[tuple[str, str], ...] = ()
    units: tuple[tuple[str, str, str], ...] = ()
    tags: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    unread_of: int | None = None

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Audience":
        """From plain data, as it is kept and as a file says it. Raises Invalid for what is no audience."""
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(said) - known):
            raise Invalid("audience_word", word=unknown[0])
        made: dict[str, Any] = {}
        for name, given in said.items():
            if name == "unread_of":
                if given is not None and (type(given) is not int or not 0 < given < _MANY):
                    raise Invalid("audience_word", word=name)
                made[name] = given
            elif isinstance(given, list | tuple):
                made[name] = tuple(map(_said, given))
            else:
                raise Invalid("audience_word", word=name)
        return cls(**made)

    def as_dict(self) -> dict[str, Any]:
        """Plain data, only what is said."""
        return {name: given for name, given in asdict(self).items() if given not in ((), None)}

    @property
    def names_places(self) -> bool:
        return any((self.districts, self.streets, self.communities, self.estates, self.buildings, self.units))

    @property
    def is_for_staff(self) -> bool:
        return bool(self.roles or self.teams)


@dataclass(frozen=True, slots=True)
class Reach:
    """The audience in rows: `buildings` whole ones, `units` (building, unit) of others; `estates` and
    `communities` that are wholly in it; `roles` and `teams` as in Audience."""

    communities: frozenset[int]
    estates: frozenset[int]
    buildings: frozenset[int]
    units: frozenset[tuple[int, str]]
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    unread_of: int | None

    @property
    def is_for_staff(self) -> bool:
        return bool(self.roles or self.teams)

    @property
    def all_buildings(self) -> frozenset[int]:
        return self.buildings | {building for building, _ in self.units}

    def people(self, after: int, limit: int) -> Sequence[int]:
        """The next persons in the order of their numbers."""
        query = self._people().where(_person(self) > after).order_by(_person(self)).limit(limit)
        return session().connection().execute(query).scalars().all()

    def untold(self, notice_id: int, limit: int) -> Sequence[int]:
        """Of the people those who have no letter about that notice."""
        person = _person(self)
        query = self._people().where(person.not_in(_told(notice_id))).order_by(person).limit(limit)
        return session().connection().execute(query).scalars().all()

    def count_people(self) -> int:
        query = select(func.count()).select_from(self._people().subquery())
        return int(session().connection().execute(query).scalar_one())

    def groups(self) -> Sequence[int]:
        """A building's own groups, and the groups of an estate that is wholly addressed or has buildings in
        the audience without a group of their own. Staff are told in person."""
        if self.is_for_staff or self.unread_of is not None:
            return []
        rows = (
            session()
            .execute(
                select(BuildingGroup.id, BuildingGroup.estate_id, BuildingGroup.building_id)
                .where(BuildingGroup.active)
                .order_by(BuildingGroup.id)
            )
            .all()
        )
        with_own = {row.building_id for row in rows if row.building_id is not None}
        places = town()
        whole = self.estates | {
            places.buildings[one].estate_id
            for one in self.all_buildings - with_own
            if one in places.buildings
        }
        return [
            row.id
            for row in rows
            if row.building_id in self.all_buildings or (row.building_id is None and row.estate_id in whole)
        ]

    def _people(self) -> Select[Any]:
        query = self._staff() if self.is_for_staff else self._residents()
        if self.unread_of is not None:
            query = query.where(*_unread(self))
        return query

    def _residents(self) -> Select[Any]:
        here: list[ColumnElement[bool]] = [Home.building_id.in_(self.buildings)]
        here += [and_(Home.building_id == building, Home.unit_name == unit) for building, unit in self.units]
        return select(Home.person_id).where(Home.until.is_(None), or_(*here)).distinct()

    def _staff(self) -> Select[Any]:
        query = select(Staff.person_id).where(Staff.active)
        return query.where(or_(*map(self._post, self.roles), self._on_post("teams", self.teams)))

    def _post(self, role: str) -> Any:
        """A keeper is one by the buildings that he keeps, a rung by its grids, everybody else by the post."""
        buildings = self.all_buildings
        if role == "keeper":
            kept = select(Keeper.id).where(
                Keeper.person_id == Staff.person_id, Keeper.until.is_(None), Keeper.building_id.in_(buildings)
            )
            return exists(kept)
        if role in ladder.roles():
            places = town()
            grids = {places.buildings[one].grid_id for one in buildings if one in places.buildings} - {None}
            grids |= {grid for grid, community in places.grids.items() if community in self.communities}
            rung = ladder.roles().index(role)
            held = ladder.chain().all_holding(now())
            return Staff.person_id.in_({who for (grid, on), who in held if on == rung and grid in grids})
        return or_(self._on_post("roles", (role,)), Staff.person_id.in_(self._granted(role)))

    def _granted(self, role: str) -> set[int]:
        """Who was granted this post, as far as it runs now and lies where something of the audience lies."""
        places, here = town(), self.touched
        estates = self.estates | {
            places.buildings[one].estate_id for one in self.all_buildings if one in places.buildings
        }
        grids = {places.buildings[one].grid_id for one in self.all_buildings if one in places.buildings}
        grids |= {grid for grid, community in places.grids.items() if community in self.communities}
        return {
            person
            for person, post in all_granted()
            if post.role == role
            and (
                post.communities is None
                or not here.isdisjoint(post.communities)
                or post.estate_id in estates
                or (post.grid_id is not None and post.grid_id in grids)
            )
        }

    def _on_post(self, list_of: str, wanted: Sequence[str]) -> ColumnElement[bool]:
        """Staff of these communities, or of all, on whose post one of the words stands."""
        rows = session().execute(select(Staff.id, Staff.roles, Staff.teams, Staff.community_id)).all()
        here = {None, *self.touched}
        return Staff.id.in_(
            [
                row.id
                for row in rows
                if row.community_id in here and not set(wanted).isdisjoint(getattr(row, list_of))
            ]
        )

    @property
    def touched(self) -> frozenset[int]:
        """The communities in which something of it lies."""
        places = town()
        estates = {places.buildings[one].estate_id for one in self.all_buildings if one in places.buildings}
        return self.communities | {places.estates[one].community_id for one in estates | self.estates}


def reach_of(audience: Audience, community_id: int | None) -> Reach:
    """Finds the places; of estates that share a name the one of `community_id`, whose notice it is.

    Raises Invalid for a place, tag, post or team that the town does not have, or for nobody at all.
    """
    places = town()
    if audience == Audience():
        raise Invalid("audience_empty")
    _must_have_posts(audience)
    if audience.names_places:
        communities = _communities(audience)
    elif audience.tags and community_id is not None:
        communities = {community_id}
    else:
        communities = set(places.communities)
    estates = {one.id for one in places.estates.values() if one.community_id in communities}
    estates |= {_estate(places, name, community_id).id for name in audience.estates}
    buildings = {one.id for one in places.buildings.values() if one.estate_id in estates}
    buildings |= {
        _building(places, _estate(places, estate, community_id), name)
        for estate, name in _parts(audience.buildings, 2)
    }
    units = {
        (_building(places, _estate(places, estate, community_id), name), unit)
        for estate, name, unit in _parts(audience.units, 3)
    }
    if audience.tags:
        communities = set()  # because none of them is in it as a whole
        estates, buildings, units = _tagged(places, audience.tags, estates, buildings, units)
    return Reach(
        frozenset(communities),
        frozenset(estates),
        frozenset(buildings),
        frozenset(one for one in units if one[0] not in buildings),
        audience.roles,
        audience.teams,
        audience.unread_of,
    )


_Units = set[tuple[int, str]]


def _tagged(
    places: Town, tags: Sequence[str], estates: set[int], buildings: set[int], units: _Units
) -> tuple[set[int], set[int], _Units]:
    """What of these places has one of the tags. Raises Invalid for a tag that nothing there has."""
    of_estate = {one: places.estates[one].tags for one in estates}
    of_building = {one: places.buildings[one].tags for one in buildings | {unit[0] for unit in units}}
    known = frozenset().union(*of_estate.values(), *of_building.values())
    for tag in tags:
        if tag not in known:
            raise Invalid("audience_tag", tag=tag)
    return (
        {one for one, its in of_estate.items() if not its.isdisjoint(tags)},
        {one for one in buildings if not of_building[one].isdisjoint(tags)},
        {one for one in units if not of_building[one[0]].isdisjoint(tags)},
    )


def teams(community_id: int | None = None) -> frozenset[str]:
    """Every team that somebody on duty there (without a community: anywhere) belongs to."""
    query = select(Staff.teams).where(Staff.active)
    if community_id is not None:
        query = query.where(or_(Staff.community_id == community_id, Staff.community_id.is_(None)))
    return frozenset(team for known in session().scalars(query) for team in known)


def _must_have_posts(audience: Audience) -> None:
    known_roles = table("labels/roles.toml")
    for role in audience.roles:
        if role not in known_roles:
            raise Invalid("audience_word", word=role)
    known_teams = teams() if audience.teams else frozenset()
    for team in audience.teams:
        if team not in known_teams:
            raise Invalid("audience_team", team=team)


def _communities(audience: Audience) -> set[int]:
    rows = session().execute(select(Community.id, Community.name, Community.street, Community.district)).all()
    found = set()
    for names, column in (
        (audience.districts, "district"), (audience.streets, "street"), (audience.communities, "name"),
    ):  # fmt: skip
        for name in names:
            mine = {row.id for row in rows if getattr(row, column) == name}
            if not mine:
                raise Invalid("audience_place", place=name)
            found |= mine
    return found


def _said(one: Any) -> Any:
    return tuple(map(str, one)) if isinstance(one, list | tuple) else str(one)


def _parts(given: Iterable[Any], count: int) -> Iterable[tuple[str, ...]]:
    for one in given:
        if not isinstance(one, tuple) or len(one) != count:
            raise Invalid("audience_place", place=str(one))
        yield one


def _estate(places: Town, name: str, community_id: int | None) -> EstatePlace:
    found = places.estates_named(name, community_id)
    if len(found) != 1:
        raise Invalid("audience_place", place=name)
    return found[0]


def _building(places: Town, estate: EstatePlace, name: str) -> int:
    found = places.building(estate.id, name)
    if found is None:
        raise Invalid("audience_place", place=f"{estate.name} {name}")
    return found.id


def _person(reach: Reach) -> Any:
    return Staff.person_id if reach.is_for_staff else Home.person_id


def _unread(reach: Reach) -> list[Any]:
    person = _person(reach)
    # who was told at the door is told, and nobody knocks there twice
    told = _told(reach.unread_of).where(
        func.coalesce(Letter.channel, "") != HAND,
        Letter.state.not_in(ON_THE_WAY),  # else it comes twice in the morning
    )
    opened = select(Receipt.id).where(
        Receipt.notice_id == reach.unread_of, Receipt.reader_kind == "person", Receipt.reader_id == person
    )
    return [person.in_(told), ~exists(opened)]


def _told(notice_id: int | None) -> Select[Any]:
    """Who has a letter about it; as a list that is made once, because looked up for each person the letters
    of a large notice are gone through as often as it has receivers."""
    return select(Letter.to_id).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice_id,
        Letter.kind.in_(LETTER_KINDS),
        Letter.to_kind == "person",
    )
