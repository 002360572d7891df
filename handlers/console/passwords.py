"""Setting a password: by a link that works once, or by somebody who is logged in and knows the old one."""

from functools import partial

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from handlers.console import cookies
from handlers.console.coming import browser
from handlers.console.going import STAY
from handlers.database import Database
from handlers.pages.access import CONSOLE, LOGIN
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import back_to, show
from handlers.words import refusal
from models.account import hashing, linking
from models.account.linking import Owner
from models.account.rules import Rules
from models.audit.noting import network
from models.base.refusals import Invalid, NotAllowed, Refused

FIELD = 1000


class Passwords:
    """The page behind a link."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def shown(self, token: str) -> AnyResponse:
        return self._page(token)

    def _page(self, token: str, why: Refused | None = None) -> AnyResponse:
        with self._database.read():
            owner = linking.owner_by(token[:100])
        if owner is None:
            return over()
        status = 200 if why is None else why.status
        error = refusal(why) if why is not None else None
        return show(
            "console/password.html", status, error=error, token=token, owner=owner, rules=self._rules,
            least=least(self._rules, owner),
        )  # fmt: skip

    def set(self, token: str) -> AnyResponse:
        from_our_own_page()
        with self._database.read():
            owner = linking.owner_by(token[:100])
        if owner is None:
            return over()
        try:
            kept = new_hash(owner, self._rules)
        except Invalid as why:
            return self._page(token, why)
        origin = network(browser().address)
        if not self._database.write(partial(linking.set_by, token[:100], kept, self._rules, origin)):
            return over()
        response = back_to(f"{LOGIN}?{STAY}", "password_set")
        cookies.drop_session(response)
        return response


def over() -> AnyResponse:
    return show("console/over.html", 404, error=refusal(NotAllowed("link_over")), base=CONSOLE)


def least(rules: Rules, owner: Owner) -> int:
    return rules.least_with_second if owner.has_second else rules.least


def new_hash(owner: Owner, rules: Rules) -> str:
    """Of the password that stands in the form twice. Raises Invalid: password_differs, password_used, and as
    models/account/rules.py says."""
    password = request.form.get("password", "")[:FIELD]
    if password != request.form.get("again", "")[:FIELD]:
        raise Invalid("password_differs")
    rules.check(password, with_second=owner.has_second, about=owner.about)
    if any(hashing.matches(one, password) for one in owner.remembered(rules)):
        raise Invalid("password_used", many=rules.remembered)
    return hashing.hash_of(password)
