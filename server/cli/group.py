"""hemei group list · bind · unbind"""

from typing import Any

import click
from sqlalchemy import select

from handlers import words
from models.base.actor import By
from models.base.clock import local, now
from models.base.orm import session
from models.outbox.address import Channel, owner_of
from models.outbox.budget import Allowance
from models.person.colleagues import numbered
from models.person.tables import Staff
from models.place.gazetteer import town
from models.town import groups as verbs
from models.town import registry
from models.town.registry import Registered, Unbound
from server.allowance import allowance_of
from server.cli.running import Refusal, glanced, json_line, opened, settings


@click.group(name="group", help="Building groups, and the chats of WeCom that are nobody's yet.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--unbound", is_flag=True, help="Only chats that are no building's yet.")
def show_list(as_json: bool, unbound: bool) -> None:
    """All groups with channel, owner, members, last message and what they take today; then the chats that are
    no building's yet (without an id), with the place that their name suggests."""
    config = settings()
    with glanced(config) as database:
        if database is None:
            return
        with database.read():
            bound = [] if unbound else registry.registered(None, now())
            lines = [_line(one, allowance_of(config)) for one in bound]
            for line in lines + [_stray(one) for one in registry.unbound(None)]:
                json_line(line) if as_json else click.echo(_plain(line))


@command.command()
@click.argument("chat_id")
@click.option("--estate", required=True, help="The estate's name.")
@click.option("--building", help="Such as 3; without it the group is the whole estate's.")
@click.option("--by", required=True, help="The staff number of whoever says so.")
def bind(chat_id: str, estate: str, building: str | None, by: str) -> None:
    """A chat of WeCom is the group of this building or estate from now on."""
    with opened(settings()) as database:
        name = database.write(_bind, chat_id, estate, building, by)
    click.echo(f"{name} is bound", err=True)


@command.command()
@click.argument("chat_id")
@click.option("--by", required=True, help="The staff number of whoever says so.")
def unbind(chat_id: str, by: str) -> None:
    """Nothing is sent to this chat any more; its group is kept as one that is not used."""
    with opened(settings()) as database:
        database.write(lambda: verbs.unbind(chat_id, By.staff(numbered(by).person_id)))
    click.echo("nothing is sent there any more", err=True)


def _bind(chat_id: str, estate: str, building: str | None, number: str) -> str:
    staff = numbered(number)
    found = town().estates_named(estate, staff.community_id)
    if len(found) != 1:
        raise Refusal(f"{len(found)} estates are named {estate}")
    return verbs.bind(chat_id, found[0].id, building, By.staff(staff.person_id)).name


def _line(one: Registered, allowance: Allowance) -> dict[str, Any]:
    places, at = town(), now()
    building = places.buildings.get(one.building_id) if one.building_id is not None else None
    estate = places.estates.get(one.estate_id)
    is_chat = one.channel == Channel.CUSTOMER_GROUP and bool(one.value) and not one.gone
    return {
        "id": one.id,
        "name": one.name,
        "estate": estate.name if estate else None,
        "building": building.name if building else None,
        "channel": one.channel,
        # a robot's is a key with which anybody could write there
        "chat_id": (one.value or None) if one.channel == Channel.CUSTOMER_GROUP else None,
        "owner": _owner(one.owner_userid) or _name(one.owner),
        "owner_left": one.owner_left,
        "gone": one.gone,
        "members": one.members,
        "last_at": local(one.last_at).isoformat() if one.last_at else None,
        "given_today": one.used.today,
        "given_this_month": one.used.month,
        "takes_news": is_chat and allowance.left(one.used, at, urgent=False) > 0,
        "takes_urgent": is_chat and allowance.left(one.used, at, urgent=True) > 0,
    }


def _stray(one: Unbound) -> dict[str, Any]:
    spot = one.suggestion()
    return {
        "id": None,
        "name": one.name,
        "estate": spot.estate if spot.estate_id is not None else None,
        "building": spot.building if spot.building_id is not None else None,
        "channel": Channel.CUSTOMER_GROUP,
        "chat_id": one.chat_id,
        "owner": _owner(one.owner_userid),
        "members": one.members,
    }


def _owner(userid: str | None) -> str | None:
    return _name(owner_of(Channel.WORK, userid)) if userid else None


def _name(person: int | None) -> str | None:
    if person is None:
        return None
    return session().scalars(select(Staff.name).where(Staff.person_id == person)).first()


def _plain(line: dict[str, Any]) -> str:
    place = f"{line['estate'] or '-'} {line['building'] or ''}".strip()
    channel = words.labels("channels")[line["channel"]]["label"]
    if line["id"] is None:
        return f"    -  {line['chat_id']}  {line['name']}  ({place}?)"
    last = line["last_at"][:10] if line["last_at"] else "-"
    return f"{line['id']:>5}  {place}  {line['name']}  {channel}  {line['owner'] or '-'}  {last}"
