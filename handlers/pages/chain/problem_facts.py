"""What the pages of problems show: the rates, what waits, one problem with its cases and its story."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from handlers.pages.access import case_at
from handlers.pages.case_facts import estates
from handlers.pages.story import staff_name
from handlers.wording.filters import share
from handlers.words import labels
from models.base.clock import local, now
from models.base.orm import session
from models.base.privacy import without_phones
from models.base.resources import table
from models.base.spreadsheet import Rows, Value
from models.case.case import Case
from models.case.reach import visible_to
from models.duty.overseeing import DECIDING, OVERSEEING, decides
from models.history import Step, steps_about
from models.person.arriving import Visitor
from models.problem import keeping
from models.problem.figures import Rate, rates
from models.problem.listing import cases_of, counts, line, listed, waiting_for_owner, waiting_in
from models.problem.tables import Problem

SHOWN = 50


def seen_by(visitor: Visitor) -> list[Problem]:
    """Those of whoever oversees, else those that this person owns."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return list(listed(owner_id=visitor.person_id))
    return list(listed(visitor.community_id))


def waiting(visitor: Visitor) -> int | None:
    """What somebody has to decide on: proposed, or its day has come; None for whoever sees none."""
    if not visitor.is_staff:
        return None
    if DECIDING.isdisjoint(visitor.roles):
        owned, due = waiting_for_owner(visitor.person_id)
        return due if owned or not OVERSEEING.isdisjoint(visitor.roles) else None
    return waiting_in(visitor.community_id)


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/problems.html."""
    today, overseeing = local(now()).date(), not OVERSEEING.isdisjoint(visitor.roles)
    seen = seen_by(visitor)
    many = counts(seen)
    lines = [line(one, many.get(one.id, 0), today) for one in seen]
    found = rates(visitor.community_id) if overseeing else []
    whole = Rate("all", sum(one.put_right for one in found), sum(one.total for one in found))
    return {
        "name": visitor.staff_name,
        "overseeing": overseeing,
        "deciding": not DECIDING.isdisjoint(visitor.roles),
        "rates": [_rate(one) for one in (*found, whole)] if overseeing else [],
        "proposed": [one for one in lines if one["state"] == "proposed"],
        "due": [one for one in lines if one["due"]],
        "open": [one for one in lines if one["state"] == "open" and not one["due"]],
        "over": [one for one in reversed(lines) if one["state"] in ("put_right", "refused")][:SHOWN],
        "estates": estates(visitor) if overseeing else [],
        "categories": list(labels("categories")),
    }


def opened(problem: Problem, visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/problem.html."""
    me, today = visitor.person_id, local(now()).date()
    cases = cases_of(problem)
    seen = set(
        session().scalars(select(Case.id).where(Case.id.in_([one.id for one in cases]), visible_to(visitor)))
    )
    deciding = decides(me, problem.community_id)
    works = deciding or problem.owner_id == me
    moves = set()
    if problem.state == "proposed" and deciding:
        moves |= {"confirm", "refuse"}
    if problem.state == "open" and works:
        moves |= {"keep", "right"}
    if problem.state in keeping.OPEN_STATES and works:
        moves.add("hang")
    return {
        **line(problem, len(cases), today),
        "name": visitor.staff_name,
        "text": problem.text,
        "hanging": [_case(one, visitor, one.id in seen) for one in cases],
        "moves": moves,
        "why": _why(problem),
        "story": [_step(step) for step in steps_about("problem", problem.id)],
        "tomorrow": (today + timedelta(days=1)).isoformat(),
        "year": today.year,
    }


def sheets(visitor: Visitor) -> list[tuple[str, Rows]]:
    """The ledger, its cases and its rates, as the sheets of a file."""
    words, seen = table("labels/problem_words.toml"), seen_by(visitor)
    many, today = counts(seen), local(now()).date()
    kinds, states, categories = words["kinds"], words["states"], labels("categories")
    ledger: list[list[Value]] = [words["headings"]]
    hanging: list[list[Value]] = [words["case_headings"]]
    for problem in seen:
        one = line(problem, many.get(problem.id, 0), today)
        category = categories[one["category"]]["label"] if one["category"] else None
        ledger.append(
            [
                one["number"], kinds[one["kind"]], states[one["state"]], one["title"], one["estate"],
                one["building"], category, one["cases"], one["owner"], problem.next_on, one["yearly_work"],
                one["yearly_on"], words["yes"] if one["due"] else None, one["outcome"],
                _day(problem.proposed_at), _day(problem.confirmed_at), _day(problem.put_right_at),
            ]
        )  # fmt: skip
        hanging += [_case_row(one["number"], case) for case in cases_of(problem)]
    rows: list[list[Value]] = [words["rate_headings"]]
    for rate in rates(visitor.community_id):
        rows.append([kinds[rate.kind], rate.put_right, rate.total, _percent(rate), rate.left])
    return [(words["sheet"], ledger), (words["cases_sheet"], hanging), (words["rate_sheet"], rows)]


def _percent(rate: Rate) -> str:
    return "—" if rate.tenths is None else share(rate.tenths)


def _rate(one: Rate) -> dict[str, Any]:
    return {**one._asdict(), "left": one.left, "tenths": one.tenths}


def _case(case: Case, visitor: Visitor, sees: bool) -> dict[str, Any]:
    """An owner who may not open it reads its number and house, and nobody's words or room."""
    return {
        "number": case.number,
        "state": case.state,
        "place": case.spot.facts() | ({} if sees else {"floor": None, "room": None}),
        "text": without_phones(case.text) if sees else "",
        "reported_at": case.reported_at,
        "path": case_at(case.id) if sees else None,
    }


def _case_row(number: str, case: Case) -> list[Value]:
    label = labels("categories")[case.category]["label"] if case.category else None
    states = labels("case_phases")
    place = case.spot
    return [
        number,
        case.number,
        states[case.state],
        place.estate,
        place.building,
        label,
        _day(case.reported_at),
    ]


def _why(problem: Problem) -> dict[str, Any] | None:
    """Why hemei proposed it."""
    found = next((step for step in steps_about("problem", problem.id) if step.what == "suggested"), None)
    return dict(found.facts) if found is not None else None


def _step(step: Step) -> dict[str, Any]:
    facts = dict(step.facts)
    who = staff_name(step.by_id)
    return {"what": step.what, "at": step.at, "who": who, **facts, "owner": staff_name(facts.get("owner"))}


def _day(moment: Any) -> date | None:
    return local(moment).date() if moment is not None else None
