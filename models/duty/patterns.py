"""A weekly pattern as it is typed: `1-5 08:00-20:00 G1/G2`, where 1 is Monday, `/` takes turns and a comma is
together. What it means is in weeks.py; the signs are in templates/rules/rota.toml."""

import re
from collections.abc import Callable, Iterable
from datetime import time

from models.base.refusals import Invalid
from models.base.resources import table
from models.duty.weeks import Line

MOST = 50  # lines
_SIGNS = table("rules/rota.toml")
_TO = f"[{re.escape(_SIGNS['between_times'])}]"
_LINE = re.compile(rf"(\S+)\s+(\d{{1,2}}):(\d{{2}})\s*{_TO}\s*(\d{{1,2}}):(\d{{2}})\s+(\S.*)", re.ASCII)
_DAYS = re.compile(r"[1-7](-[1-7])?", re.ASCII)
_TOGETHER = re.compile(rf"[{re.escape(_SIGNS['together'])}\s]+")


def read(lines: Iterable[str], person: Callable[[str], int | None]) -> list[Line]:
    """`person` finds somebody by staff number. Empty lines are passed over.

    Raises Invalid: rota_line with the number of the line, rung_person.
    """
    found = [_line(said.strip(), number, person) for number, said in enumerate(lines, 1) if said.strip()]
    if not 0 < len(found) <= MOST:
        raise Invalid("rota_line", number=1)
    return found


def _line(said: str, number: int, person: Callable[[str], int | None]) -> Line:
    parts = _LINE.fullmatch(said)
    if parts is None:
        raise Invalid("rota_line", number=number)
    try:
        begins, ends = time(int(parts[2]), int(parts[3])), time(int(parts[4]) % 24, int(parts[5]))
    except ValueError:
        raise Invalid("rota_line", number=number) from None
    teams = [[one for one in _TOGETHER.split(team.strip()) if one] for team in parts[6].split("/")]
    if not all(teams):
        raise Invalid("rota_line", number=number)
    return Line(
        _days(parts[1], number),
        begins,
        ends,
        tuple(tuple(_found(one, person) for one in team) for team in teams),
    )


def _days(said: str, number: int) -> frozenset[int]:
    days: set[int] = set()
    for part in said.split(","):
        if not _DAYS.fullmatch(part):
            raise Invalid("rota_line", number=number)
        first, last = int(part[0]), int(part[-1])
        if last < first:
            raise Invalid("rota_line", number=number)
        days |= set(range(first - 1, last))
    return frozenset(days)


def _found(said: str, person: Callable[[str], int | None]) -> int:
    found = person(said)
    if found is None:
        raise Invalid("rung_person")
    return found
