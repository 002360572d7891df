"""For developers: writes the next migration from the difference between the tables and the migrations so far.

    make migration name="rungs of a grid"      the next one
    make migration                             the first one again; only before the first release

Read what it wrote before you commit it: a renamed column looks like one that went and one that came.
"""

import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import create_engine

from models.base.orm import Utc
from models.case import numbering
from models.history import append_only
from models.schema import metadata
from server import migrations

VERSIONS = Path(__file__).parents[1] / "models" / "migrations" / "versions"
BESIDE_TABLES = """
    if op.get_context().dialect.name == "sqlite":
        for statement in SQLITE:
            op.execute(statement)
    else:
        for statement in POSTGRESQL:
            op.execute(statement)
"""


def plain_type(kind: str, thing: Any, _context: Any) -> str | bool:
    """Our own types as what they are in the database: a migration must not change with the models."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Utc) else False


def write(name: str) -> Path:
    number = len(list(VERSIONS.glob("[0-9]*.py"))) + 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.db"
        if number > 1:
            migrations.upgrade(url)
        with create_engine(url).begin() as connection:
            config = migrations._config()
            config.attributes.update(connection=connection, metadata=metadata, render_item=plain_type)
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            made = command.revision(config, name, autogenerate=True, rev_id=f"{number:04}")
    file = Path(made.path)  # type: ignore[union-attr]
    text = re.sub(r"(?m)^ +# ### .*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(text.replace("=Text()", "=sa.Text()"), encoding="utf-8")
    return file


def main() -> None:
    name = " ".join(sys.argv[1:]).strip()
    if name:
        print(write(name))
        return
    for old in VERSIONS.glob("[0-9]*.py"):
        old.unlink()
    file = write("The first schema")
    text = file.read_text(encoding="utf-8")
    frozen = (
        f"SQLITE = {(*append_only.SQLITE, numbering.SQLITE)!r}\nPOSTGRESQL = {append_only.POSTGRESQL!r}\n"
    )
    text = text.replace("\n\ndef upgrade", f"\n{frozen}\n\ndef upgrade", 1)
    file.write_text(text.rstrip() + "\n" + BESIDE_TABLES, encoding="utf-8")
    print(file)


main()
