"""Whether a department may give a case back that was handed to it: read from the steps of its hand-over
(models/whistle/referring.py), because a dispute is heard once and its ruling is final."""

from sqlalchemy import select

from models.base.orm import session
from models.history import Step


def is_held_to(case_id: int, person_id: int) -> str | None:
    """Why this person, who speaks for the department, cannot just give it back: dispute_instead,
    ruling_final. None for everybody else."""
    query = select(Step.what, Step.facts).where(
        Step.about_kind == "case", Step.about_id == case_id, Step.what.in_(("referred", "referral_ruled"))
    )
    last = session().execute(query.order_by(Step.id.desc()).limit(1)).first()
    if last is None or person_id not in last.facts["people"]:
        return None
    if last.what == "referred":
        return "dispute_instead"
    return "ruling_final" if last.facts["ruling"] == "stays" else None
