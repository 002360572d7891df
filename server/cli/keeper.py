"""hemei keeper cover · visits · visit · hand-over"""

from collections.abc import Callable, Iterator
from typing import Any

import click

from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.duty.answering import answerer
from models.grid import handing_over, keepers
from models.grid.keepers import Kept, Standing
from models.grid.tables import HandOver
from models.person.colleagues import numbered
from models.place.gazetteer import town
from models.place.tables import Building
from server.cli.estates import community_named, estate_named
from server.cli.homes import NUMBER
from server.cli.running import Refusal, opened, settings, show_lines

COMMUNITY = click.option("--community", help="Only of this community.")
LINES = click.option("--json", "as_json", is_flag=True, help="One object per line.")
HOUSE = (
    click.option("--estate", required=True, help="The estate's name."),
    click.option("--building", required=True, help="Such as 3."),
    click.option("--of", "community", help="The community, where two estates share a name."),
)


def house(command: Callable[..., None]) -> Callable[..., None]:
    """The options that name a building."""
    for option in reversed(HOUSE):
        command = option(command)
    return command


@click.group(name="keeper", help="Keepers of buildings: whether all are kept, visits, hand-overs.")
def command() -> None:
    pass


@command.command()
@LINES
@COMMUNITY
def cover(as_json: bool, community: str | None) -> None:
    """Buildings by keeper unit, and whether they add up to the register. Exit code 1 when a building is kept
    twice or by nobody."""
    found: list[keepers.Cover] = []

    def lines() -> Iterator[dict[str, Any]]:
        found.append(keepers.cover(keepers.kept(_of(community))))
        for one in found[0].units:
            yield one._asdict()
        for what, several in (("twice", found[0].twice), ("forgotten", found[0].forgotten)):
            for house in several:
                yield {"what": what, "estate": house.estate, "building": house.building}

    show_lines(lines, as_json, _cover_line)
    if found and not found[0].holds:
        one = found[0]
        raise Refusal(
            f"the units have {one.total} buildings, the register {one.register}:"
            f" {len(one.twice)} twice, {len(one.forgotten)} forgotten"
        )


@command.command()
@LINES
@COMMUNITY
@click.option("--late", is_flag=True, help="Only amber and red ones.")
def visits(as_json: bool, community: str | None, late: bool) -> None:
    """Every kept building with its last visit, the longest unvisited first."""
    rules = settings().rules

    def lines() -> Iterator[dict[str, Any]]:
        standing = keepers.standings(
            keepers.kept(_of(community)),
            now(),
            amber_days=rules.keeper_amber_days,
            red_days=rules.keeper_red_days,
        )
        return (_standing(one) for one in standing if not late or one.colour != keepers.GREEN)

    show_lines(
        lines,
        as_json,
        lambda one: (
            f"{one['colour']:<5}  {one['days']:>4} days  {one['estate']} {one['building']}"
            f"  {' '.join(one['keepers'])}"
        ),
    )


@command.command()
@house
@click.option("--note", default="")
@click.option("--by", required=True, help="The staff number of the keeper who was there.")
def visit(estate: str, building: str, community: str | None, note: str, by: str) -> None:
    """A keeper was at the building today."""

    def work() -> bool:
        return keepers.visit(_house(estate, building, community), numbered(by).person_id, note)

    with opened(settings()) as database:
        fresh = database.write(work)
    click.echo("is noted" if fresh else "was noted already", err=True)


@command.group(name="hand-over", help="A building goes from one keeper to another when both have said yes.")
def hand_over() -> None:
    pass


@hand_over.command(name="list")
@LINES
@click.option("--open", "only_open", is_flag=True, help="Only those that wait.")
def show_list(as_json: bool, only_open: bool) -> None:
    """Hand-overs, the newest first."""
    show_lines(
        lambda: map(_hand_over, handing_over.listed(only_open=only_open)),
        as_json,
        lambda one: (
            f"{one['number']:>4}  {one['state']:<9}  {one['estate']} {one['building']}"
            f"  {one['from'] or '-'} → {one['to'] or '-'}"
        ),
    )


@hand_over.command()
@house
@click.option("--to", required=True, help="The staff number of whoever takes it.")
@click.option("--note", default="")
@click.option("--by", required=True, help="The staff number of whoever asks: a side of it, or a desk.")
def ask(estate: str, building: str, community: str | None, to: str, note: str, by: str) -> None:
    """Ask for it. Who asks has said yes for the own side."""

    def work() -> HandOver:
        return handing_over.ask(_house(estate, building, community), numbered(to).person_id, _by(by), note)

    _done(work)


@hand_over.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of a side.")
def agree(number: int, by: str) -> None:
    """Say yes for a side."""
    _done(lambda: handing_over.agree(number, _by(by)))


@hand_over.command()
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
@click.option("--by", required=True, help="The staff number of a side.")
def refuse(number: int, reason: str, by: str) -> None:
    """Say no for a side."""
    _done(lambda: handing_over.refuse(number, _by(by), reason))


@hand_over.command()
@click.argument("number", type=NUMBER)
@click.option("--reason", required=True)
@click.option("--by", required=True, help="The staff number of whoever asked for it, or of a desk.")
def withdraw(number: int, reason: str, by: str) -> None:
    """Take it back."""
    _done(lambda: handing_over.withdraw_one(number, _by(by), reason))


def _done(verb: Callable[[], HandOver]) -> None:
    def work() -> dict[str, Any]:
        return _hand_over(verb())

    with opened(settings()) as database:
        one = database.write(work)
    click.echo(f"hand-over {one['number']} is {one['state']}", err=True)


def _by(number: str) -> By:
    return By.staff(numbered(number).person_id)


def _of(community: str | None) -> int | None:
    return community_named(community) if community else None


def _house(estate: str, building: str, community: str | None) -> int:
    found = town().building(estate_named(estate, community), building)
    if found is None:
        raise Refusal(f"{estate} has no building {building}")
    return found.id


def _standing(one: Standing) -> dict[str, Any]:
    return _kept(one.kept) | {
        "colour": one.colour,
        "days": one.days,
        "visited_at": local(one.visited_at).isoformat() if one.visited_at else None,
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "estate": one.estate,
        "building": one.building,
        "unit": one.unit,
        "keepers": [name for _, name, _ in one.keepers],
    }


def _hand_over(one: HandOver) -> dict[str, Any]:
    building = session().get_one(Building, one.building_id)
    return {
        "number": one.id,
        "state": one.ended_how or "open",
        "estate": building.estate.name,
        "building": building.name,
        "from": _name(one.from_person_id),
        "from_unit": one.from_unit,
        "to": _name(one.to_person_id),
        "to_unit": one.to_unit,
        "given": one.given_at is not None,
        "taken": one.taken_at is not None,
    }


def _name(person: int | None) -> str | None:
    found = answerer(person) if person is not None else None
    return found.name if found else None


def _cover_line(one: dict[str, Any]) -> str:
    if "what" in one:
        return f"{one['what']:<9}  {one['estate']} {one['building']}"
    return f"{one['buildings']:>5} buildings  {one['homes']:>6} homes  {one['unit'] or '-'}"
