"""The door of the console: every address before and around the session."""

from typing import Any

from flask import Blueprint, Response

from handlers.console.account import ACCOUNT, Accounts
from handlers.console.log_in import SECOND, Entrance, Ways
from handlers.console.passwords import Passwords
from handlers.database import Database
from handlers.guards import Guard, guarded
from handlers.pages.access import CONSOLE, LOGIN, reached
from handlers.pages.front import show
from handlers.words import refusal
from models.account.rules import BY_NAME
from models.base.refusals import Refused


def blueprint(database: Database, ways: Ways, password_rules: str) -> Blueprint:
    """`ways`: the platforms; `password_rules`: a name of models/account/rules.py."""
    rules = BY_NAME[password_rules]
    made = Blueprint("console", __name__)
    entrance, passwords = Entrance(database, ways, rules), Passwords(database, rules)
    accounts = Accounts(database, rules)

    def route(guard: Guard, rule: str, name: str, view: Any, *methods: str) -> None:
        reached_by = reached(database, rule, view) if guard == "staff" else view
        made.add_url_rule(rule, name, guarded(guard)(reached_by), methods=list(methods) or ["GET"])

    platform = f"{LOGIN}/<any(work, official):way>"
    route("public", LOGIN, "login", entrance.shown)
    route("public", LOGIN, "with_password", entrance.with_password, "POST")
    route("public", SECOND, "second", entrance.second_shown)
    route("public", SECOND, "with_second", entrance.with_second, "POST")
    route("public", platform, "to_platform", entrance.to_platform)
    route("public", f"{platform}/back", "from_platform", entrance.from_platform)
    route("public", f"{CONSOLE}/password/<token>", "password", passwords.shown)
    route("public", f"{CONSOLE}/password/<token>", "set_password", passwords.set, "POST")
    route("public", f"{CONSOLE}/logout", "logout", entrance.log_out, "POST")
    route("staff", ACCOUNT, "account", accounts.shown)
    route("staff", f"{ACCOUNT}/<verb>", "account_act", accounts.act, "POST")
    route("staff", f"{CONSOLE}/again", "again", accounts.again, "GET", "POST")
    made.register_error_handler(Refused, _refused)
    return made


def _refused(refused: Refused) -> Response:
    return show("refused.html", refused.status, error=refusal(refused))
