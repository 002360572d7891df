"""What was ruled about a case that a department did not want (models/whistle/referring.py): read from its steps."""

from sqlalchemy import select

from models.base.orm import session
from models.history import Step


def is_ruled_to(case_id: int, person_id: int) -> bool:
    """Whether the last ruling says that this person's department keeps it: that is final."""
    query = select(Step.facts).where(
        Step.about_kind == "case", Step.about_id == case_id, Step.what == "referral_ruled"
    )
    facts = session().scalars(query.order_by(Step.id.desc()).limit(1)).first()
    return facts is not None and facts["ruling"] == "stays" and person_id in facts["people"]
