"""The public board: what a community's residents read on a phone and on the screen in the lobby."""

from flask import Blueprint, Response

from handlers.database import Database
from handlers.guards import guarded
from handlers.house import House
from handlers.pages.board.pages import BoardPrinter, board_routes
from handlers.pages.front import Front, show
from handlers.words import refusal
from models.base.refusals import Refused
from models.media.files import Files


def blueprint(database: Database, house: House, files: Files, printer: BoardPrinter) -> Blueprint:
    """All its pages. `files` is where pictures lie, `printer` makes paper of what leads there."""
    front = Front(database, house, files)
    made = Blueprint("board", __name__)
    for guard, rule, name, view in board_routes(front, printer):
        made.add_url_rule(rule, name, guarded(guard)(view))
    made.register_error_handler(Refused, _refused)
    return made


def _refused(refused: Refused) -> Response:
    return show("refused.html", refused.status, error=refusal(refused))
