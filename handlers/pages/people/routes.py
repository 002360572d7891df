"""The addresses of people and places: all of them for staff."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from handlers.guards import Guard
from handlers.pages.front import Front
from handlers.pages.people import homes, importing, printing
from handlers.pages.people.printing import Paper

Route = tuple[Guard, str, str, Callable[..., Any]]
_IMPORT = "/console/import"


def people_routes(front: Front) -> Iterator[Route]:
    """(Guard, rule, name, view) of what is read."""
    yield "staff", _IMPORT, "import", partial(importing.shown, front)
    yield "staff", f"{_IMPORT}/template.xlsx", "import_template", partial(importing.template, front)
    yield "staff", f"{_IMPORT}/<key>", "import_one", partial(importing.opened, front)
    yield "staff", f"{_IMPORT}/<key>/progress", "import_progress", partial(importing.progress, front)
    yield "staff", f"{_IMPORT}/<key>/marked.xlsx", "import_marked", partial(importing.marked, front)
    yield "staff", "/console/homes", "homes", partial(homes.shown, front)
    yield "staff", "/console/print", "print", partial(printing.shown, front)
    yield "staff", "/console/print/photo/<public>", "print_photo", partial(printing.photo, front)


def people_forms(front: Front, paper: Paper) -> Iterator[Route]:
    """The same of what takes forms."""
    yield "staff", _IMPORT, "import_upload", partial(importing.upload, front)
    yield "staff", f"{_IMPORT}/<key>/<verb>", "import_act", partial(importing.act, front)
    yield "staff", "/console/homes/<verb>", "homes_act", partial(homes.act, front)
    yield "staff", "/console/print/doors", "print_doors", partial(printing.door_sheets, front, paper=paper)
    yield "staff", "/console/print/cards", "print_cards", partial(printing.cards, front, paper=paper)
    yield "staff", "/console/print/portrait", "print_portrait", partial(printing.portrait, front)
    yield "staff", "/console/print/<verb>", "print_act", partial(printing.act, front)
