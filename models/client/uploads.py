"""Photos on their way here: announced, sent in pieces, whole, part of something."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from models.base.clock import now
from models.base.orm import public_id, put, session
from models.base.refusals import NotAllowed, NotFound
from models.client.tables import Upload

MOST_OPEN = 20  # of one person, not yet part of anything
LASTS = timedelta(days=1)  # since something of it came
OPEN, KEPT, USED, REFUSED = "open", "kept", "used", "refused"


def announce(person_id: int, size: int) -> str:
    """The id under which it may be sent. Raises NotAllowed: too_many_uploads."""
    waiting = select(func.count(Upload.id)).where(
        Upload.person_id == person_id, Upload.state.in_((OPEN, KEPT)), Upload.touched_at > now() - LASTS
    )
    if session().execute(waiting).scalar_one() >= MOST_OPEN:
        raise NotAllowed("too_many_uploads")
    name, at = public_id(), now()
    put(
        Upload, public_id=name, person_id=person_id, size=size, received=0, state=OPEN, made_at=at,
        touched_at=at,
    )  # fmt: skip
    return name


def of(person_id: int, name: str, *, hold: bool = False) -> Upload:
    """One's own. Raises NotFound."""
    query = select(Upload).where(Upload.public_id == name, Upload.person_id == person_id)
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session().scalars(query).first()
    if found is None:
        raise NotFound("upload_not_found")
    return found


def came(person_id: int, name: str, offset: int, count: int) -> int:
    """So many bytes came from this offset on, and are on the disk; how many there are now. Raises NotAllowed:
    upload_offset when others came meanwhile."""
    changed = (
        update(Upload)
        .where(Upload.public_id == name, Upload.person_id == person_id, Upload.state == OPEN)
        .where(Upload.received == offset, Upload.size >= offset + count)
        .values(received=offset + count, touched_at=now())
        .execution_options(synchronize_session=False)
    )
    if not session().execute(changed).rowcount:  # type: ignore[attr-defined]
        raise NotAllowed("upload_offset")
    return offset + count


def settle(person_id: int, name: str, state: str, file: str | None = None) -> bool:
    """Whole and kept as `file`, or refused; False when that was said already."""
    changed = (
        update(Upload)
        .where(Upload.public_id == name, Upload.person_id == person_id, Upload.state == OPEN)
        .values(state=state, file=file, touched_at=now())
        .execution_options(synchronize_session=False)
    )
    return bool(session().execute(changed).rowcount)  # type: ignore[attr-defined]


def use(person_id: int, names: Sequence[str]) -> list[str]:
    """Their files, in this order: from now on they are part of something. Raises NotFound with `place`, the
    number in the list, for what is not there, not whole, or part of something already."""
    files = []
    for place, name in enumerate(names):
        query = select(Upload).where(Upload.public_id == name, Upload.person_id == person_id)
        found = session().scalars(query.with_for_update().execution_options(populate_existing=True)).first()
        if found is None or found.state != KEPT or found.file is None:
            raise NotFound("upload_not_found", place=place)
        found.state = USED
        files.append(found.file)
        session().flush()
    return files


def forget_old(most: int = 100) -> tuple[int, list[str], list[str]]:
    """Removes what is a day old: how many, the names of those that were never part of anything, and their
    files."""
    query = select(Upload).where(Upload.touched_at < now() - LASTS).order_by(Upload.id).limit(most)
    gone = session().scalars(query.with_for_update(skip_locked=True)).all()
    names = [one.public_id for one in gone if one.state != USED]
    files = [one.file for one in gone if one.state != USED and one.file is not None]
    session().execute(delete(Upload).where(Upload.id.in_([one.id for one in gone])))
    return len(gone), names, files


def known(names: Sequence[str]) -> set[str]:
    """Those of these names that somebody may still be sending."""
    return set(session().scalars(select(Upload.public_id).where(Upload.public_id.in_(names))))
