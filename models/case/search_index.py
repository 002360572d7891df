"""The index of words follows the steps: what changes what a case says is a step, and the clock reads on from
the last one that it has read. So no message waits for it, and nothing is forgotten when a process dies.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, delete, func, or_, select

from models.base.clock import now
from models.base.orm import put_once, session, upsert
from models.case import search_sets as sets
from models.case.case import Case
from models.case.search_tables import CaseWords, CaseWordsMark, CaseWordsNew
from models.case.search_text import stretches_of
from models.case.search_units import grams
from models.history.step import Step

AT_ONCE = 200  # cases in one transaction: 0.1 s
STEPS = 400
# A transaction that has taken the number of a step and has not committed for so long has been broken off: a
# request takes seconds, and the database ends who says nothing.
SETTLES = timedelta(minutes=5)
MOST_UNSETTLED = 20_000  # steps; older ones wait until they are settled
_PARAMETERS = 400


def follow() -> bool:
    """Takes the next cases into the index; whether there may be more. Any number may run at once."""
    mark = _mark()
    if mark is None:
        return False
    highest = session().execute(select(func.max(Step.id))).scalar() or 0
    at = now()
    if at - mark.seen_at >= SETTLES:
        mark.settled_step, mark.seen_step, mark.seen_at = mark.seen_step, highest, at
    fresh = _fresh(max(mark.done_step, mark.settled_step, highest - MOST_UNSETTLED))
    if fresh:
        index([one.case_id for one in fresh])
        _remember(fresh)
    return _read_on(mark) or len(fresh) == AT_ONCE


def forget(cases: Sequence[int]) -> None:
    """Takes everything of these out of the index and what they still say into it again: for what was let go
    of without a step."""
    _mark(wait=True)
    blocks: dict[int, int] = {}
    for case in cases:
        blocks[sets.block_of(case)] = blocks.get(sets.block_of(case), 0) | sets.bit_of(case)
    for block, gone in blocks.items():
        kept = {row.gram: sets.read(row.cases) for row in _rows(CaseWords.block == block)}
        changed = {gram: bits & ~gone for gram, bits in kept.items() if bits & gone}
        empty = [gram for gram, bits in changed.items() if not bits]
        for at in range(0, len(empty), _PARAMETERS):
            these = CaseWords.gram.in_(empty[at : at + _PARAMETERS])
            session().execute(delete(CaseWords).where(CaseWords.block == block, these))
        _write(block, {gram: bits for gram, bits in changed.items() if bits})
    index(cases)


def index(cases: Sequence[int]) -> None:
    """Takes these into the index; for those that are in it nothing is written but what is new."""
    query = select(Case).where(Case.id.in_(cases)).execution_options(populate_existing=True)
    blocks: dict[int, dict[int, int]] = {}
    for case, stretches in stretches_of(session().scalars(query).all()).items():
        block = blocks.setdefault(sets.block_of(case), {})
        for gram in grams(stretches):
            block[gram] = block.get(gram, 0) | sets.bit_of(case)
    for number, block in sorted(blocks.items()):
        written: dict[int, int] = {}
        asked = sorted(block)
        for at in range(0, len(asked), _PARAMETERS):
            these = CaseWords.gram.in_(asked[at : at + _PARAMETERS])
            written |= {row.gram: sets.read(row.cases) for row in _rows(CaseWords.block == number, these)}
        both = {gram: bits | written.get(gram, 0) for gram, bits in block.items()}
        _write(number, {gram: bits for gram, bits in both.items() if bits != written.get(gram)})


def behind() -> int:
    """How many steps are still to be read, those of the last minutes not counted."""
    mark = session().get(CaseWordsMark, 1)
    highest = session().execute(select(func.max(Step.id))).scalar() or 0
    return max(0, highest - mark.seen_step + mark.settled_step - mark.done_step) if mark else highest


class _Fresh(NamedTuple):
    case_id: int
    step: int


def _mark(*, wait: bool = False) -> CaseWordsMark | None:
    """Ours until the commit, so that one process writes the index at a time; None while it is another's."""
    query = select(CaseWordsMark).where(CaseWordsMark.id == 1)
    held = query.with_for_update(skip_locked=not wait).execution_options(populate_existing=True)
    mark = session().scalars(held).first()
    if mark is None and session().execute(select(CaseWordsMark.id)).first() is None:
        highest = session().execute(select(func.max(Step.id))).scalar() or 0
        settled = max(0, highest - MOST_UNSETTLED)
        put_once(
            CaseWordsMark, "id", id=1, done_step=0, settled_step=settled, seen_step=highest, seen_at=now()
        )
        mark = session().scalars(held).first()
    return mark


def _fresh(after: int) -> list[_Fresh]:
    """Cases with steps that are not settled, but for those indexed by their last one."""
    last = func.max(Step.id)
    query = (
        select(Step.about_id, last)
        .outerjoin(CaseWordsNew, CaseWordsNew.case_id == Step.about_id)
        .where(Step.id > after, Step.about_kind == "case")
        .group_by(Step.about_id, CaseWordsNew.step_id)
        .having(or_(CaseWordsNew.step_id.is_(None), CaseWordsNew.step_id < last))
        .order_by(Step.about_id.desc())
        .limit(AT_ONCE)
    )
    return [_Fresh(*row) for row in session().execute(query)]


def _remember(fresh: Iterable[_Fresh]) -> None:
    statement = upsert(CaseWordsNew)
    statement = statement.on_conflict_do_update(
        index_elements=["case_id"], set_={"step_id": statement.excluded.step_id}
    )
    rows = [{"case_id": one.case_id, "step_id": one.step} for one in fresh]
    session().connection().execute(statement, rows)


def _read_on(mark: CaseWordsMark) -> bool:
    """Takes the next settled steps; whether there are more."""
    if mark.done_step >= mark.settled_step:
        return False
    query = select(Step.id, Step.about_kind, Step.about_id).where(
        Step.id > mark.done_step, Step.id <= mark.settled_step
    )
    steps = session().execute(query.order_by(Step.id).limit(STEPS)).all()
    last = {step.about_id: step.id for step in steps if step.about_kind == "case"}
    known = select(CaseWordsNew.case_id, CaseWordsNew.step_id).where(CaseWordsNew.case_id.in_(last))
    done = {row.case_id for row in session().execute(known) if row.step_id >= last[row.case_id]}
    index([case for case in last if case not in done])
    mark.done_step = steps[-1].id if len(steps) == STEPS else mark.settled_step
    session().execute(delete(CaseWordsNew).where(CaseWordsNew.step_id <= mark.done_step))
    return mark.done_step < mark.settled_step


def _rows(*which: ColumnElement[bool]) -> Sequence[Row[int, bytes]]:
    return session().execute(select(CaseWords.gram, CaseWords.cases).where(*which)).all()


def _write(block: int, bits: dict[int, int]) -> None:
    if not bits:
        return
    statement = upsert(CaseWords)
    statement = statement.on_conflict_do_update(
        index_elements=["block", "gram"], set_={"cases": statement.excluded.cases}
    )
    rows = [{"block": block, "gram": gram, "cases": sets.write(one)} for gram, one in sorted(bits.items())]
    session().connection().execute(statement, rows)
