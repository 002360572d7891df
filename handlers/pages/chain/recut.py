"""The list of a re-cut on the page of the grids: what it would mean first, then the plan; its withdrawal."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain import grids
from handlers.pages.chain.acting import Work, acted
from handlers.pages.chain.said import day_said
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.wording.grids import faulty
from handlers.wording.problems import spoken
from handlers.words import refusal
from models.base.actor import By
from models.base.refusals import Invalid, NotFound, Refused
from models.grid import recuts
from models.grid.recuts import RecutRefused
from models.joins.recutting import moves, told
from models.person.arriving import Visitor
from models.town import recut_file
from models.town.problems import WorkbookRefused

MOST_BYTES = 8 << 20
MOST_PLAN = 200_000  # characters of a plan on its way back from the preview
_LAST = 2**31 - 1  # the highest number that a row of ours can have


def preview(front: Front, access: Access) -> Response:
    """What a list would mean: buildings, homes and open cases that move; or all that is wrong with it."""
    from_our_own_page()
    with front.database.read():
        visitor = grids.sight_of(access)
    try:
        start, reason = _start(), words("reason", 200)
        draft = recut_file.read(_file())
        with front.database.read():
            plan = recuts.changes(recut_file.plan_of(draft, visitor.community_id), start)
            if not plan:
                raise Invalid("recut_nothing")
            faults = recuts.faults_of(plan, start)
            if faults:
                raise RecutRefused(faults)
            meant = told(moves(plan, start))
    except Refused as refused:
        return _again(front, access, refused)
    facts = {
        "moves": meant,
        "buildings": sum(one["buildings"] for one in meant),
        "cases": sum(one["open_cases"] for one in meant),
        "plan": json.dumps({str(building): grid for building, grid in plan.items()}),
        "on": start.date(),
        "reason": reason,
    }
    return show("chain/recut.html", access=access, recut=facts)


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """Plans what was looked at, or withdraws what is planned."""
    verbs = {"plan": _plan, "withdraw": _withdraw}
    if verb not in verbs:
        raise NotFound("page_not_found")
    with front.database.read():
        grids.sight_of(access)
    try:
        work = verbs[verb]()
    except Refused as refused:
        return _again(front, access, refused)
    return acted(
        front, access, grids.PAGE, f"grids_{verb}", work, lambda refused: _again(front, access, refused)
    )


def _again(front: Front, access: Access, refused: Refused) -> Response:
    wrong: list[str] = []
    if isinstance(refused, RecutRefused):
        wrong = [faulty(one) for one in refused.faults]
    elif isinstance(refused, WorkbookRefused):
        wrong = [spoken(one) for one in refused.problems]
    return grids.shown(front, access, refused.status, error=refusal(refused), wrong=wrong)


def _file() -> bytes:
    sent = request.files.get("list")
    data = sent.stream.read(MOST_BYTES + 1) if sent is not None else b""
    if not data:
        raise Invalid("recut_no_file")
    if len(data) > MOST_BYTES:
        raise Invalid("fees_file_big", limit=MOST_BYTES >> 20)
    return data


def _start() -> datetime:
    start = day_said("on", after=False)
    if start is None:
        raise Invalid("day_wrong")
    return start


def _plan() -> Work:
    start, reason, plan = _start(), words("reason", 200), _typed_plan(words("plan", MOST_PLAN))

    def work(visitor: Visitor) -> Done:
        made = recuts.propose(plan, start, reason, By.staff(visitor.person_id))
        return Done("recut_planned", {"count": sum(len(one.plan) for one in made)})

    return work


def _typed_plan(said: str) -> dict[int, int]:
    """As the preview wrote it; what it may do is looked at when it is planned."""
    try:
        typed: Mapping[str, Any] = json.loads(said)
        plan = {int(building): int(grid) for building, grid in typed.items()}
    except (ValueError, AttributeError, TypeError, OverflowError):
        raise Invalid("recut_no_file") from None
    if any(not 0 < key <= _LAST for pair in plan.items() for key in pair):
        raise Invalid("recut_no_file")
    return plan


def _withdraw() -> Work:
    said, reason = words("item", 9), words("reason", 200)
    if not said.isdecimal():
        raise NotFound("page_not_found")

    def work(visitor: Visitor) -> Done:
        recuts.withdraw(int(said), By.staff(visitor.person_id), reason)
        return Done("recut_withdrawn", {"number": said})

    return work
