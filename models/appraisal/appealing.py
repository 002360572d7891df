"""申诉: nothing follows from a colour before its time for an appeal is over or somebody else has ruled.

Amber stays between hemei and the person until then; a red that stands is told to whoever answers for the
person. Nothing else follows by itself, least of all anybody's pay.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import exists, select

from models.appraisal.colouring import ABOUT, appeal_until
from models.appraisal.ranks import judges, leaders_of, may_rule
from models.appraisal.rules import GREEN, RED, Rule, from_json
from models.appraisal.tables import Appeal, StaffWarning
from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.links import personal_path
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.duty.answering import answerer
from models.history import record
from models.indicator.removing import rules as removal_rules
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane, Letter

UPHELD, DISMISSED = "upheld", "dismissed"
TAKEN_OUT = "taken_out"  # what stands of a colour that does not stand
MOST = 500  # characters


def stands(rule: Rule, colour: str, cases: Sequence[Sequence[int]], appeal: Appeal | None) -> str:
    """What is left of a colour: itself; without the cases that were taken out what the rule says of the rest;
    or nothing. Pure."""
    if appeal is None or appeal.ruling != UPHELD:
        return colour
    if not appeal.taken_out:
        return TAKEN_OUT
    left = [(over, under) for case, over, under in cases if case not in appeal.taken_out]
    return rule.colour(sum(over for over, _ in left), sum(under for _, under in left)) or TAKEN_OUT


def appeal(warning_id: int, person_id: int, text: str) -> bool:
    """False when it was made before. Raises NotFound for a colour that is not this person's; NotAllowed:
    appeal_over; Invalid: appeal_words."""
    warning = _held(warning_id)
    if warning.person_id != person_id:
        raise NotFound("colour_not_found")
    if appeal_of(warning_id) is not None:
        return False
    if warning.final_at is not None or warning.colour == GREEN or _is_late(warning, now()):
        raise NotAllowed("appeal_over")
    text = text.strip()[:MOST]
    if not text:
        raise Invalid("appeal_words")
    put(Appeal, warning_id=warning_id, text=text, at=now(), taken_out=[])
    record((ABOUT, warning_id), "appealed", by=By.staff(person_id), at=now())
    _tell_judges(warning, judges(person_id, warning.community_id))
    return True


def tell_above(after: int = 0) -> int:
    """The clock: of the open appeal after this number, whoever may rule now hears of it where all who heard
    of it may do so no more. Gives its number, 0 after the last."""
    query = select(Appeal).where(Appeal.ruled_at.is_(None), Appeal.id > after).order_by(Appeal.id).limit(1)
    found = session().scalars(query).first()
    if found is None:
        return 0
    warning = _held(found.warning_id)
    heard = select(Letter.to_id).where(
        Letter.about_kind == ABOUT, Letter.about_id == warning.id, Letter.kind == "appeal_waits"
    )
    several = judges(warning.person_id, warning.community_id)
    if set(session().scalars(heard)).isdisjoint(several):
        _tell_judges(warning, several)
    return found.id


def rule_on(
    warning_id: int, by: By, *, upheld: bool, reason: str, rule: str = "", cases: Collection[int] = ()
) -> bool:
    """The ruling, which is final. Upheld, it takes out `cases`, or without any the whole colour, by a rule of
    labels/removal_rules.toml. False when it was ruled before.

    Raises NotAllowed for the person, for whoever stands below or does not decide there; NotFound; Invalid:
    appeal_reason, removal_unknown, appeal_cases (one that the number does not open to).
    """
    warning = _held(warning_id)
    found = appeal_of(warning_id)
    if found is None:
        raise NotFound("colour_not_found")
    if by.id is None or not may_rule(by.id, warning.person_id, warning.community_id):
        raise NotAllowed("appeal_not_yours")
    if found.ruled_at is not None:
        return False
    reason = reason.strip()[:MOST]
    if not reason:
        raise Invalid("appeal_reason")
    if upheld and rule not in removal_rules():
        raise Invalid("removal_unknown")
    if not set(cases) <= {case for case, _, _ in warning.cases}:
        raise Invalid("appeal_cases")
    at = now()
    found.ruling, found.ruling_reason, found.ruled_by, found.ruled_at = (
        UPHELD if upheld else DISMISSED,
        reason,
        by.id,
        at,
    )
    found.ruling_rule = rule if upheld else None
    found.taken_out = sorted(cases) if upheld else []
    withdraw((ABOUT, warning_id), "appeal_waits")
    record((ABOUT, warning_id), "ruled", by=by, at=at, ruling=found.ruling)
    _end(warning, found, at)
    tell(
        "appeal_ruled",
        warning.person_id,
        about=(ABOUT, warning_id),
        occasion="ruled",
        lane=Lane.NEWS,
        path=f"{personal_path('desk', warning.person_id)}/own",
        ruling=found.ruling,
        stands=warning.stands,
        reason=reason,
        indicator=from_json(warning.rule).indicator,
        period=warning.period,
    )
    return True


def end_one() -> bool:
    """The clock: a colour whose time for an appeal is over stands as it is. False when there is none."""
    at = now()
    query = (
        select(StaffWarning)
        .where(
            StaffWarning.final_at.is_(None),
            StaffWarning.appeal_until <= at,
            ~exists().where(Appeal.warning_id == StaffWarning.id),
        )
        .order_by(StaffWarning.appeal_until, StaffWarning.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    warning = session().scalars(query).first()
    if warning is None:
        return False
    if appeal_of(warning.id) is None:  # none was made in the moment before its row was ours
        _end(warning, None, at)
    return True


def date_some() -> int:
    """The calendar of a year was entered: until when an appeal is heard follows. How many still wait."""
    query = select(StaffWarning).where(StaffWarning.final_at.is_(None), StaffWarning.appeal_until.is_(None))
    left = 0
    for warning in session().scalars(query.with_for_update(skip_locked=True)):
        days = from_json(warning.rule).appeal_days
        warning.appeal_until = appeal_until(warning.community_id, warning.found_at, days)
        left += warning.appeal_until is None
    return left


def appeal_of(warning_id: int) -> Appeal | None:
    return session().scalars(select(Appeal).where(Appeal.warning_id == warning_id)).first()


def own(person_id: int, most: int = 60) -> Sequence[StaffWarning]:
    """A person's colours, the newest first."""
    query = select(StaffWarning).where(StaffWarning.person_id == person_id)
    return session().scalars(query.order_by(StaffWarning.period.desc(), StaffWarning.code).limit(most)).all()


