"""The pages: what a letter's link, a printed code and a curious neighbour open, and the console of staff."""

from functools import partial
from typing import Any

from flask import Blueprint, Response
from werkzeug.wrappers import Response as AnyResponse

from handlers.database import Database
from handlers.guards import Guard, guarded
from handlers.house import House
from handlers.pages import about, case_page, checked_picture, desk, door, groups, home_visits, stations
from handlers.pages.access import CASE, CONSOLE, LETTER, Access, reached, staff_only
from handlers.pages.audit.routes import audit_routes
from handlers.pages.audit.strong import strongly
from handlers.pages.board import staff as board_staff
from handlers.pages.books import public as open_books
from handlers.pages.books.routes import book_forms, book_routes
from handlers.pages.cases.routes import case_forms, case_routes
from handlers.pages.chain.routes import chain_forms, chain_routes
from handlers.pages.fees import mine, paying
from handlers.pages.fees.payer import Cashier
from handlers.pages.fees.routes import fee_forms, fee_routes
from handlers.pages.figures.routes import figure_routes
from handlers.pages.front import Front, show, static_file
from handlers.pages.groups import JoinPrinter
from handlers.pages.help import help_routes
from handlers.pages.links import medium
from handlers.pages.notice import page as notice_page
from handlers.pages.notice.groups import Printer
from handlers.pages.notice.routes import notice_forms, notice_routes
from handlers.pages.people.printing import Paper, door_photo
from handlers.pages.people.routes import people_forms, people_routes
from handlers.pages.posts.routes import post_forms, post_routes
from handlers.words import refusal
from models.base.refusals import Refused
from models.media.files import Files


def blueprint(
    database: Database,
    house: House,
    photos: Files,
    printer: Printer,
    joining: JoinPrinter,
    cashier: Cashier,
    paper: Paper,
) -> Blueprint:
    """All pages. `photos` is where pictures and voices lie, `printer` makes paper of what groups are told,
    `joining` of the code by which neighbours join one, `paper` of doors and cadres; `cashier` takes what
    people pay over WeChat."""
    front = Front(database, house, photos)
    made = Blueprint("pages", __name__)

    def route(guard: Guard, rule: str, name: str, view: Any, *methods: str) -> None:
        reached_by = guarded(guard)(reached(database, rule, strongly(database, name, view)))
        made.add_url_rule(rule, name, reached_by, methods=list(methods) or ["GET"])

    def letter(access: Access) -> AnyResponse:
        kind = access.link.kind
        if kind == "notice":
            return notice_page.shown(front, access)
        if kind == "fees":
            return mine.shown(front, access)
        if kind == "books":
            return open_books.for_resident(front, access)
        if kind == "pay":
            return paying.shown(front, cashier, access)
        return case_page.shown(front, access)

    def code(code: str) -> Response:
        return notice_page.by_group(front, code) or door.shown(front, code)

    route("personal_link", LETTER, "opened", letter)
    route("personal_link", f"{LETTER}/media/<public>", "medium", partial(medium, front))
    route("personal_link", f"{LETTER}/<path:rest>", "led_on", staff_only, "GET", "POST")
    route("staff", CONSOLE, "desk", partial(desk.shown, front))
    route("staff", f"{CONSOLE}/media/<public>", "staff_medium", partial(medium, front))
    route("staff", f"{CONSOLE}/desk/<task>", "desk_act", partial(desk.act, front), "POST")
    route("staff", CASE, "staff_case", partial(case_page.shown, front))
    route("staff", f"{CASE}/media/<public>", "case_medium", partial(medium, front))
    route("staff", f"{CASE}/call", "call", partial(case_page.call, front), "POST")
    route("staff", f"{CASE}/<verb>", "staff_act", partial(case_page.act, front), "POST")
    route("staff", f"{CONSOLE}/<path:rest>", "nowhere", staff_only)  # a stranger learns of none
    for guard, rule, name, view in notice_routes(front, printer):
        route(guard, rule, name, view)
    for guard, rule, name, view in notice_forms(front):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in fee_routes(front, cashier):
        route(guard, rule, name, view)
    for guard, rule, name, view in fee_forms(front, cashier):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in book_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in book_forms(front):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in case_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in case_forms(front):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in chain_routes(front):
        route(guard, rule, name, view)
    route("staff", f"{CONSOLE}/board", "board_staff", partial(board_staff.shown, front))
    for guard, rule, name, view in help_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in figure_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in people_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in people_forms(front, paper):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in post_routes(front):
        route(guard, rule, name, view)
    for guard, rule, name, view in post_forms(front):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view in chain_forms(front):
        route(guard, rule, name, view, "POST")
    for guard, rule, name, view, *methods in audit_routes(front):
        route(guard, rule, name, view, *methods)
    code_of = "/console/groups/code/<int(max=9007199254740991):group>"
    route("staff", "/console/groups", "groups", partial(groups.shown, front))
    route("staff", "/console/groups/<verb>", "groups_act", partial(groups.act, front), "POST")
    route("staff", "/console/visits", "home_visits", partial(home_visits.shown, front))
    route("staff", "/console/visits/<verb>", "home_visits_act", partial(home_visits.act, front), "POST")
    route("staff", "/console/stations", "stations", partial(stations.shown, front))
    route("staff", "/console/stations/<verb>", "stations_act", partial(stations.act, front), "POST")
    route("staff", f"{code_of}.png", "join_picture", partial(groups.picture, front))
    route("staff", f"{code_of}.pdf", "join_sheet", partial(groups.sheet, front, joining))
    route("personal_link", f"{LETTER}/<verb>", "act", partial(case_page.act, front), "POST")
    route("public", "/q/<code>", "door", code)
    route("public", "/checked/<token>", "checked", partial(checked_picture.shown, front))
    route("public", "/q/<code>/people/<public>", "door_photo", partial(door_photo, front))
    route("public", "/q/<code>", "report", partial(door.report, front), "POST")
    route("public", "/privacy", "privacy", partial(about.privacy, front))
    route("public", "/", "home", partial(about.home, front, is_demo=cashier.bridge is not None))
    route("public", "/static/<name>", "static", static_file)
    made.register_error_handler(Refused, _refused)
    return made


def _refused(refused: Refused) -> Response:
    return show("refused.html", refused.status, error=refusal(refused))
