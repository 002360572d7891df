"""hemei understand"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from models.understanding import Gazetteer, own_words, understand
from models.understanding.explaining import explain as explain_meaning
from server.cli.running import Refusal, glanced, json_line, settings


@click.command(name="understand")
@click.argument("text", required=False)
@click.option("--jsonl", is_flag=True, help='Read {"text": …} a line from stdin.')
@click.option(
    "--estates",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV of estate,aliases (with | between) instead of the town; no database is needed then.",
)
@click.option(
    "--corrections",
    is_flag=True,
    help="What people put right instead, without names and numbers: lines for training/messages, to be read "
    "before they are used. With --jsonl as objects, those about places among them.",
)
@click.option(
    "--explain",
    is_flag=True,
    help="With each answer a why: the sentence as it is read, the words and lists that spoke, the scores.",
)
def command(text: str | None, jsonl: bool, estates: Path | None, corrections: bool, explain: bool) -> None:
    """What a sentence means: one JSON object a line."""
    if corrections:
        if text is not None or estates is not None or explain:
            raise click.UsageError("--corrections takes neither TEXT nor --estates nor --explain")
        _corrections(as_objects=jsonl)
        return
    if (text is None) == (not jsonl):
        raise click.UsageError("give either TEXT or --jsonl")
    own_words.use(settings().own_words)
    gazetteer = _from_file(estates) if estates else _from_town()
    for sentence in _sentences() if jsonl else [text or ""]:
        meaning = understand(sentence, gazetteer).as_dict()
        json_line(meaning | {"why": explain_meaning(sentence, gazetteer)} if explain else meaning)


def _sentences() -> Iterator[str]:
    for number, line in enumerate(sys.stdin, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)["text"]
        except (ValueError, KeyError, TypeError):
            raise Refusal(f'line {number} is not {{"text": …}}') from None
        if not isinstance(found, str):
            raise Refusal(f"line {number}: text is not a string")
        yield found


def _corrections(*, as_objects: bool) -> None:
    from models.corrections.correction import lines, records

    with glanced(settings()) as database:
        if database is None:
            return
        with database.read():
            for one in records() if as_objects else ():
                json_line(one)
            for line in () if as_objects else lines():
                click.echo(line)


def _from_file(path: Path) -> Gazetteer:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return Gazetteer.of(
            (
                row["estate"].strip(),
                tuple(one.strip() for one in (row.get("aliases") or "").split("|") if one.strip()),
            )
            for row in rows
            if row["estate"].strip()
        )
    except (KeyError, UnicodeDecodeError, csv.Error):
        raise Refusal(f"{path.name} must have the columns estate,aliases") from None


def _from_town() -> Gazetteer:
    from models.place.gazetteer import town

    with glanced(settings()) as database:
        if database is None:
            return Gazetteer.of(())
        with database.read():
            return town().gazetteer
