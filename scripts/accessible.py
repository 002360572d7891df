"""Every page of the demo's town in chromium, at 360 and 1200 pixels: WCAG 2.2 AA by axe-core, nothing wider
than the screen, nothing from another host, nothing against the pages' own policy. Exits 1 when there is.

    .venv/bin/python scripts/accessible.py [WIDTH …]
"""

import logging
import sys
import tempfile
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from browsed import WIDTHS, a_page_of_each_kind, looked_at, served
from browsers import started
from databases import build_schema
from every_page import everybodys_pages, everything_on, furnished
from hidden_pages import hidden_pages
from settings_files import KEY

from models.base import privacy
from server.database import Database


def main(widths: tuple[int, ...]) -> int:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    privacy.use_key(KEY)
    with tempfile.TemporaryDirectory(prefix="hemei-accessible-") as name:
        folder = Path(name)
        build_schema(f"sqlite:///{folder}/empty.db")
        database = Database(f"sqlite:///{furnished(folder / 'empty.db', folder)}")
        app = everything_on(folder, database)
        pages = a_page_of_each_kind(chain(everybodys_pages(app, 1), hidden_pages(app)))
        with served(app) as base, started() as browser:
            found = looked_at(browser, base, pages, widths)
        database.close()
    for one in found:
        print(f"{one.rule} at {one.page}, {one.width} px: {one.where}\n    {one.why}")
    print(f"{len(pages)} pages at {', '.join(map(str, widths))} px: {len(found)} found")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or WIDTHS))
