"""Who watches over whose cases. Seeing is wider than deciding: supervisors (监事) look on."""

from collections.abc import Iterable

from models.person.arriving import staff_of

OVERSEEING = frozenset({"community", "street", "supervisor", "admin"})  # see every case of their community
DECIDING = OVERSEEING - {"supervisor"}  # and hand it on, void it, take a nod by phone


def watches(community_id: int | None, case_community: int | None) -> bool:
    """A post without a community watches over all; what nobody could place belongs to every desk."""
    return None in (community_id, case_community) or community_id == case_community


def decides(person_id: int | None, case_community: int | None) -> bool:
    """Whether this person's post decides about cases of the community."""
    staff = staff_of(person_id) if person_id is not None else None
    return staff is not None and _holds(staff.roles) and watches(staff.community_id, case_community)


def _holds(roles: Iterable[str]) -> bool:
    return not DECIDING.isdisjoint(roles)
