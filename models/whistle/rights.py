"""Who may blow, who stands on the whistler's side, and who sees a whistle."""

from models.base.orm import session
from models.case.case import Case
from models.duty import ladder
from models.duty.overseeing import decides, deciding_here, oversees
from models.whistle.departments import spoken_for_by
from models.whistle.reading import called_in, told_of_silence
from models.whistle.tables import Whistle

HEAD = 1  # the rung from which on somebody whistles: a grid worker asks the head


def may_blow(person_id: int, case: Case) -> bool:
    """The community's desk, a head of the case's grid, and whoever stands where the case has climbed to."""
    return (
        decides(person_id, case.community_id) or rung_of(person_id, case) >= HEAD or case.is_above(person_id)
    )


def rung_of(person_id: int, case: Case) -> int:
    """The highest rung that the person holds over the case, -1 for none."""
    posts = ladder.posts(person_id)
    return max((one.rung for one in posts if one.grid_id == case.grid_id), default=-1)


def is_on_whistlers_side(person_id: int, whistle: Whistle) -> bool:
    """Who decides there, the heads of its grid, and who blew it as long as the case stands with that person:
    whoever has changed the post has left the whistle to its successor."""
    if decides(person_id, whistle.community_id) or _is_head(person_id, whistle):
        return True
    return person_id == whistle.by_id and session().get_one(Case, whistle.case_id).is_above(person_id)


def whistlers(whistle: Whistle) -> list[int]:
    """Who hears what becomes of it: who blew it, else whoever decides there now."""
    if is_on_whistlers_side(whistle.by_id, whistle):
        return [whistle.by_id]
    return deciding_here(whistle.community_id)


def sees(person_id: int, whistle: Whistle) -> bool:
    """Both sides, those who oversee the community, those above its grid, and whoever was told of silence:
    somebody on shift for a rung on which nobody stands holds none."""
    if is_on_whistlers_side(person_id, whistle) or oversees(person_id, whistle.community_id):
        return True
    mine = spoken_for_by(person_id)
    return any(one.department_id in mine for one in called_in(whistle.id)) or person_id in told_of_silence(
        whistle.id
    )


def _is_head(person_id: int, whistle: Whistle) -> bool:
    return whistle.grid_id is not None and whistle.grid_id in ladder.subtree(person_id, lowest=HEAD)
