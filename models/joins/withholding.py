"""What was not done of the standard and is withheld from bills is something to be done: a case (row 55)."""

from models.base.actor import By
from models.base.orm import session
from models.base.refusals import NotAllowed
from models.case import reporting
from models.case.case import Case
from models.contract import proofs
from models.place.gazetteer import town
from models.understanding import understand
from models.understanding.category import FIXED

OTHERWISE = "facility"  # what no words of the line tell


def check(proof_id: int, by: By, seen: bool | None = None) -> Case | None:
    """The second person has seen what was entered. Of what was not done there is one case from then on, which
    is returned the first time. `seen`: whether it was done, as it was read; a command has none.

    Raises NotFound: proof_not_found; NotAllowed: proof_second, proof_changed (the other way round by now).
    """
    proof = proofs.held(proof_id)
    if seen not in (None, proof.done):
        raise NotAllowed("proof_changed")
    if not proofs.check(proof, by) or proof.done:
        return None
    places = town()
    spot = (
        places.spot_of_building(proof.building_id, how="staff")
        if proof.building_id
        else places.spot_of_estate(proof.estate_id, how="staff")
    )
    if spot is None:
        return None
    text = f"{proofs.text_of(proof)} {proof.month:%Y-%m}: {proof.words or ''}".strip()
    said = understand(text, places.gazetteer).category
    category = said if said is not None and said not in FIXED.values() else OTHERWISE
    case_id, _ = reporting.report(
        text=text, category=category, urgency="normal", spot=spot, source="patrol", by=by
    )
    proof.case_id = case_id
    return session().get_one(Case, case_id)
