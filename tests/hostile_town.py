"""A town that was filled with hostile words behind every check's back."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

WORDS = re.compile(r"[\u4e00-\u9fff]")
KINDS = {("grids", "kind")}  # a word of ours, by which pages look things up
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%WITHOUT ROWID%'"


def fill(file: Path, payloads: Iterator[str]) -> set[tuple[str, str]]:
    """Puts them wherever words stand now; the columns where they did."""
    filled = set()
    base = sqlite3.connect(file)
    for (trigger,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f'DROP TRIGGER "{trigger}"')
    for (table,) in base.execute(_TABLES).fetchall():
        for _, column, *_ in base.execute(f'PRAGMA table_info("{table}")').fetchall():
            look = f'SELECT rowid, "{column}" FROM "{table}" WHERE typeof("{column}") = \'text\''
            for row, value in base.execute(look).fetchall():
                made = hostile(value, payloads)
                if made != value and (table, column) not in KINDS:
                    filled.add((table, column))
                    change = f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?'
                    base.execute(change, (made, row))
    base.commit()
    base.close()
    return filled


def hostile(value: str, payloads: Iterator[str]) -> str:
    """The same, with a payload for every text with a Chinese word in it."""
    if value[:1] in "[{":
        try:
            return json.dumps(hostile_within(json.loads(value), payloads))
        except ValueError:
            pass
    return next(payloads) if WORDS.search(value) else value


def hostile_within(value: Any, payloads: Iterator[str]) -> Any:
    if isinstance(value, dict):
        return {name: hostile_within(one, payloads) for name, one in value.items()}
    if isinstance(value, list):
        return [hostile_within(one, payloads) for one in value]
    return next(payloads) if isinstance(value, str) and WORDS.search(value) else value
