"""What changed in an estate's ledger between two copies. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Page = Mapping[str, Any]
_OF_BUILDING = ("units", "floors", "homes", "grid", "management", "keeper_unit", "keepers", "tags")
_OF_PROBLEM = ("title", "kind", "state", "owner", "next_on")


class Change(NamedTuple):
    """`section`: estate | building | facility | cases | owner | case | problem | fees. `key`: which of them,
    "" for the estate itself. `field` is a code, or came | went for a whole thing; there `before` or `after`
    is None. Values as the page holds them."""

    section: str
    key: str
    field: str
    before: Any
    after: Any


def difference(before: Page, after: Page) -> list[Change]:
    """In the order of the page; the moments at which both were taken are none."""
    return [
        *_fields("estate", "", ("estate", "community", "management", "tags", "homes"), before, after),
        *_things("building", "building", _OF_BUILDING, before["buildings"], after["buildings"]),
        *_things("facility", "name", ("kinds", "address"), before["facilities"], after["facilities"]),
        *_fields("cases", "", ("open", "ended"), before["cases"], after["cases"]),
        *_fields(
            "cases", "", tuple(after["cases"]["states"]), before["cases"]["states"], after["cases"]["states"]
        ),
        *_things("owner", "name", ("open", "ended"), before["cases"]["owners"], after["cases"]["owners"]),
        *_things("case", "number", ("state", "owner", "category"), before["open_cases"], after["open_cases"]),
        *_things("problem", "number", _OF_PROBLEM, before["problems"], after["problems"]),
        *_fields("fees", "", ("period", "paid", "due"), before["fees"], after["fees"]),
    ]


def _fields(section: str, key: str, names: Sequence[str], before: Page, after: Page) -> list[Change]:
    return [
        Change(section, key, name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _things(
    section: str, key: str, names: Sequence[str], before: Sequence[Page], after: Sequence[Page]
) -> list[Change]:
    old, new = ({str(one[key]): one for one in several} for several in (before, after))
    found: list[Change] = []
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            found.append(Change(section, name, "went", name, None))
        elif name not in old:
            found.append(Change(section, name, "came", None, name))
        else:
            found += _fields(section, name, names, old[name], new[name])
    return found
