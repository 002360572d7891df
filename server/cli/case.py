"""hemei case list · show · silent"""

from typing import Any

import click

from models.base.checkdigit import without_check
from models.base.orm import session
from models.case import silence, telling
from models.case.case import Case
from models.case.lifecycle import State
from models.duty.answering import answerer
from server.cli.running import Refusal, glanced, json_line, settings, show_lines


@click.group(name="case", help="Look at cases.")
def command() -> None:
    pass


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--state", type=click.Choice([state.value for state in State]), multiple=True)
@click.option("--category", help="A code of the label guide.")
@click.option("--estate", help="The estate's name.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; otherwise all.")
def show_list(
    as_json: bool, state: tuple[str, ...], category: str | None, estate: str | None, limit: int | None
) -> None:
    """All cases, oldest first."""
    which = [
        *([Case.state.in_(state)] if state else []),
        *([Case.category == category] if category else []),
        *([Case.estate_name == estate] if estate else []),
    ]
    show_lines(lambda: telling.lines(*which, limit=limit), as_json, _plain)


@command.command()
@click.argument("number")
@click.option("--json", "as_json", is_flag=True, help="One object.")
def show(number: str, as_json: bool) -> None:
    """One case with its steps and letters."""
    with glanced(settings()) as database:
        if database is None:
            raise Refusal(f"there is no case {number}")
        with database.read():
            key = without_check(number)
            case = session().get(Case, key) if key is not None else None
            if case is None:
                raise Refusal(f"there is no case {number}")
            whole = telling.whole(case)
    if as_json:
        json_line(whole)
        return
    click.echo(_plain(whole))
    for step in whole["steps"]:
        click.echo(f"  {step['at'][:16]}  {step['what']}  {step['by']}")
    for letter in whole["letters"]:
        click.echo(f"  letter {letter['id']}  {letter['kind']} to {letter['to']}: {letter['state']}")


@command.command(name="silent")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
def show_silent(as_json: bool) -> None:
    """Open cases whose people have heard nothing for longer than the limit. Must be empty every evening."""
    show_lines(lambda: map(_silent, silence.silent()), as_json, _plain_silent)


def _silent(one: silence.Silent) -> dict[str, Any]:
    taker = answerer(one.taker_id) if one.taker_id is not None else None
    return {
        "number": one.number,
        "taker": taker.name if taker else None,
        "heard_at": one.heard.isoformat(),
        "due_at": one.due.isoformat(),
    }


def _plain_silent(line: dict[str, Any]) -> str:
    return (
        f"{line['number']}  heard {line['heard_at'][:16]}  due {line['due_at'][:16]}  {line['taker'] or '-'}"
    )


def _plain(line: dict[str, object]) -> str:
    place = "-".join(str(line[name]) for name in ("estate", "building", "unit") if line[name])
    return f"{line['number']}  {line['state']:<10}  {place}  {line['category'] or '?'}  {line['text']}"
