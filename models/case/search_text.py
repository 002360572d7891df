"""What a case is found by: what was said of it, by everybody who met the same thing, and its place."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from models.base.orm import session
from models.base.resources import table
from models.case.caller import caller_of
from models.case.case import Case
from models.case.search_units import LONG, Units, runs
from models.case.tables import Fellow


def stretches_of(cases: Sequence[Case]) -> Mapping[int, tuple[Units, ...]]:
    """The stretches of units of each, by its id."""
    fellows = _joined_with([case.id for case in cases])
    return {case.id: runs("\n".join(_said(case, fellows.get(case.id, ())))) for case in cases}


def _said(case: Case, fellows: Iterable[str]) -> Iterable[str]:
    yield case.text
    yield from fellows
    if case.finish_text:
        yield case.finish_text
    yield from _place(case.estate_name or "", case.building_name, case.unit_name, case.room)
    caller = caller_of(case)
    if caller is not None and len(caller.phone) >= LONG:
        yield caller.phone


def _place(estate: str, building: str | None, unit: str | None, room: str | None) -> Iterable[str]:
    known = {"building": building, "unit": unit, "room": room}
    forms: Mapping[str, str] = table("lexicon/search.toml")["place"]
    parts = {name: forms[name].format(value) for name, value in known.items() if value}
    yield estate + "".join(parts.values())
    if "unit" in parts and len(parts) == len(known):
        yield parts["building"] + parts["room"]
    if len(parts) > 1:
        yield "-".join(value for value in known.values() if value)


def _joined_with(cases: Sequence[int]) -> Mapping[int, list[str]]:
    query = select(Fellow.case_id, Fellow.text).where(Fellow.case_id.in_(cases), Fellow.left_at.is_(None))
    found: dict[int, list[str]] = {}
    for key, text in session().execute(query.where(Fellow.text != "").order_by(Fellow.id)):
        found.setdefault(key, []).append(text)
    return found
