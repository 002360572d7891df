"""hemei proposes common problems from clusters of cases, and says which cases and why; a person confirms."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, select

from models.base.actor import SYSTEM
from models.base.checkdigit import with_check
from models.base.clock import local, now
from models.base.links import personal_path
from models.base.orm import session
from models.base.resources import table
from models.case import reach
from models.case.case import Case
from models.case.lifecycle import State
from models.duty.overseeing import deciding_here
from models.history import record
from models.outbox.door import tell
from models.outbox.letter import Lane
from models.place.gazetteer import town
from models.place.tables import Community
from models.problem import keeping
from models.problem.cluster_rules import rules_of
from models.problem.clusters import Cluster, Told, clusters, not_categories
from models.problem.tables import Problem, ProblemCase

NAMED = 5  # titles in a letter; the page behind its link has them all


def suggest_some(after: int = 0) -> int:
    """Those of the community after this number; whoever decides there hears how many. Gives its number, 0
    after the last."""
    query = select(Community.id).where(Community.id > after).order_by(Community.id).limit(1)
    community = session().scalars(query.with_for_update()).first()
    if community is None:
        return 0
    at = now()
    made = [_suggested(one) for one in clusters(_told(community, at), rules_of(community), at)]
    if made:
        day = local(at).date().isoformat()
        for person in deciding_here(community):
            tell(
                "problem_suggested",
                person,
                about=None,
                lane=Lane.NEWS,
                occasion=f"{day}.{community}",
                path=f"{personal_path('desk', person)}/chain/problems",
                count=len(made),
                titles=[one.title for one in made[:NAMED]],
            )
    return community


def _told(community: int, at: datetime) -> list[Told]:
    """What was told of in the longest window and never hung on a problem: what a person refused is not
    proposed again."""
    since = at - timedelta(days=max(rule.days for rule in rules_of(community)))
    query = select(
        Case.id, Case.estate_id, Case.building_id, Case.category, Case.reporter_id, Case.reported_at
    ).where(
        Case.community_id == community,
        Case.reported_at > since,
        Case.state.not_in([State.VOID, State.COLLECTED]),
        Case.estate_id.is_not(None),
        Case.category.is_not(None),
        Case.category.not_in(not_categories()),
        ~exists().where(ProblemCase.case_id == Case.id),
    )
    rows: list[Any] = list(session().execute(query))  # its filters say that place and category are known
    return [Told(*row) for row in rows]


def _suggested(found: Cluster) -> Problem:
    if found.building_id is not None:
        spot = town().spot_of_building(found.building_id)
    else:
        spot = town().spot_of_estate(found.estate_id)
    assert spot is not None
    words = table("labels/problem_words.toml")
    where = words["at_building" if found.building_id else "at_estate"].format(
        estate=spot.estate, building=spot.building
    )
    label = table("labels/categories.toml")[found.category]["label"]
    title = words["suggested"].format(place=where, category=label, count=len(found.cases))
    made = keeping.written("common", title, "", spot, found.category, None)
    record(
        keeping.about(made),
        "suggested",
        by=SYSTEM,
        at=now(),
        cases=[with_check(case) for case in found.cases],
        people=found.people,
        buildings=found.buildings,
        rule=found.rule._asdict(),
    )
    for case in found.cases:
        reach.hold(case)  # nobody hangs it on another problem meanwhile
        if keeping.held_by(case) is None:
            keeping.hung(made, case, SYSTEM)
    return made
