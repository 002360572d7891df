"""hemei notice print, and what hemei notice show says of who heard it"""

from pathlib import Path
from typing import Any

import click

from handlers import words
from handlers.pages.notice.groups import GroupSheet, sheets_of
from handlers.pages.notice.receipts import TROUBLED
from models.base.orm import session
from models.base.refusals import NotFound
from models.base.resources import table
from models.duty.answering import answerer
from models.notice import pasting, receivers, visiting
from models.notice.pasting import Share
from models.notice.tables import Notice
from models.place.gazetteer import town
from server.cli.running import Refusal, opened, settings
from server.print.fonts import BadFont, font_file, font_name
from server.print.notices import pdf

HIGHEST = 2**31


def receipts(notice: Notice) -> dict[str, Any]:
    """Why letters did not arrive by themselves, who has read it by building and unit, whom somebody has to go
    to, who pasted it where."""
    return {
        "reasons": [
            {
                "to": one.to_kind,
                "state": one.state,
                "reason": one.reason,
                "words": words.fate(one._asdict()),
                "count": one.letters,
            }
            for one in receivers.outcomes(notice.id)
            if one.state in TROUBLED
        ],
        "buildings": _buildings(notice),
        "visits": _visits(notice),
        "by_hand_groups": [_group(one) for one in pasting.to_paste(notice.id, Share())],
    }


@click.command(name="print")
@click.argument("number", type=click.IntRange(1, HIGHEST))
@click.argument("file", metavar="FILE.pdf", type=click.Path(dir_okay=False, path_type=Path))
def print_sheets(number: int, file: Path) -> None:
    """An A4 sheet for each group that has to be told by hand: title, words, the group's own code."""
    if file.suffix.lower() != ".pdf":
        raise click.UsageError(_said("not_a_pdf"))
    config = settings()
    with opened(config) as database, database.read():
        sheets = _sheets(number)
    if not sheets:
        raise Refusal(_said("nothing"))
    try:
        file.write_bytes(pdf(sheets, font_name(font_file(config.print.font_file))))
    except BadFont as bad:
        raise Refusal(_door("bad_font", path=bad)) from None
    except OSError as trouble:
        raise Refusal(_door("cannot_write", path=file, reason=trouble.strerror)) from None
    click.echo(_said("made", count=len(sheets), path=file), err=True)


def _sheets(number: int) -> list[GroupSheet]:
    notice = session().get(Notice, number)
    if notice is None:
        raise NotFound("notice_not_found", number=number)
    return sheets_of(notice, Share())


def _buildings(notice: Notice) -> dict[int, Any]:
    """Building's id → its place and counts, whole and by unit."""
    units = receivers.by_unit(notice)
    found: dict[int, Any] = {}
    for building, count in receivers.by_building(units).items():
        found[building] = {**_place(building), **count._asdict(), "units": {}}
    for (building, unit), count in units.items():
        found[building]["units"][unit] = count._asdict()
    return found


def _visits(notice: Notice) -> list[dict[str, Any]]:
    return [{**_place(one), **found._asdict()} for one, found in visiting.rounds(notice).items()]


def _place(building: int) -> dict[str, Any]:
    spot = town().spot_of_building(building)
    assert spot is not None
    return {"estate": spot.estate, "building": spot.building}


def _group(one: pasting.ToPaste) -> dict[str, Any]:
    carrier = answerer(one.carried_by) if one.carried_by is not None else None
    return {
        "group": one.group,
        "pasted": one.is_pasted,
        "by": carrier.name if carrier else None,
        "at": one.carried_at.isoformat() if one.is_pasted and one.carried_at else None,
        "words": None if one.is_pasted else words.fate(one._asdict()),
    }


def _said(key: str, **facts: Any) -> str:
    return str(table("labels/notice_sheet.toml")["cli"][key]).format(**facts)


def _door(key: str, **facts: Any) -> str:
    return str(table("labels/door_sheet.toml")["cli"][key]).format(**facts)
