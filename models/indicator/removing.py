"""剔除: a case does not count in an indicator, by a rule, with a reason, and when a second person agrees."""

from collections.abc import Iterator, Sequence

from sqlalchemy import and_, select

from models.base.actor import By
from models.base.clock import now
from models.base.orm import put, session
from models.base.planning import beside
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.case.case import Case
from models.duty.overseeing import decides, oversees
from models.history import Step
from models.indicator.counting import Removed
from models.indicator.formulas import RATES
from models.indicator.tables import Removal

EVERY = "all"
THREE = ("response_rate", "solution_rate", "content_rate")
FAMILIES = {"three_rates": THREE}


def removed() -> Removed:
    """(case, indicator) of all that two persons agreed to leave out."""
    rows = session().execute(select(Removal.case_id, Removal.indicator).where(Removal.agreed_at.is_not(None)))
    return frozenset(
        (row.case_id, "" if code == EVERY else code)
        for row in rows
        for code in FAMILIES.get(row.indicator, (row.indicator,))
    )


def rules() -> Sequence[str]:
    """Codes of labels/removal_rules.toml: nothing is taken out for any other cause."""
    return list(table("labels/removal_rules.toml"))


def propose(case: Case, indicator: str, rule: str, reason: str, by: By) -> Removal:
    """`indicator`: a rate, three_rates, or all. Raises NotAllowed for who does not decide there and for who
    works on the case; Invalid without a rule or a reason."""
    _must_decide(case, by)
    if indicator not in (*RATES, *FAMILIES, EVERY) or rule not in rules():
        raise Invalid("removal_unknown")
    reason = reason.strip()
    if not reason:
        raise Invalid("reason_needed", number=case.number)
    assert by.id is not None
    waiting = select(Removal).where(
        Removal.case_id == case.id, Removal.indicator == indicator, Removal.refused_at.is_(None)
    )
    if (same := session().scalars(waiting).first()) is not None:
        return same
    key = put(
        Removal, case_id=case.id, indicator=indicator, rule=rule, reason=reason[:500], by_id=by.id, at=now()
    )
    return session().get_one(Removal, key)


def settle(removal_id: int, by: By, *, agrees: bool) -> bool:
    """The second person's word. False when it was settled before; raises NotFound for who does not oversee
    the case's community, NotAllowed for who does not decide there and for the first person."""
    removal = session().get(Removal, removal_id, with_for_update=True)
    case = session().get_one(Case, removal.case_id) if removal is not None else None
    if removal is None or case is None or not oversees(by.id, case.community_id):
        raise NotFound("removal_not_found")
    _must_decide(case, by)
    if removal.by_id == by.id:
        raise NotAllowed("removal_by_two")
    if removal.agreed_at is not None or removal.refused_at is not None:
        return False
    removal.agreed_by = by.id
    if agrees:
        removal.agreed_at = now()
    else:
        removal.refused_at = now()
    return True


def waiting(community_id: int | None) -> Sequence[Removal]:
    """Proposed and not settled, of a community (None: everywhere), oldest first."""
    query = select(Removal).where(Removal.agreed_at.is_(None), Removal.refused_at.is_(None))
    if community_id is not None:
        here = beside(Case.community_id == community_id)
        query = query.join(Case, and_(Case.id == Removal.case_id, here))
    return session().scalars(query.order_by(Removal.id)).all()


def everything() -> Iterator[Removal]:
    """All that was ever proposed, oldest first."""
    yield from session().scalars(select(Removal).order_by(Removal.id).execution_options(yield_per=500))


def _must_decide(case: Case, by: By) -> None:
    """Whoever has it or ever said that it is done is counted by it, and says nothing about its removal."""
    done = select(Step.by_id).where(
        Step.about_kind == "case", Step.about_id == case.id, Step.what == "finished"
    )
    worked = {case.taker_id, *session().scalars(done)}
    if by.id in worked or not decides(by.id, case.community_id):
        raise NotAllowed("not_yours_to_remove", number=case.number)
