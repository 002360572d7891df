"""The addresses of these pages. Whoever is not logged in is sent to WeChat, whoever has not agreed to the
first notice reads it, and what is not theirs is not there."""

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.api.asking import Ask, Office
from handlers.api.cookies import token_given
from handlers.api.errors import TooOften, sentence
from handlers.api.frame import identified, note_use, subject_of
from handlers.api.limits import LOOKS, Buckets
from handlers.api.reading import plain_args
from handlers.guards import guarded
from handlers.me import pages
from handlers.me.coming import BACK, HOME, Door, Entrance
from handlers.pages.front import show
from models.base.refusals import NotFound, Refused

# address: page, and whether it opens its own views of the database
PAGES: dict[str, tuple[str, pages.View, bool]] = {
    HOME: ("home", pages.overview, False),
    f"{HOME}/report": ("report", pages.report, False),
    f"{HOME}/cases": ("cases", pages.matters, False),
    f"{HOME}/cases/<id>": ("case", pages.matter, False),
    f"{HOME}/notices": ("notices", pages.told, False),
    f"{HOME}/notices/<id>": ("notice", pages.notice, True),
    f"{HOME}/bills": ("bills", pages.bills, False),
    f"{HOME}/bills/<id>": ("bill", pages.bill, False),
    f"{HOME}/consents": ("consents", pages.agreed, False),
    f"{HOME}/receipts/<id>": ("receipt", pages.receipt, False),
}


def blueprint(office: Office, door: Door, bridge: str | None) -> Blueprint:
    """`bridge`: a script that stands for WeChat's own, where the sandbox plays WeChat."""
    made, looks, entrance = Blueprint("me", __name__), Buckets(), Entrance(office.database, door)

    def add(rule: str, name: str, view: pages.View, is_alone: bool) -> None:
        def shown(**args: str) -> AnyResponse:
            database = office.database
            with database.read():
                caller = identified(token_given(), request.remote_addr or "")
                ask = Ask(office, caller, plain_args(args))
                if caller.visitor is None and caller.newcomer is None:
                    first = facts = None
                else:
                    if wait := looks.pay(LOOKS, subject_of(caller)):
                        raise TooOften("too_often", seconds=wait)
                    first = pages.notice_first(ask)
                    facts = None if first is not None or is_alone else view(ask)
            if first is not None:
                return show("me/consent.html", bridge=None, **first)
            if caller.visitor is None:
                return entrance.to_wechat()
            if facts is None:
                facts = view(ask)
            note_use(office, caller)
            return show(f"me/{name}.html", bridge=bridge, **facts)

        made.add_url_rule(rule, name, guarded("token")(shown), methods=["GET"])

    for rule, (name, view, is_alone) in PAGES.items():
        add(rule, name, view, is_alone)
    made.add_url_rule(BACK, "back", guarded("public")(entrance.from_wechat), methods=["GET"])
    made.register_error_handler(Refused, _refused)
    return made


def _refused(refused: Refused) -> Response:
    if isinstance(refused, NotFound):  # how it was looked for must not say whether it is there
        refused = NotFound("page_not_found")
    made = show("refused.html", refused.status, error=sentence(refused))
    if "seconds" in refused.facts:
        made.headers["Retry-After"] = str(refused.facts["seconds"])
    return made
