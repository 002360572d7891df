"""hemei audit check · hemei audit list · hemei audit head"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import click
from sqlalchemy import select

from models.audit import chain, checking
from models.audit.noting import note
from models.audit.tables import Act
from models.base.actor import SYSTEM
from models.base.clock import SHANGHAI, local
from models.base.orm import session
from server import auditing
from server.cli.homes import DAY
from server.cli.running import Refusal, glanced, json_line, opened, settings, show_lines
from server.cli.workbooks import JSON

SHOWN = 20


@click.group(name="audit", help="The log of who looked at what: proof that it is whole, and its rows.")
def command() -> None:
    pass


@command.command()
@click.option("--head", "heads", multiple=True, help="NUMBER:MAC from a log of the service kept elsewhere.")
@JSON
def check(heads: tuple[str, ...], as_json: bool) -> None:
    """Prove the log: signatures, chain, and the heads kept beside the backups. Names the first bad row."""
    given = [auditing.head_said(one) for one in heads]
    if None in given:
        raise click.BadParameter("a head is NUMBER:MAC, as in the log line 'audit head …'")
    config = settings()
    with opened(config) as database:
        known = [*auditing.kept_heads(config), *(one for one in given if one is not None)]
        with database.read():
            state = checking.state()
            found = []
            for fault in checking.faults(known):
                found.append(fault)
                if len(found) == SHOWN:
                    break
        database.write(
            note, "log_checked", SYSTEM, ("audit_link", state.links), result="failed" if found else "ok"
        )
    if as_json:
        json_line({**state._asdict(), "heads": len(known), "faults": [one._asdict() for one in found]})
    else:
        click.echo(f"{state.acts} acts in {state.links} links, {len(known)} heads kept elsewhere")
        for one in found:
            click.echo(f"{one.what} {one.number}", err=True)
    if found:
        raise Refusal(f"the log is not what it was: {found[0].what} {found[0].number} first")


@command.command()
def head() -> None:
    """The end of the chain now, as NUMBER:MAC."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            found = chain.head()
            if found is not None:
                click.echo(f"{found.number}:{found.mac}")


@command.command(name="list")
@click.option("--from", "first", type=DAY, help="The first day.")
@click.option("--to", "last", type=DAY, help="The last day.")
@click.option("--act", help="Only this act, such as reveal.")
@click.option("--by", type=int, help="Only by this person (id).")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True)
@JSON
def list_acts(
    first: datetime | None, last: datetime | None, act: str | None, by: int | None, limit: int, as_json: bool
) -> None:
    """The newest rows first. That the log was read is noted in it."""

    def lines() -> Iterator[dict[str, Any]]:
        query = select(Act).order_by(Act.id.desc()).limit(limit)
        if first is not None:
            query = query.where(Act.at >= first.replace(tzinfo=SHANGHAI))
        if last is not None:
            query = query.where(Act.at < last.replace(hour=23, minute=59, second=59, tzinfo=SHANGHAI))
        if act is not None:
            query = query.where(Act.act == act)
        if by is not None:
            query = query.where(Act.by_id == by)
        return map(_line, session().scalars(query))

    with glanced(settings()) as database:
        if database is not None:
            database.write(note, "log_read", SYSTEM, ("page", "hemei audit list"))
    show_lines(lines, as_json, _plain)


def _line(one: Act) -> dict[str, Any]:
    names = (
        "id", "at", "act", "by_kind", "by_id", "post", "community_id", "about_kind", "about_id", "whom_kind",
        "whom_id", "purpose", "origin", "result", "many", "facts",
    )  # fmt: skip
    return {name: getattr(one, name) for name in names}


def _plain(one: dict[str, Any]) -> str:
    who = f"{one['by_kind']} {one['by_id'] or ''}".strip()
    whom = f" of {one['whom_kind']} {one['whom_id']}" if one["whom_kind"] else ""
    why = f" ({one['purpose']})" if one["purpose"] else ""
    return (
        f"{local(one['at']):%Y-%m-%d %H:%M:%S}  {who}  {one['act']}  {one['about_kind']} {one['about_id']}"
        f"{whom}{why}  {one['many']}  {one['result']}  {one['origin'] or ''}"
    ).rstrip()
