"""hemei notice send · list · show · agree · stop · print · audiences · season"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from handlers import words
from models.base.actor import By
from models.base.clock import local
from models.base.orm import session
from models.base.refusals import NotFound
from models.history import steps_about
from models.notice import enclosed, fee_sums, fees, reading, telling
from models.notice import notice as verbs
from models.notice.enclosed import Enclosure
from models.notice.tables import Notice
from models.outbox.confirming import confirmed_of
from models.person.colleagues import numbered
from models.town.fee_book import Book
from server.cli import notice_fees
from server.cli.notice_audiences import audiences
from server.cli.notice_cost import costs
from server.cli.notice_enclosing import KEYS, enclosures
from server.cli.notice_file import (
    FILE,
    HIGHEST,
    audience_of,
    author_of,
    moment,
    read,
    words_of,
)
from server.cli.notice_receipts import print_sheets, receipts
from server.cli.notice_season import season
from server.cli.running import Refusal, glanced, json_line, opened, settings
from server.config import Config
from server.database import Database
from server.noticing import notice_rules

NUMBER = click.IntRange(1, HIGHEST)
OPTIONAL = {"kind", "is_call", "valid_from", "valid_until", "send_at", "corrects", "fees", "bills", *KEYS}


@click.group(name="notice", help="Say something once to the right buildings, and see who heard it.")
def command() -> None:
    pass


command.add_command(audiences)
command.add_command(print_sheets)
command.add_command(season)


@command.command()
@click.argument("file", type=FILE)
@click.option("--dry-run", is_flag=True, help="Only the words of every way, and how many would hear it.")
def send(file: Path, dry_run: bool) -> None:
    """Hand in the notice of FILE.toml: title, body, signed, by (a staff number), [audience]; and, where
    wanted, kind (ordinary, urgent, emergency), valid_from, valid_until, send_at, corrects, fees (an .xlsx or
    CSV beside it: what each home owes and has paid) or bills (a period), pictures and attachments (lists of
    files beside it: at most nine, and five of PDF, docx, xlsx, pptx). An audience that the desk keeps is said
    as audience = { saved = "NAME" }.

    Many receivers: it waits until a second person agrees (hemei notice agree).
    """
    said = read(file, more=OPTIONAL)
    if "corrects" in said and (type(said["corrects"]) is not int or not 0 < said["corrects"] < HIGHEST):
        raise Refusal(f"{file}: corrects is the number of a notice")
    book = notice_fees.book_of(said, file)
    config = settings()
    with opened(config) as database, enclosures(said, file, config, keep=not dry_run) as given:
        if dry_run:
            click.echo(_rehearsed(database, said, book, given, config))
            return
        number, state = database.write(_send, said, book, given, config)
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
    """One notice as JSON: what it says, whom, how far it has come and what did not arrive why, by building
    and unit, whom somebody has to visit, who pasted it where, and every step."""
    with opened(settings()) as database, database.read():
        notice = session().get(Notice, number)
        if notice is None:
            raise NotFound("notice_not_found", number=number)
        json_line(
            {
                **_line(
                    notice,
                    reading.figures([number])[number],
                    confirmed_of("notice", [number]).get(number, (0, 0)),
                ),
                "body": notice.body,
                **enclosed.counts(number),
                "signed": notice.signed,
                "kind": notice.kind,
                "audience": notice.audience,
                "starts_at": notice.starts_at.isoformat() if notice.starts_at else None,
                **receipts(notice),
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
        database.write(_agree, number, by, notice_rules(config))
    click.echo(f"notice {number} will be told", err=True)


@command.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The staff number of whoever stops it.")
def stop(number: int, by: str) -> None:
    """Nobody hears of it from now on."""
    with opened(settings()) as database:
        kept = database.write(_stop, number, by)
    click.echo(f"notice {number} stopped, {kept} letters kept back", err=True)


class _Rehearsal(Exception):  # noqa: N818 - not a fault: what was tried is undone by it
    """What a draft would say, which nobody keeps."""


def _rehearsed(
    database: Database,
    said: Mapping[str, Any],
    book: Book | None,
    given: Sequence[Enclosure],
    config: Config,
) -> str:
    try:
        database.write(_rehearse, said, book, given, config)
    except _Rehearsal as shown:
        return str(shown)
    raise AssertionError("a rehearsal was kept")


def _rehearse(said: Mapping[str, Any], book: Book | None, given: Sequence[Enclosure], config: Config) -> None:
    notice, _ = _draft(said, book, given)
    reach = fees.reach_of_notice(notice)
    groups = reach.groups()
    kind = telling.letter_kind(notice)
    facts = telling.group_facts(notice, "q/…") | {"urgency": notice.kind, "at": notice.created_at.isoformat()}
    in_group = facts | (fee_sums.example(notice, reach) if notice.is_about_fees else {})
    lines = [
        f"people {reach.count_people()}, groups {len(groups)}",
        *costs(groups, notice.kind, config),
        *notice_fees.counted(notice),
        "",
        "-- group",
        words.letter(verbs.GROUP_KIND, "customer_group", in_group).text,
        "",
        "-- person",
        words.letter(kind, "chat", facts).text,
        "",
        "-- template and subscription",
        " · ".join(words.letter(kind, "mini", facts).values[one] for one in ("what", "where")),
    ]
    raise _Rehearsal("\n".join(lines))


def _send(
    said: Mapping[str, Any], book: Book | None, given: Sequence[Enclosure], config: Config
) -> tuple[int, str]:
    notice, by = _draft(said, book, given)
    verbs.hand_in(notice, by, notice_rules(config))
    return notice.id, notice.state


def _draft(said: Mapping[str, Any], book: Book | None, given: Sequence[Enclosure]) -> tuple[Notice, By]:
    staff = author_of(said)
    by = By.staff(staff.person_id)
    key = verbs.draft(
        words_of(said),
        audience_of(said),
        by,
        staff.community_id,
        corrects=said.get("corrects"),
        send_at=moment(said, "send_at"),
    )
    notice = verbs.found(key, by)
    notice_fees.attach(notice, book, said, by)
    enclosed.enclose(notice, given, by, instead=True)
    return notice, by


def _agree(number: int, staff: str, rules: verbs.Rules) -> None:
    by = By.staff(numbered(staff).person_id)
    verbs.agree(verbs.found(number, by), by, rules)


def _stop(number: int, staff: str) -> int:
    by = By.staff(numbered(staff).person_id)
    return verbs.stop(verbs.found(number, by), by)


def _line(notice: Notice, figures: reading.Figures, owners: tuple[int, int]) -> dict[str, Any]:
    return {
        "id": notice.id,
        "title": notice.title,
        "state": notice.state,
        "addressed": figures.addressed,
        "accepted": figures.accepted,
        "told_by_hand": figures.carried,
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
