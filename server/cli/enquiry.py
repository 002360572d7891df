"""hemei enquiry list"""

from typing import Any

import click

from models.base.clock import local
from models.base.privacy import without_phones
from models.enquiry.keeping import all_of, spot_of
from models.enquiry.tables import Enquiry, State
from server.cli.running import glanced, json_line, settings


@click.group(name="enquiry", help="Look at what people asked.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--state", type=click.Choice([state.value for state in State]))
def show_list(as_json: bool, state: str | None) -> None:
    """All questions, oldest first: answered at once (known), waiting for a person (open), and what became
    of those. They are no cases."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for one in all_of(state):
                json_line(_object(one)) if as_json else click.echo(_plain(one))


def _object(one: Enquiry) -> dict[str, Any]:
    place = spot_of(one)
    return {
        "number": one.id,
        "state": one.state,
        "intent": one.intent,
        "estate": place.estate,
        "building": place.building,
        "text": without_phones(one.text),
        "department": one.department,
        "asked_at": one.asked_at.isoformat(),
        "answer": one.answer,
        "settled_at": one.settled_at.isoformat() if one.settled_at else None,
    }


def _plain(one: Enquiry) -> str:
    return f"{one.id:>6}  {local(one.asked_at):%m-%d %H:%M}  {one.state:<9}  {without_phones(one.text)[:60]}"
