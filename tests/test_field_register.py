"""docs/privacy-register.md knows every column: what is kept of people, and what is not about them."""

import re
from pathlib import Path

from models.schema import metadata

REGISTER = (Path(__file__).resolve().parent.parent / "docs/privacy-register.md").read_text(encoding="utf-8")
PERSONAL, PLAIN = REGISTER.split("## Columns with personal data")[1].split("## Columns without personal data")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PERSONAL.splitlines()
    if line.startswith("| `")
]
PERSONAL_COLUMNS = [name for row in ROWS for name in re.findall(r"`(\w+\.\w+)`", row[0])]
PLAIN_COLUMNS = [
    f"{table}.{column}"
    for table, columns in re.findall(r"(?m)^- `(\w+)`: ((?:.|\n(?!- ))+)", PLAIN)
    for column in re.findall(r"\w+", columns)
]
SCHEMA = {f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns}
ABOUT_SOMEBODY = re.compile(
    r"_sealed$|_hash$|(^|\.|_)(phone|room|unionid|sender|openid|userid)$"
    r"|\.(person|reporter|taker|by|for|contact)_id$|_by$|\.(text|body|answer|words)$"
)


def test_every_column_is_in_the_register():
    assert sorted(SCHEMA - set(PERSONAL_COLUMNS) - set(PLAIN_COLUMNS)) == []


def test_the_register_names_no_column_that_is_not_there():
    assert sorted({*PERSONAL_COLUMNS, *PLAIN_COLUMNS} - SCHEMA) == []


def test_no_column_is_in_the_register_twice():
    named = [*PERSONAL_COLUMNS, *PLAIN_COLUMNS]
    assert sorted({name for name in named if named.count(name) > 1}) == []


def test_every_row_says_purpose_kind_ground_time_and_readers():
    for row in ROWS:
        assert len(row) == 6, row
        assert all(row), row


def test_what_is_named_like_a_person_is_not_called_impersonal():
    assert [name for name in PLAIN_COLUMNS if ABOUT_SOMEBODY.search(name)] == []
