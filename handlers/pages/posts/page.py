"""/console/staff: who has which post where and until when; and the forms by which whoever gives posts gives,
prolongs and ends them, enters somebody new, and lets somebody go. What may be is said in
models/joins/appointing.py and staffing.py.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.audit.noting import here, who
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.said import day_said, number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.posts import facts
from handlers.wording.filters import label
from handlers.words import labels
from models.audit.noting import Who
from models.base.clock import local
from models.base.refusals import Invalid, NotFound
from models.base.spreadsheet import Value
from models.joins import appointing, staffing
from models.joins.staffing import Newcomer
from models.person.arriving import Visitor
from models.person.grants import OVER_A_PART
from models.place.gazetteer import town

PAGE = "staff"
Work = Callable[[Visitor], Done]


def shown(
    front: Front, access: Access, status: int = 200, *, error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """All of them, fifty to a page."""
    said, start = request.args.get("q", "").strip()[:40], request.args.get("from", "")
    with front.database.read():
        by = _giver(access)
        found = facts.listed(by, said, int(start) if start.isdecimal() and len(start) < 7 else 0)
        found |= {"offers": _offers(by)}
    return show("posts/list.html", status, access=access, page=found, error=error, typed=typed or {})


def opened(
    front: Front, access: Access, person: int, status: int = 200, *, error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """One of them, with the forms."""
    with front.database.read():
        by = _giver(access)
        found = facts.one(appointing.seen(person, by)) | {"offers": _offers(by)}
        found |= {"is_me": person == by.by.id}
    return show("posts/one.html", status, access=access, page=found, error=error, typed=typed or {})


def as_excel(front: Front, access: Access) -> Response:
    """Each post in a row: that of the workbook first, then what was granted."""
    titles = labels("posts")["sheet"]
    with front.database.read():
        rows = list(_rows(_giver(access)))
    return excel(front, access, titles["title"], [(titles["title"], iter([titles["headings"], *rows]))])


def enter(front: Front, access: Access) -> AnyResponse:
    """Somebody new, with a number."""
    origin = here()
    said = Newcomer(
        number=words("number", staffing.NUMBER),
        name=words("name", staffing.NAME),
        roles=_roles(),
        community_id=number_said("community") or None,
        phone=words("phone", 20) or None,
        employer=words("employer", staffing.EMPLOYER) or None,
        userid=words("userid", 64) or None,
    )
    why = words("reason", appointing.REASON)

    def work(visitor: Visitor) -> Done:
        by = _must_give(visitor, origin)
        staffing.enter(said, by, why)
        return Done("staff_entered", {"name": said.name})

    return acted(front, access, PAGE, "posts_enter", work, once_more(shown, front, access))


def act(front: Front, access: Access, person: int, verb: str) -> AnyResponse:
    """A post of one of them."""
    if verb not in VERBS:
        raise NotFound("page_not_found")
    with front.database.read():
        appointing.seen(person, _giver(access))
    again = once_more(opened, front, access, person)
    try:
        work = VERBS[verb](person, here())
    except Invalid as refused:
        return again(refused)
    page = PAGE if verb == "leave" else f"{PAGE}/{person}"
    return acted(front, access, page, f"posts_{verb}", work, again)


def _give(person: int, origin: str | None) -> Work:
    role, where, why = words("role", 40), words("part", 40), words("reason", appointing.REASON)
    since, until = day_said("since", after=False), day_said("until")

    def work(visitor: Visitor) -> Done:
        by, part = _must_give(visitor, origin), facts.part_said(where)
        if part is None:
            raise Invalid("post_part")
        appointing.give(person, role, part, by, since=since, until=until, reason=why)
        return Done("post_given", {})

    return work


def _prolong(person: int, origin: str | None) -> Work:
    until, why, item = day_said("until"), words("reason", appointing.REASON), number_said("item")

    def work(visitor: Visitor) -> Done:
        appointing.prolong(_of(person, item), until, _must_give(visitor, origin), why)
        return Done("post_prolonged", {})

    return work


def _end(person: int, origin: str | None) -> Work:
    why, item = words("reason", appointing.REASON), number_said("item")

    def work(visitor: Visitor) -> Done:
        is_new = appointing.end(_of(person, item), _must_give(visitor, origin), why)
        return Done("post_ended" if is_new else "post_ended_before", {})

    return work


def _reassign(person: int, origin: str | None) -> Work:
    roles, community = _roles(), number_said("community") or None
    why = words("reason", appointing.REASON)

    def work(visitor: Visitor) -> Done:
        staffing.reassign(person, roles, community, _must_give(visitor, origin), why)
        return Done("staff_reassigned", {})

    return work


def _leave(person: int, origin: str | None) -> Work:
    why = words("reason", appointing.REASON)

    def work(visitor: Visitor) -> Done:
        staffing.let_go(person, _must_give(visitor, origin), why)
        return Done("staff_left", {})

    return work


VERBS: Mapping[str, Callable[[int, str | None], Work]] = {
    "give": _give,
    "prolong": _prolong,
    "end": _end,
    "reassign": _reassign,
    "leave": _leave,
}


def _of(person: int, grant: int) -> int:
    """A post of this person and of nobody else: the page's address says whose."""
    if grant not in {one.id for one in appointing.granted_to([person])}:
        raise NotFound("post_not_found")
    return grant


def _roles() -> list[str]:
    return [one[:40] for one in request.form.getlist("roles")[:20]]


def _giver(access: Access) -> Who:
    return _must_give(staff_of_link(access), None)


def _must_give(visitor: Visitor, origin: str | None) -> Who:
    """Raises NotFound for whoever gives no post anywhere."""
    by = who(visitor, origin)
    if appointing.giving_over(by) == frozenset():
        raise NotFound("page_not_found")
    return by


@dataclass(frozen=True, slots=True)
class Offers:
    """What this giver may choose from."""

    roles: list[str]  # over a part
    written: list[str]  # of the workbook
    parts: list[dict[str, Any]]
    communities: list[tuple[int, str]]
    everywhere: bool


def _offers(by: Who) -> Offers:
    over, roles = appointing.giving_over(by), appointing.roles_to_give(by)
    known = town().communities
    mine = sorted((key, name) for key, name in known.items() if over is None or key in over)
    plain = [one for one in labels("roles") if one not in OVER_A_PART]
    return Offers(roles, [*plain, *roles], facts.parts(over), mine, over is None)


def _rows(by: Who) -> Iterator[list[Value]]:
    kinds = labels("post_parts")
    for one in facts.everybody(by):
        head: list[Value] = [one["number"], one["name"], one["employer"]]
        for role in one["roles"]:
            where = one["community"] or (kinds["town"] if one["is_wide"] else None)
            yield [*head, label(role, "roles"), where, None, None, None]
        for grant in one["grants"]:
            where = f"{kinds[grant['kind']]}{grant['part']}"
            yield [*head, label(grant["role"], "roles"), where, *_term(grant), grant["reason"]]


def _term(grant: Mapping[str, Any]) -> list[Value]:
    return [local(grant["since"]).date(), grant["last_day"]]
