"""谁管哪栋楼: by estate, buildings that the same people answer for together. Posts only, with their published
telephones (row 20); who has no telephone is reached by a message to the service account."""

from typing import NamedTuple

from models.board.places import estates_of
from models.duty.answering import Answerer, desk_of, who_answers
from models.place.gazetteer import town


class Kept(NamedTuple):
    """Names of buildings in the order in which people count, and who answers for them."""

    buildings: tuple[str, ...]
    people: tuple[Answerer, ...]


class EstateKept(NamedTuple):
    estate_id: int
    name: str
    groups: list[Kept]

    @property
    def buildings(self) -> int:
        return sum(len(one.buildings) for one in self.groups)


def answering_in(community_id: int) -> list[EstateKept]:
    """Of every estate that has buildings."""
    found = []
    for estate in estates_of(community_id):
        groups: dict[tuple[Answerer, ...], list[str]] = {}
        for building in town().buildings_of(estate.id):
            groups.setdefault(who_answers(building.id), []).append(building.name)
        if groups:
            kept = [Kept(tuple(names), people) for people, names in groups.items()]
            found.append(EstateKept(estate.id, estate.name, kept))
    return found


def desk_in(community_id: int) -> tuple[Answerer, ...]:
    return desk_of(community_id)
