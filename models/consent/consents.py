"""Notices about personal data and the answers to them (X01–X03; PIPL articles 14–17, 29).

A kind has one version in force, that of templates/consents.toml. The kind `basic` comes before anything is
kept; the others each ask for one purpose when it comes up, and to refuse one closes nothing else. Whoever
refused is not asked again for thirty days, also not because of a new version.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import put, session
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.base.resources import table
from models.consent.tables import ConsentAnswer

BASIC = "basic"
ASKED_AGAIN = timedelta(days=30)


class Standing(NamedTuple):
    """`state`: due (may be asked now), given, refused (and nobody asks); `at`: of the answer that holds."""

    kind: str
    version: str
    is_required: bool
    state: str
    at: datetime | None


def kinds() -> Mapping[str, Mapping[str, Any]]:
    """kind → version, required, scope, title and text, in the order of the file."""
    return table("consents.toml")


def standings(person_id: int | None) -> list[Standing]:
    """All kinds; None for somebody of whom nothing is kept."""
    last = _last(person_id) if person_id is not None else {}
    return [_standing(kind, said, last.get(kind)) for kind, said in kinds().items()]


def is_given(person_id: int, kind: str) -> bool:
    """Whether what this kind is about may be done with this person's data now."""
    said = kinds()[kind]
    query = (
        select(ConsentAnswer.given, ConsentAnswer.version)
        .where(ConsentAnswer.person_id == person_id, ConsentAnswer.kind == kind)
        .order_by(ConsentAnswer.at.desc(), ConsentAnswer.id.desc())
        .limit(1)
    )
    row = session().execute(query).first()
    return row is not None and row.given and row.version == said["version"]


def answer(person_id: int, kind: str, version: str, given: bool) -> bool:
    """Keeps it; False when this was the answer already. Raises NotFound; NotAllowed: consent_changed for a
    version that is not in force."""
    require(kind, version)
    last = _last(person_id).get(kind)
    if last is not None and last.given is given and last.version == version:
        return False
    put(
        ConsentAnswer, person_id=person_id, kind=kind, version=version, scope=str(kinds()[kind]["scope"]),
        given=given, at=now(),
    )  # fmt: skip
    return True


def require(kind: str, version: str) -> None:
    """Raises as `answer`."""
    said = kinds().get(kind)
    if said is None:
        raise NotFound("no_such_consent")
    if not version:
        raise Invalid("consent_changed")
    if said["version"] != version:
        raise NotAllowed("consent_changed")


def join(old: int, into: int) -> None:
    """Two records are one person: what the younger one answered last counts where it is newer."""
    mine = update(ConsentAnswer).where(ConsentAnswer.person_id == old)
    session().execute(mine.values(person_id=into).execution_options(synchronize_session=False))


def _standing(kind: str, said: Mapping[str, Any], last: ConsentAnswer | None) -> Standing:
    version, required = str(said["version"]), bool(said["required"])
    if last is None:
        return Standing(kind, version, required, "due", None)
    if last.given:
        state = "given" if last.version == version else "due"
    else:
        state = "refused" if now() - last.at < ASKED_AGAIN and not required else "due"
    return Standing(kind, version, required, state, last.at)


def _last(person_id: int) -> dict[str, ConsentAnswer]:
    rows = session().scalars(
        select(ConsentAnswer)
        .where(ConsentAnswer.person_id == person_id)
        .order_by(ConsentAnswer.at, ConsentAnswer.id)
    )
    return {row.kind: row for row in rows}