def to_rule(person_id: int) -> Iterator[tuple[StaffWarning, Appeal]]:
    """Appeals that wait for this person's ruling, oldest first."""
    query = (
        select(StaffWarning, Appeal)
        .join(Appeal, Appeal.warning_id == StaffWarning.id)
        .where(Appeal.ruled_at.is_(None), StaffWarning.person_id != person_id)
    )
    for row in session().execute(query.order_by(Appeal.id)).all():
        if may_rule(person_id, row.StaffWarning.person_id, row.StaffWarning.community_id):
            yield row.StaffWarning, row.Appeal


def _tell_judges(warning: StaffWarning, several: Sequence[int]) -> None:
    who = answerer(warning.person_id)
    for one in several:
        tell(
            "appeal_waits",
            one,
            about=(ABOUT, warning.id),
            occasion="appealed",
            lane=Lane.NEWS,
            path=f"{personal_path('desk', one)}/colours",
            who=who.name if who else None,
            indicator=from_json(warning.rule).indicator,
            period=warning.period,
        )


def _end(warning: StaffWarning, found: Appeal | None, at: datetime) -> None:
    rule = from_json(warning.rule)
    warning.final_at, warning.stands = at, stands(rule, warning.colour, warning.cases, found)
    record((ABOUT, warning.id), "final", by=SYSTEM, at=at, stands=warning.stands)
    who = answerer(warning.person_id)
    if warning.stands != RED or who is None:
        return
    for one in leaders_of(warning.person_id, warning.community_id):
        tell(
            "colour_stands",
            one,
            about=(ABOUT, warning.id),
            occasion="final",
            lane=Lane.NEWS,
            path=f"{personal_path('desk', one)}/colours",
            who=who.name,
            indicator=rule.indicator,
            period=warning.period,
        )


def _is_late(warning: StaffWarning, at: datetime) -> bool:
    return warning.appeal_until is not None and warning.appeal_until <= at


def _held(warning_id: int) -> StaffWarning:
    warning = session().get(StaffWarning, warning_id, with_for_update=True)
    if warning is None:
        raise NotFound("colour_not_found")
    return warning
