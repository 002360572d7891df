"""Who watches over a community and who decides there. Seeing is wider: supervisors (监事) look on."""

from sqlalchemy import select

from models.base.orm import session
from models.person.arriving import staff_of
from models.person.tables import Staff
from models.place.tables import Community

OVERSEEING = frozenset({"community", "street", "supervisor", "admin"})  # see everything of their community
ABOVE = frozenset({"street", "admin"})  # the level over all communities
DECIDING = OVERSEEING - {"supervisor"}  # and hand it on, void it, take a nod by phone


def watches(post: int | None, community_id: int | None) -> bool:
    """Whether a post of one community (None: of all) watches over something of another; what nobody could
    place belongs to every desk."""
    return None in (post, community_id) or post == community_id


def decides(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post decides about the community's matters."""
    return _of(DECIDING, person_id, community_id)


def speaks_for(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post decides about what all of the community hear. Narrower than `decides`: what
    all of the town hear (None) is the town's desk's, and no community's."""
    staff = staff_of(person_id) if person_id is not None else None
    return (
        staff is not None
        and not DECIDING.isdisjoint(staff.roles)
        and staff.community_id in (None, community_id)
    )


def oversees(person_id: int | None, community_id: int | None) -> bool:
    """Whether this person's post sees the community's matters."""
    return _of(OVERSEEING, person_id, community_id)


def _of(posts: frozenset[str], person_id: int | None, community_id: int | None) -> bool:
    staff = staff_of(person_id) if person_id is not None else None
    return (
        staff is not None and not posts.isdisjoint(staff.roles) and watches(staff.community_id, community_id)
    )


def deciding(community_id: int | None) -> list[int]:
    """The persons whose post decides there."""
    rows = session().execute(select(Staff.person_id, Staff.roles, Staff.community_id).where(Staff.active))
    return [
        row.person_id
        for row in rows
        if not DECIDING.isdisjoint(row.roles) and watches(row.community_id, community_id)
    ]


def deciding_here(community_id: int | None) -> list[int]:
    """Of those the ones whose own post it is (without a community: the town's); all, if nobody has it."""
    everybody = deciding(community_id)
    own = select(Staff.person_id).where(Staff.person_id.in_(everybody), Staff.community_id == community_id)
    return list(session().scalars(own.order_by(Staff.id))) or everybody


def others_deciding(community_id: int | None, person_id: int) -> list[int]:
    """Who may agree to what this person proposed: of `deciding_here`, else of all who decide there."""
    here = [one for one in deciding_here(community_id) if one != person_id]
    return here or [one for one in deciding(community_id) if one != person_id]


def above(community_id: int | None) -> list[int]:
    """Street and town, for what nobody of the community can decide: those of its own street first, else all
    of them, whichever community their post names."""
    posts = select(Staff.person_id, Staff.roles, Community.street).outerjoin(
        Community, Community.id == Staff.community_id
    )
    rows = session().execute(posts.where(Staff.active).order_by(Staff.id)).all()
    mine = session().get(Community, community_id) if community_id is not None else None
    higher = [row for row in rows if not ABOVE.isdisjoint(row.roles)]
    near = [row for row in higher if mine is not None and mine.street and row.street == mine.street]
    return [row.person_id for row in near or higher]
