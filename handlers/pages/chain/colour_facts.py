"""What the pages of colours show: the own ones with their appeals, those that stand of the people below."""

from typing import Any

from flask import request
from sqlalchemy import select

from handlers.pages.access import case_at
from handlers.pages.story import staff_name
from handlers.wording.filters import label
from handlers.wording.indicators import figure_line, formula, indicator_name
from models.appraisal import appealing, looking
from models.appraisal.own import own_figures
from models.appraisal.rules import GREEN, Rule, from_json
from models.appraisal.tables import Appeal, StaffWarning
from models.base.checkdigit import with_check
from models.base.clock import now
from models.base.orm import session
from models.case.case import Case
from models.case.reach import visible_to
from models.indicator.asking import TOWN, view_of
from models.indicator.figures import Figure
from models.indicator.formulas import RATES
from models.indicator.period import months_to, named, this_month
from models.indicator.removing import rules as removal_rules
from models.person.arriving import Visitor

FIGURES = (
    "done_rate",
    "prompt_handling_rate",
    "overdue_rate",
    "rework_rate",
    "solution_rate",
    "satisfaction_rate",
    "minutes_to_accept",
    "minutes_to_mend",
)
MONTHS = 12


def own(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/own.html."""
    me, at = visitor.person_id, now()
    periods = [one.name for one in reversed(months_to(this_month(at), MONTHS))]
    chosen = request.args.get("period", "")[:10]
    period = named(chosen) if chosen in periods else this_month(at)
    found = own_figures(me, period)
    settings = view_of(period, TOWN, at).settings
    every = {one.code: one for one in found.every}
    return {
        "name": visitor.staff_name,
        "period": period.name,
        "periods": periods,
        "figures": [
            figure_line(every[code], found, settings.least) | {"formula": formula(code, settings)}
            for code in FIGURES
        ],
        "formulas": settings.version,
        "colours": [
            {
                **colour(one),
                "may_appeal": may_appeal(one, at),
                "appeal": _appeal(appealing.appeal_of(one.id)),
            }
            for one in appealing.own(me)
        ],
    }


def leader(visitor: Visitor) -> dict[str, Any]:
    """For templates/pages/chain/colours.html."""
    months, month = looking.months(MONTHS), month_said()
    return {
        "name": visitor.staff_name,
        "months": months,
        "month": month,
        "counts": looking.counts(visitor, month) if month else {},
        "standing": [colour(one) for one in looking.standing(visitor, month)] if month else [],
        "to_rule": [
            {**colour(warning), "appeal": _appeal(made), "numbers": _bad_ones(warning)}
            for warning, made in appealing.to_rule(visitor.person_id)
        ],
        "rules": removal_rules(),
    }  # fmt: skip


def month_said() -> str | None:
    """The one that was chosen, else the newest that has colours."""
    known = looking.months(MONTHS)
    said = request.args.get("period", "")[:10]
    return said if said in known else next(iter(known), None)


def may_appeal(one: StaffWarning, at: Any) -> bool:
    is_open = one.final_at is None and one.colour != GREEN
    in_time = one.appeal_until is None or at < one.appeal_until
    return is_open and in_time and appealing.appeal_of(one.id) is None


def colour(one: StaffWarning) -> dict[str, Any]:
    rule = from_json(one.rule)
    number = Figure(rule.indicator, one.numerator, one.denominator, rule.scale)
    return {
        "id": one.id,
        "who": staff_name(one.person_id),
        "period": one.period,
        "indicator": indicator_name(rule.indicator),
        "colour": one.colour,
        "stands": one.stands,
        "stands_in_words": label(one.stands, "staff_colours") if one.stands else "",
        "said": number.written(),
        "rule": rule,
        "amber": rule.amber // 10,
        "red": rule.red // 10,
        "until": one.appeal_until,
        "final_at": one.final_at,
        "formulas": one.formulas,
    }


def _appeal(made: Appeal | None) -> dict[str, Any] | None:
    if made is None:
        return None
    return {
        "text": made.text,
        "at": made.at,
        "ruling": made.ruling,
        "rule": made.ruling_rule,
        "reason": made.ruling_reason,
        "by": staff_name(made.ruled_by),
        "taken_out": [with_check(one) for one in made.taken_out or ()],
    }


def cases(warning: StaffWarning, visitor: Visitor) -> list[dict[str, Any]]:
    """Those that pull the figure down first."""
    rule = from_json(warning.rule)
    keys = [one[0] for one in warning.cases]
    seen = set(session().scalars(select(Case.id).where(Case.id.in_(keys), visible_to(visitor))))
    found = [
        {
            "number": with_check(key),
            "path": case_at(key) if key in seen else None,
            "is_bad": _is_bad((key, over, under), rule),
            "said": Figure(rule.indicator, over, under, rule.scale).counted,
        }
        for key, over, under in warning.cases
    ]
    return sorted(found, key=lambda one: not one["is_bad"])


def _is_bad(case: Any, rule: Rule) -> bool:
    _, over, under = case
    return bool(over > 0 if RATES[rule.indicator].less_is_better else over < under * rule.scale)


def _bad_ones(warning: StaffWarning) -> list[str]:
    rule = from_json(warning.rule)
    return [with_check(one[0]) for one in warning.cases if _is_bad(one, rule)]
