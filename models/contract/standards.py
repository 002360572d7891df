"""服务标准: what the fee pays for, in versions that a meeting approved, and how homes find it (row 43)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import put, session, upsert
from models.base.refusals import Invalid, NotAllowed, NotFound
from models.contract.tables import Standard, StandardRating

MOST_LINES = 40
TEXT, CODE = 100, 30
FEWEST = 5  # ratings of which an average is said aloud


class Line(NamedTuple):
    """What is done. `weight` is its part of the fee, against the weights of the others."""

    code: str
    text: str
    weight: int


class Changes(NamedTuple):
    """From one version to the next."""

    added: Sequence[Line]
    removed: Sequence[Line]
    changed: Sequence[tuple[Line, Line]]


class Found(NamedTuple):
    """How homes find a line: their number, and the average in tenths of a star where they are enough."""

    homes: int
    tenths: int | None


def set_standard(estate_id: int, since: date, lines: Sequence[Line], ground: str, by: By) -> int:
    """The version that holds from a month on. Raises Invalid: standard_since (no first of a month),
    standard_ground, standard_lines (none, too many, a code twice, no weight); NotAllowed: standard_holds
    (that day has come, and what homes were told stays)."""
    if since.day != 1:
        raise Invalid("standard_since")
    if not ground.strip():
        raise Invalid("standard_ground")
    fits = all(
        0 < len(one.code) <= CODE and 0 < len(one.text) <= TEXT and 0 <= one.weight <= 10_000 for one in lines
    )
    codes = {one.code for one in lines}
    if not fits or not 0 < len(lines) <= MOST_LINES or len(codes) < len(lines) or not _weighed(lines):
        raise Invalid("standard_lines", most=MOST_LINES)
    query = select(Standard).where(Standard.estate_id == estate_id, Standard.since == since)
    known = session().scalars(query.with_for_update()).first()
    rows = [one._asdict() for one in lines]
    if known is None:
        return put(
            Standard,
            estate_id=estate_id,
            since=since,
            lines=rows,
            ground=ground.strip(),
            by_id=by.id,
            made_at=now(),
        )
    if since <= local(now()).date() and known.lines != rows:
        raise NotAllowed("standard_holds")
    known.lines, known.ground, known.by_id = rows, ground.strip(), by.id
    return known.id


def _weighed(lines: Sequence[Line]) -> bool:
    return sum(one.weight for one in lines) > 0


def versions(estate_id: int) -> Sequence[Standard]:
    """By day, the first first."""
    query = select(Standard).where(Standard.estate_id == estate_id).order_by(Standard.since)
    return session().scalars(query).all()


def in_force(estate_id: int, day: date) -> Standard | None:
    before = [one for one in versions(estate_id) if one.since <= day]
    return before[-1] if before else None


def lines_of(standard: Standard) -> list[Line]:
    return [Line(one["code"], one["text"], one["weight"]) for one in standard.lines]


def changes(before: Standard, after: Standard) -> Changes:
    """What is different, by the codes of the lines."""
    old = {one.code: one for one in lines_of(before)}
    new = {one.code: one for one in lines_of(after)}
    return Changes(
        [one for code, one in new.items() if code not in old],
        [one for code, one in old.items() if code not in new],
        [(old[code], one) for code, one in new.items() if code in old and old[code] != one],
    )


def rate(standard_id: int, line: str, household_id: int, stars: int) -> None:
    """A home says how it finds a line; the last word counts. Raises NotFound: standard_not_found; Invalid:
    grade_range. The caller knows that the home is one of the estate."""
    standard = session().get(Standard, standard_id)
    if standard is None or line not in {one.code for one in lines_of(standard)}:
        raise NotFound("standard_not_found")
    if not 1 <= stars <= 5:
        raise Invalid("grade_range")
    written = upsert(StandardRating).values(
        standard_id=standard_id, line=line, household_id=household_id, stars=stars, at=now()
    )
    one_each = [StandardRating.standard_id, StandardRating.line, StandardRating.household_id]
    session().execute(
        written.on_conflict_do_update(index_elements=one_each, set_={"stars": stars, "at": now()})
    )


def ratings(standard_id: int) -> Mapping[str, Found]:
    """By code of the line. An average of fewer than five would tell of somebody."""
    query = (
        select(StandardRating.line, func.count(StandardRating.id), func.sum(StandardRating.stars))
        .where(StandardRating.standard_id == standard_id)
        .group_by(StandardRating.line)
    )
    return {
        line: Found(count, (20 * int(stars) + count) // (2 * count) if count >= FEWEST else None)
        for line, count, stars in session().execute(query)
    }


def described(standard: Standard) -> dict[str, Any]:
    """As lists show it."""
    return {
        "number": standard.id,
        "since": standard.since.isoformat(),
        "ground": standard.ground,
        "lines": standard.lines,
    }
