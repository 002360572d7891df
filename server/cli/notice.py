"""hemei notice send · list · show · agree · stop"""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from handlers import words
from models.base.actor import By
from models.base.clock import SHANGHAI, local
from models.base.orm import session
from models.base.refusals import NotFound
from models.history import steps_about
from models.notice import notice as verbs
from models.notice import reading
from models.notice.audience import CALL_KIND, LETTER_KIND, Audience, reach_of
from models.notice.tables import Kind, Notice
from models.outbox.confirming import confirmed_of
from models.person.tables import Staff
from server.cli.running import Refusal, glanced, json_line, opened, settings
from server.config import Config

NEEDED = {"title", "body", "signed", "by", "audience"}
HIGHEST = 2**31
NUMBER = click.IntRange(1, HIGHEST)
KEYS = NEEDED | {"kind", "is_call", "valid_from", "valid_until", "send_at", "corrects"}


@click.group(name="notice", help="Say something once to the right buildings, and see who heard it.")
def command() -> None:
    pass


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only the words of every way, and how many would hear it.")
def send(file: Path, dry_run: bool) -> None:
    """Hand in the notice of FILE.toml: title, body, signed, by (a staff number), [audience]; and, where
    wanted, kind (ordinary, urgent, emergency), valid_from, valid_until, send_at, corrects.

    Many receivers: it waits until a second person agrees (hemei notice agree).
    """
    said = _read(file)
    config = settings()
    with opened(config) as database:
        if dry_run:
            with database.read():
                preview = _preview(said)
            click.echo(preview)
            return
        number, state = database.write(_send, said, config)
    click.echo(f"notice {number}: {state}", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One object per line.")
@click.option("--limit", type=click.IntRange(min=1), help="The newest so many; otherwise all.")
def show_list(as_json: bool, limit: int | None) -> None:
    """All notices, the newest first: people and groups addressed, accepted by the platform, failed, read."""
    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            notices = verbs.visible(None, limit)
            keys = [one.id for one in notices]
            figures, owners = reading.figures(keys), confirmed_of("notice", keys)
            for one in notices:
                line = _line(one, figures[one.id], owners.get(one.id, (0, 0)))
                json_line(line) if as_json else click.echo(_plain(one, figures[one.id]))


@command.command()
@click.argument("number", type=NUMBER)
def show(number: int) -> None:
    """One notice as JSON: what it says, whom, how far it has come, by building, and every step."""
    with opened(settings()) as database, database.read():
        notice = session().get(Notice, number)
        if notice is None:
            raise NotFound("notice_not_found", number=number)
        by_building = reading.read_by_building(number)
        json_line(
            {
                **_line(
                    notice,
                    reading.figures([number])[number],
                    confirmed_of("notice", [number]).get(number, (0, 0)),
                ),
                "body": notice.body,
                "signed": notice.signed,
                "kind": notice.kind,
                "audience": notice.audience,
                "starts_at": notice.starts_at.isoformat() if notice.starts_at else None,
                "buildings": {one: {"read": read, "told": told} for one, (read, told) in by_building.items()},
                "steps": [
                    {"at": step.at.isoformat(), "what": step.what, "by": step.by_id, **step.facts}
                    for step in steps_about("notice", number)
                ],
            }
        )


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of the second person.")
def agree(number: int, by: str) -> None:
    """A second person agrees."""
    config = settings()
    with opened(config) as database:
        database.write(_agree, number, by, _rules(config))
    click.echo(f"notice {number} will be told", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of whoever stops it.")
def stop(number: int, by: str) -> None:
    """Nobody hears of it from now on."""
    with opened(settings()) as database:
        kept = database.write(_stop, number, by)
    click.echo(f"notice {number} stopped, {kept} letters kept back", err=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise Refusal(f"{file}: {trouble}") from None
    if unknown := sorted(set(said) - KEYS):
        raise Refusal(f"{file}: nobody knows {', '.join(unknown)}")
    if missing := sorted(NEEDED - set(said)):
        raise Refusal(f"{file}: {', '.join(missing)} missing")
    if not isinstance(said["audience"], dict):
        raise Refusal(f"{file}: audience is a table")
    if "corrects" in said and (type(said["corrects"]) is not int or not 0 < said["corrects"] < HIGHEST):
        raise Refusal(f"{file}: corrects is the number of a notice")
    return said


def _words(said: Mapping[str, Any]) -> verbs.Words:
    try:
        kind = Kind(said.get("kind", Kind.ORDINARY))
    except ValueError:
        raise Refusal(f"kind is one of {', '.join(Kind)}") from None
    return verbs.Words(
        str(said["title"]),
        str(said["body"]),
        str(said["signed"]),
        kind,
        is_call=bool(said.get("is_call", False)),
        valid_from=_moment(said, "valid_from"),
        valid_until=_moment(said, "valid_until"),
    )


def _moment(said: Mapping[str, Any], name: str) -> datetime | None:
    value = said.get(name)
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise Refusal(f"{name} is a date with a time, such as 2026-03-23T08:00:00")
    return value if value.tzinfo else value.replace(tzinfo=SHANGHAI)


def _preview(said: Mapping[str, Any]) -> str:
    checked = _words(said).checked()
    reach = reach_of(Audience.of(said["audience"]), _author(said).community_id)
    facts = {
        "number": 0, "title": checked.title, "lead": verbs.lead_of(checked.body), "signed": checked.signed,
        "urgency": checked.kind, "kind": checked.kind, "corrects": "corrects" in said,
        "path": "", "at": "1970-01-01T00:00:00+00:00",
    }  # fmt: skip
    group = words.letter(verbs.GROUP_KIND, "customer_group", facts).text
    chat = words.letter(CALL_KIND if checked.is_call else LETTER_KIND, "chat", facts).text
    return "\n".join(
        (
            f"people {reach.count_people()}, groups {len(reach.groups())}",
            "",
            "-- group",
            group,
            "",
            "-- person",
            chat,
        )
    )


def _send(said: Mapping[str, Any], config: Config) -> tuple[int, str]:
    staff = _author(said)
    by = By.staff(staff.person_id)
    key = verbs.draft(
        _words(said), Audience.of(said["audience"]), by, staff.community_id, corrects=said.get("corrects")
    )
    notice = verbs.found(key, by)
    verbs.hand_in(notice, by, _rules(config), send_at=_moment(said, "send_at"))
    return key, notice.state


def _agree(number: int, staff: str, rules: verbs.Rules) -> None:
    by = By.staff(_staff(staff).person_id)
    verbs.agree(verbs.found(number, by), by, rules)


def _stop(number: int, staff: str) -> int:
    by = By.staff(_staff(staff).person_id)
    return verbs.stop(verbs.found(number, by), by)


def _author(said: Mapping[str, Any]) -> Staff:
    return _staff(str(said["by"]))


def _staff(number: str) -> Staff:
    found = session().scalars(select(Staff).where(Staff.number == number, Staff.active)).first()
    if found is None:
        raise NotFound("no_such_number")
    return found


def _rules(config: Config) -> verbs.Rules:
    rules = config.rules
    return verbs.Rules(rules.second_person_above, timedelta(seconds=rules.notice_delay_seconds))


def _line(notice: Notice, figures: reading.Figures, owners: tuple[int, int]) -> dict[str, Any]:
    return {
        "id": notice.id,
        "title": notice.title,
        "state": notice.state,
        "addressed": figures.addressed,
        "accepted": figures.accepted,
        "failed": figures.failed + figures.unknown,
        "read": figures.read,
        "people": notice.people,
        "groups": notice.groups,
        "waiting": figures.waiting,
        "by_hand": figures.by_hand,
        "in_digest": figures.in_digest,
        "groups_read": figures.groups_read,
        "owners_asked": owners[1],
        "owners_confirmed": owners[0],
    }


def _plain(notice: Notice, figures: reading.Figures) -> str:
    return (
        f"{notice.id:>5}  {local(notice.created_at):%m-%d %H:%M}  {notice.state:<9}  "
        f"{figures.accepted}/{figures.addressed}  read {figures.read}  {notice.title}"
    )
