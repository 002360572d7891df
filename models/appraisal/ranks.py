"""Who stands below whom, and who above: a colour is told upwards, and no one rules on somebody above."""

from sqlalchemy import select

from models.base.clock import now
from models.base.orm import session
from models.duty import ladder
from models.duty.answering import desk_of
from models.duty.overseeing import ABOVE, DECIDING, above, decides, deciding
from models.duty.tables import Keeper
from models.duty.terms import running
from models.person.arriving import staff_of
from models.person.grants import posts_of
from models.place.tables import Building


def leaders_of(person_id: int, community_id: int | None) -> list[int]:
    """Who answers for this person: whoever stands on the next rung of the person's grids, else the desk of
    the community, else street and town."""
    at, found = now(), dict[int, None]()
    for post in ladder.posts(person_id, at):
        if post.how != "deputy":
            standing = ladder.standing(post.grid_id, community_id, post.rung + 1, at)
            found |= dict.fromkeys(standing.people if standing is not None else ())
    if not found:
        desk = [one.person_id for one in desk_of(community_id)]
        found = dict.fromkeys(desk if person_id not in desk else ())
    found.pop(person_id, None)
    return list(found) or [one for one in above(community_id) if one != person_id]


def people_below(person_id: int) -> frozenset[int]:
    """Everybody on a lower rung of a grid on which this person stands, and the keepers of its buildings."""
    at, known, found = now(), ladder.chain(), set[int]()
    own = {post.grid_id: post.rung for post in ladder.posts(person_id, at) if post.rung > 0}
    for (grid, rung), one in known.all_holding(at):
        if rung < own.get(grid, 0):
            found.add(one)
    if own:
        kept = (
            select(Keeper.person_id)
            .join(Building, Building.id == Keeper.building_id)
            .where(Building.grid_id.in_(own), running(Keeper, at))
        )
        found |= set(session().scalars(kept))
    return frozenset(found - {person_id})


def is_below(one: int, other: int) -> bool:
    """Whether `one` is subordinate to `other`: on a lower rung, or decides where `other` stands above."""
    if one in people_below(other):
        return True
    mine, theirs = staff_of(one), staff_of(other)
    if mine is None or theirs is None:
        return False
    theirs_held, mine_held = posts_of(theirs), posts_of(mine)
    if any(post.role in ABOVE for post in theirs_held):
        return not any(post.role in ABOVE for post in mine_held)
    # a post of the whole town stands over the same post of one community
    of_all = any(post.role in DECIDING and post.communities is None for post in theirs_held)
    return of_all and mine.community_id is not None


def judges(person_id: int, community_id: int | None) -> list[int]:
    """Who may rule on this person's appeal: who decides there, is not the person and not below; where there
    is nobody such, street and town, whichever community their posts name."""
    near = [one for one in deciding(community_id) if _is_free(one, person_id)]
    return near or [one for one in above(community_id) if _is_free(one, person_id)]


def may_rule(one: int, person_id: int, community_id: int | None) -> bool:
    if not _is_free(one, person_id):
        return False
    return decides(one, community_id) or one in judges(person_id, community_id)


def _is_free(one: int, person_id: int) -> bool:
    return one != person_id and not is_below(one, person_id)
