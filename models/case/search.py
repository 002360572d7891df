"""Which cases hold the words that somebody looks for: newest first, in portions, out of an index that costs
the same whether a word is rare or in every second case.

The index says which cases may hold them; the case's own words have the last say, so that an address that was
put right is not found under the old one. Who may see a case is asked by whoever shows it (listing.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import func, or_, select

from models.base.checkdigit import without_check
from models.base.orm import session
from models.base.privacy import blind
from models.case import search_sets as sets
from models.case.case import Case
from models.case.search_tables import CaseWords
from models.case.search_text import stretches_of
from models.case.search_units import LONG, Units, asked, asked_grams, holds
from models.case.tables import Fellow
from models.person.tables import Person

MOST_SIGNS, MOST_WORDS = 60, 8
FEW, MANY = 4, 64  # blocks that are read at a time: few at first, because the newest often are enough
OF_ONE_PERSON = 500  # cases that are found by a telephone number

Bits = dict[int, int]  # by block


@dataclass(frozen=True, slots=True)
class Word:
    """One of the words, all of which must be there. `stretches`: any of them will do; `sure`: cases that have
    it in another way, as their number or by the telephone of whoever reported them."""

    stretches: tuple[Units, ...]
    sure: frozenset[int]


def words_of(typed: str) -> tuple[Word, ...]:
    """What is looked for; empty where nothing in it can be (signs alone)."""
    return tuple(Word(one, _sure(one)) for one in islice(asked(typed[:MOST_SIGNS]), MOST_WORDS))


def candidates(
    words: Sequence[Word], *, before: int | None = None, after: int | None = None
) -> Iterator[list[int]]:
    """Cases that may hold all of these, newest first and older than `before`; with `after` those that are
    newer, the oldest first. A portion may be empty: whoever asks may stop between any two."""
    newest = session().execute(select(func.max(Case.id))).scalar()
    oldest = session().execute(select(func.min(Case.id))).scalar()
    if newest is None or oldest is None or not words:
        return
    upwards = after is not None
    low = sets.block_of(max(oldest, after + 1) if after is not None else oldest)
    high = sets.block_of(min(newest, before - 1) if before is not None else newest)
    size = FEW
    while low <= high:
        blocks = (
            range(low, min(high, low + size - 1) + 1)
            if upwards
            else range(max(low, high - size + 1), high + 1)
        )
        low, high = (blocks.stop, high) if upwards else (low, blocks.start - 1)
        size = min(size * 4, MANY)
        found = _all_of(words, blocks)
        portion = [
            number
            for block in sorted(found)
            for number in ((block << sets.BLOCK_BITS) + one for one in sets.within(found[block]))
            if (before is None or number < before) and (after is None or number > after)
        ]
        yield portion if upwards else portion[::-1]


def among(cases: Sequence[int], words: Sequence[Word]) -> set[int]:
    """Those of these that may hold all of the words."""
    blocks = sorted({sets.block_of(case) for case in cases})
    found: Bits = {}
    for at in range(0, len(blocks), MANY):
        found |= _all_of(words, blocks[at : at + MANY])
    kept = {block: sets.flags(bits) for block, bits in found.items()}
    return {case for case in cases if sets.block_of(case) in kept and sets.is_in(case, kept)}


def holding(cases: Sequence[Case], words: Sequence[Word]) -> list[Case]:
    """Those of these that do hold all of the words, in their order."""
    stretches = stretches_of(cases)
    return [
        case
        for case in cases
        if all(
            case.id in word.sure or any(holds(stretches[case.id], one) for one in word.stretches)
            for word in words
        )
    ]


def _all_of(words: Sequence[Word], blocks: Sequence[int]) -> Bits:
    wanted = [(word, [asked_grams(one) for one in word.stretches]) for word in words]
    plain = {gram for _, ways in wanted for way in ways for gram in way if isinstance(gram, int)}
    kept = _kept(plain, blocks)
    found: Bits | None = None
    for word, ways in wanted:
        here: Bits = {}
        for way in ways:
            _add(here, _of_one_sign(way[0], blocks) if isinstance(way[0], range) else _both(way, kept))
        for number in word.sure:
            if sets.block_of(number) in blocks:
                _add(here, {sets.block_of(number): sets.bit_of(number)})
        found = here if found is None else _and(found, here)
        if not found:
            return {}
    return found or {}


def _kept(grams: Iterable[int], blocks: Sequence[int]) -> dict[int, Bits]:
    query = select(CaseWords.block, CaseWords.gram, CaseWords.cases).where(
        CaseWords.block.in_(blocks), CaseWords.gram.in_(sorted(grams))
    )
    found: dict[int, Bits] = {}
    for block, gram, cases in session().execute(query):
        found.setdefault(gram, {})[block] = sets.read(cases)
    return found


def _both(grams: Iterable[int], kept: dict[int, Bits]) -> Bits:
    found: Bits | None = None
    for gram in grams:
        found = kept.get(gram, {}) if found is None else _and(found, kept.get(gram, {}))
    return found or {}


def _of_one_sign(grams: range, blocks: Sequence[int]) -> Bits:
    query = select(CaseWords.block, CaseWords.cases).where(
        CaseWords.block.in_(blocks), CaseWords.gram.between(grams.start, grams.stop - 1)
    )
    found: Bits = {}
    for block, cases in session().execute(query):
        _add(found, {block: sets.read(cases)})
    return found


def _and(one: Bits, other: Bits) -> Bits:
    both = ((block, bits & other[block]) for block, bits in one.items() if block in other)
    return {block: bits for block, bits in both if bits}


def _add(to: Bits, more: Bits) -> None:
    for block, bits in more.items():
        to[block] = to.get(block, 0) | bits


def _sure(stretches: Iterable[Units]) -> frozenset[int]:
    found: set[int] = set()
    for units in stretches:
        if len(units) == 1 and units[0].isdecimal():
            number = without_check(units[0])
            if number is not None:
                found.add(number)
            if len(units[0]) >= LONG:
                found.update(_of_telephone(units[0]))
    return frozenset(found)


def _of_telephone(digits: str) -> list[int]:
    people = session().scalars(select(Person.id).where(Person.phone_hash == blind(digits, "phone"))).all()
    if not people:
        return []
    theirs = select(Case.id).where(or_(Case.reporter_id.in_(people), Case.proxy_id.in_(people)))
    joined = select(Fellow.case_id).where(Fellow.person_id.in_(people), Fellow.left_at.is_(None))
    return [
        *session().scalars(theirs.order_by(Case.id.desc()).limit(OF_ONE_PERSON)),
        *session().scalars(joined.order_by(Fellow.case_id.desc()).limit(OF_ONE_PERSON)),
    ]
