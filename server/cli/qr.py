"""hemei qr: printable sheets for unit doors."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from models.base.resources import table
from models.duty.answering import who_answers
from models.place import doors
from models.place.gazetteer import spoken_key, town
from server.cli.running import Refusal, json_line, opened, settings
from server.print.fonts import BadFont, font_file, font_name
from server.print.sheets import DoorSheet, Person, write_pdf, write_pictures
from server.settings import is_loopback


@click.command(name="qr")
@click.argument("target", metavar="[FILE.pdf|DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--estate", help="Only this estate.")
@click.option("--building", help="Only this building, such as 3.")
@click.option("--unit", help="Only doors of this unit, such as 2.")
@click.option("--new", is_flag=True, help="New codes; those that hang on these doors open nothing any more.")
@click.option("--json", "as_json", is_flag=True, help="One object a door on stdout.")
@click.option("--revoke", metavar="ADDRESS", help="Prints nothing: this sticker opens nothing any more.")
def command(
    target: Path | None,
    estate: str | None,
    building: str | None,
    unit: str | None,
    new: bool,
    as_json: bool,
    revoke: str | None,
) -> None:
    """Print QR sheets for unit doors: A4 pages into FILE.pdf, or pictures into DIR.

    A door keeps its code however often it is printed. A sticker that hangs at the wrong place or was lost is
    revoked by its address, and the next sheet of that door has a new code.
    """
    if (target is None) is (revoke is None):
        raise click.UsageError(_words("print_or_revoke"))
    if revoke is not None:
        _revoke(revoke)
        return
    assert target is not None
    if target.suffix.lower() != ".pdf" and (target.suffix or target.is_file()) and not target.is_dir():
        raise click.UsageError(_words("not_a_target"))
    config = settings()
    base_url = config.server.base_url
    font = font_file(config.print.font_file)
    with opened(config) as database:
        sheets = database.write(_sheets, base_url, estate, building, unit, new)
    try:
        face = font_name(font)
        if target.suffix.lower() == ".pdf":
            write_pdf(sheets, target, face)
        else:
            write_pictures(sheets, target, font)
    except BadFont as bad:
        raise Refusal(_words("bad_font", path=bad)) from None
    except OSError as trouble:
        raise Refusal(_words("cannot_write", path=target, reason=trouble.strerror)) from None
    if as_json:
        for sheet in sheets:
            json_line(
                {
                    "estate": sheet.estate,
                    "building": sheet.building,
                    "unit": sheet.unit or None,
                    "url": sheet.url,
                }
            )
    if is_loopback(urlsplit(base_url).hostname):
        _say("not_public", url=base_url)
    if font is None:
        _say("no_font")
    if new:
        _say("renewed")
    _say("made", count=len(sheets), path=target)


def _revoke(address: str) -> None:
    code = address.strip().rstrip("/").rpartition("/")[2]
    with opened(settings()) as database:
        if not database.write(doors.revoke, code):
            raise Refusal(_words("nothing_to_revoke", value=address))
    _say("revoked")


def _sheets(
    base_url: str, estate: str | None, building: str | None, unit: str | None, new: bool
) -> list[DoorSheet]:
    places = town()
    estates = places.estates_named(estate) if estate else tuple(places.estates.values())
    if estate and not estates:
        raise Refusal(_words("no_such_estate", value=estate))
    chosen = [
        place
        for one in estates
        for place in places.buildings_of(one.id)
        if building is None or spoken_key(place.name) == spoken_key(building)
    ]
    if not chosen:
        raise Refusal(_words("no_such_building", value=building) if building else _words("no_buildings"))
    roles = table("labels/roles.toml")
    answering = {
        place.id: tuple(
            Person(one.name, roles[one.role]["label"], one.phone) for one in who_answers(place.id)
        )
        for place in chosen
    }
    sheets = []
    for door in doors.issue([place.id for place in chosen], unit=unit, replace=new):
        place = places.buildings[door.building_id]
        home = places.estates[place.estate_id]
        sheets.append(
            DoorSheet(
                url=f"{base_url}/q/{door.code}",
                mark=door.code[:6],
                community=home.community,
                estate=home.name,
                building=place.name,
                unit=door.unit_name,
                people=answering[place.id],
            )
        )
    if not sheets:
        raise Refusal(_words("no_such_unit", value=unit))
    return sheets


def _words(key: str, **facts: Any) -> str:
    said: str = table("labels/door_sheet.toml")["cli"][key]
    return said.format(**facts)


def _say(key: str, **facts: Any) -> None:
    click.echo(_words(key, **facts), err=True)
