"""/console/own and /console/colours: somebody's own figures and colours, with an appeal; and what a
leader sees: what stands, and the appeals that wait for a ruling.
"""

from collections.abc import Mapping

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.chain import colour_facts as facts
from handlers.pages.chain.acting import acted, excel, once_more
from handlers.pages.chain.sight import staff_of_link
from handlers.pages.forms import bare_number, words
from handlers.pages.front import Front, show
from handlers.pages.links import Done
from handlers.words import labels
from models.appraisal import appealing, looking
from models.base.actor import By
from models.base.checkdigit import without_check
from models.base.clock import now
from models.base.refusals import Invalid, NotFound
from models.person.arriving import Visitor

OWN, COLOURS = "own", "colours"
IN_FILE = ("period", "who", "indicator", "said", "stands_in_words", "formulas")


def own(
    front: Front, access: Access, status: int = 200, *, error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """Somebody's own colours and figures; nobody else opens this."""
    with front.database.read():
        found = facts.own(staff_of_link(access))
    return show("chain/own.html", status, access=access, page=found, error=error, typed=typed or {})


def shown(
    front: Front, access: Access, status: int = 200, *, error: str | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """What stands of the people below, and what is to be ruled on."""
    with front.database.read():
        found = facts.leader(_leader(access))
    return show("chain/colours.html", status, access=access, page=found, error=error, typed=typed or {})


def opened(front: Front, access: Access, number: int) -> Response:
    """The cases behind a colour, as far as this person may see them."""
    with front.database.read():
        visitor = staff_of_link(access)
        warning = looking.find(number, visitor)
        if warning is None:
            raise NotFound("page_not_found")
        found = {**facts.colour(warning), "cases": facts.cases(warning, visitor), "name": visitor.staff_name,
                 "is_own": warning.person_id == visitor.person_id}  # fmt: skip
    return show("chain/colour.html", access=access, page=found)


def appeal(front: Front, access: Access, number: int) -> AnyResponse:
    text = words("text", 500)

    def work(visitor: Visitor) -> Done:
        fresh = appealing.appeal(number, visitor.person_id, text)
        return Done("appeal_made" if fresh else "appeal_made_before", {})

    again = once_more(own, front, access)
    return acted(front, access, OWN, "appeal", work, again)


def rule(front: Front, access: Access, number: int) -> AnyResponse:
    """The ruling: the cases that are taken out are named by their numbers, none for the whole colour."""
    upheld, reason = words("ruling", 20) == appealing.UPHELD, words("reason", 500)
    code, cases = words("rule", 40), words("cases", 500)

    def work(visitor: Visitor) -> Done:
        if looking.find(number, visitor) is None:
            raise NotFound("page_not_found")
        by = By.staff(visitor.person_id)
        fresh = appealing.rule_on(number, by, upheld=upheld, reason=reason, rule=code, cases=_numbers(cases))
        return Done("appeal_ruled" if fresh else "appeal_ruled_before", {})

    again = once_more(shown, front, access)
    return acted(front, access, COLOURS, "rule", work, again)


def as_excel(front: Front, access: Access) -> Response:
    with front.database.read():
        visitor, titles = _leader(access), labels("appraisal_sheets")
        month = facts.month_said()
        rows = [titles["colour_headings"]]
        for one in looking.standing(visitor, month) if month else ():
            found = facts.colour(one)
            rows.append([found[name] for name in IN_FILE])
        return excel(front, access, titles["colours"], [(titles["colours"], rows)])


def waiting_own(visitor: Visitor) -> int | None:
    """Own colours about which one may still say something."""
    at = now()
    return sum(facts.may_appeal(one, at) for one in appealing.own(visitor.person_id, 20))


def waiting(visitor: Visitor) -> int | None:
    """Appeals to be ruled on; None for who leads nobody."""
    count = sum(1 for _ in appealing.to_rule(visitor.person_id))
    return count if count or looking.sees(visitor) else None


def _leader(access: Access) -> Visitor:
    visitor = staff_of_link(access)
    if waiting(visitor) is None:
        raise NotFound("page_not_found")
    return visitor


def _numbers(said: str) -> list[int]:
    """Case numbers as people write them into one field. Raises Invalid for one that is none."""
    found = []
    for one in said.replace("、", " ").replace("，", " ").replace(",", " ").split():
        key = without_check(bare_number(one))
        if key is None:
            raise Invalid("appeal_cases")
        found.append(key)
    return found
