"""当场解决 (row 10): opened and said to be done in one breath, with one photo; its people are asked like all
others."""

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.refusals import Invalid, NotAllowed
from models.case import reach
from models.case.case import Case
from models.case.finishing import SILENCE_DAYS
from models.case.lifecycle import UNTAKEN, State
from models.case.reporting import begin_on_the_spot
from models.case.tables import TEXT_LIMIT
from models.duty.overseeing import watches
from models.person.arriving import staff_of
from models.place.spot import Spot


def begin(
    *,
    text: str,
    category: str | None,
    spot: Spot,
    by: int,
    reporter: int | None = None,
    source: str = "patrol",
) -> Case:
    """The case, ours until the commit; its photo is kept next, then `solve`. Raises NotAllowed for a place of
    another community, where nobody would look at it: spot_elsewhere; Invalid: text_missing, place_missing."""
    staff = staff_of(by)
    if staff is None or not watches(staff.community_id, spot.community_id):
        raise NotAllowed("spot_elsewhere")
    text = text.strip()
    if not text:
        raise Invalid("text_missing")
    if not spot.is_known:
        raise Invalid("place_missing")
    case_id = begin_on_the_spot(
        text=text,
        category=category or "other",
        urgency="normal",
        spot=spot,
        by=By.staff(by),
        reporter=reporter,
        source=source,
    )
    return reach.hold(case_id)


def solve(case: Case, by: int, text: str = "", *, silence_days: int = SILENCE_DAYS) -> None:
    """Says that it is done, on the spot: always with its photo. Where there is nobody to ask, it is closed at
    once, and counted as asked of nobody, never as a nod."""
    if case.route != "spot" or State(case.state) not in UNTAKEN or case.entered_by != by:
        raise NotAllowed("not_yours_to_finish", number=case.number)
    if not case.has_finish_photo():
        raise Invalid("photo_needed", number=case.number)
    case._claim(
        "mended",
        By.staff(by),
        now(),
        silence_days=silence_days,
        text=(text.strip() or case.text)[:TEXT_LIMIT],
        level="spot",
    )
    if not case.concerned() and case.caller_sealed is None:
        case._close("unasked", SYSTEM)
