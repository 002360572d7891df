"""/console/chain/samples: what a supervisor (监事) has to look at, and what supervisors found (row 12)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access, case_at
from handlers.pages.audit.masks import masked_place
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.said import number_said
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.pages.story import staff_name
from handlers.words import labels
from models.base.clock import SHANGHAI, local, now
from models.base.refusals import NotFound
from models.base.resources import table
from models.base.spreadsheet import Value
from models.case import sampling
from models.case.case import Case
from models.case.sampling import SUPERVISOR, VERDICTS, Found
from models.case.tables import Sample
from models.duty.overseeing import OVERSEEING
from models.person.arriving import Visitor

PAGE = "chain/samples"
DAYS = 90


def shown(
    front: Front,
    access: Access,
    status: int = 200,
    *,
    error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    with front.database.read():
        visitor = staff_of_link(access)
        if waiting(visitor) is None:
            raise NotFound("page_not_found")
        facts = overview(visitor)
    return show("chain/samples.html", status, access=access, samples=facts, error=error, typed=typed or {})


def waiting(visitor: Visitor) -> int | None:
    """How many this supervisor has to look at; None for who oversees nothing."""
    if OVERSEEING.isdisjoint(visitor.roles):
        return None
    return len(sampling.waiting_for(visitor.person_id))


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """What was found, or some more to look at."""
    number, verdict, note = number_said("item"), words("verdict", 20), words("words", 500)

    def settle(visitor: Visitor) -> Done:
        first = sampling.settle(number, visitor.person_id, verdict, note)
        return Done("sample_settled" if first else "sample_settled_already", {})

    def more(visitor: Visitor) -> Done:
        count = sampling.draw_for(visitor.person_id, number)
        return Done("samples_drawn" if count else "samples_none", {"count": count})

    verbs = {"settle": settle, "more": more}
    if verb not in verbs:
        raise NotFound("page_not_found")

    again = once_more(shown, front, access)
    return acted(front, access, PAGE, f"samples_{verb}", verbs[verb], again)


def as_excel(front: Front, access: Access) -> Response:
    """What was drawn and found, one line a sample."""
    with front.database.read():
        visitor = staff_of_link(access)
        if waiting(visitor) is None:
            raise NotFound("page_not_found")
        said = labels("sample_words")
        drawn = sampling.drawn_since(visitor.community_id, _since(now()))
        rows = [said["headings"], *(_row(*one) for one in drawn)]
    return excel(front, access, said["sheet"], [(said["sheet"], rows)])


def overview(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/samples.html."""
    at, me = now(), visitor.person_id
    looking = SUPERVISOR in visitor.roles
    return {
        "name": visitor.staff_name,
        "looking": looking,
        "waiting": [_entry(*one, me) for one in sampling.waiting_for(me)],
        "most": table("rules/sampling.toml")["on_demand_most"],
        "verdicts": VERDICTS,
        "days": DAYS,
        "found": _found(sampling.figures(visitor.community_id, _since(at), at)),
    }


def _entry(sample: Sample, case: Case, me: int) -> dict[str, Any]:
    return {
        "id": sample.id,
        "number": case.number,
        "path": case_at(case.id),
        "place": masked_place(case.spot.facts()),
        "category": case.category,
        "claim": case.claim or "mended",
        "kind": case.close_kind,
        "finish_text": case.finish_text,
        "closed_at": case.closed_at,
        "drawn_at": sample.drawn_at,
    }


def _found(one: Found) -> dict[str, Any]:
    return {**one._asdict(), "looked_at": one.looked_at, "waiting": one.waiting, "tenths": one.tenths}


def _row(sample: Sample, case: Case) -> list[Value]:
    verdict = labels("sample_verdicts")[sample.verdict] if sample.verdict else None
    settled = local(sample.settled_at).date() if sample.settled_at else None
    place, who = case.spot, staff_name(sample.supervisor_id)
    about: list[Value] = [case.number, place.estate, place.building]
    return [*about, local(sample.drawn_at).date(), who, verdict, sample.note, settled]


def _since(at: datetime) -> datetime:
    return datetime.combine(local(at).date() - timedelta(days=DAYS), time(), SHANGHAI)
