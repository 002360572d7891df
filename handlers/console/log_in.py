"""Logging in: by number and password with a second factor, or over a platform; and logging out."""

from functools import partial
from typing import Protocol
from urllib.parse import quote

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.console import cookies
from handlers.console.coming import browser, in_app
from handlers.console.going import STAY, safe_next
from handlers.console.pictures import qr
from handlers.database import Database
from handlers.pages.access import CONSOLE, LOGIN, own_form
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import back_to, show
from handlers.words import refusal
from models.account import accounts, entering, guessing, hashing, second, sessions, states
from models.account.entering import NUMBER, Entered
from models.account.rules import Rules
from models.base.refusals import NotAllowed, Refused

PASSWORD = 1000  # bytes of a form's field; a password has 128 characters at most
CODE = 40
WAYS = ("work", "official")
SECOND = f"{LOGIN}/second"


class Ways(Protocol):
    """The platforms as logging in asks them (server/entering.py)."""

    is_demo: bool

    def offered(self) -> tuple[str, ...]:
        """Those that are on, of work and official."""
        ...

    def address(self, way: str, path: str, state: str, *, inside: bool) -> str:
        """Where the platform says who it is, and comes back to `path` with a code."""
        ...

    def who(self, way: str, code: str) -> str:
        """The platform's id behind a code. Raises NotAllowed: login_platform, login_nobody."""
        ...


class Entrance:
    """The pages before the session."""

    def __init__(self, database: Database, ways: Ways, rules: Rules) -> None:
        self._database = database
        self._ways = ways
        self._rules = rules

    def shown(self) -> AnyResponse:
        """Inside a platform's app straight on to the platform, which asks nothing there."""
        next_path = safe_next(request.args.get("next", ""))
        if cookies.signed_in(self._database) is not None:
            return redirect(next_path, 303)
        way = in_app(self._ways.is_demo and cookies.DEMO_PHONE in request.cookies)
        if way in self._ways.offered() and STAY not in request.args:
            return redirect(f"{LOGIN}/{way}?next={_quoted(next_path)}")
        return self._page(next_path)

    def with_password(self) -> AnyResponse:
        from_our_own_page()
        next_path = safe_next(request.form.get("next", ""))
        number, password = words("number", NUMBER), request.form.get("password", "")[:PASSWORD]
        claimed = self._database.write(entering.claim, number, browser())
        if claimed.wait:
            return self._page(next_path, NotAllowed("login_wait", minutes=_minutes(claimed.wait)), 429)
        if not hashing.matches(claimed.password_hash, password):
            self._database.write(entering.failed, claimed, browser())
            return self._page(next_path, NotAllowed("login_wrong"), 401)
        response = redirect(SECOND, 303)
        key = cookies.put_browser(response)
        passed = self._database.write(entering.passed, claimed, browser(key), next_path)
        response.location = f"{SECOND}?step={passed.token}"
        if claimed.person_id and claimed.password_hash and hashing.is_outdated(claimed.password_hash):
            renewed = hashing.hash_of(password)
            self._database.write(accounts.outdated, claimed.person_id, claimed.password_hash, renewed)
        return response

    def second_shown(self) -> AnyResponse:
        return self._second(request.args.get("step", "")[:100])

    def with_second(self) -> AnyResponse:
        from_our_own_page()
        token = request.form.get("step", "")[:100]
        code = words("code", CODE)
        found = self._database.write(entering.with_code, token, code, browser(), self._rules)
        if found is None:
            return self._page(CONSOLE, NotAllowed("login_over"), 403)
        if isinstance(found, int):
            why = NotAllowed("login_wait", minutes=_minutes(found)) if found else NotAllowed("code_wrong")
            return self._second(token, why)
        return self._entered(found)

    def to_platform(self, way: str) -> AnyResponse:
        """Off to the platform, which comes back to this browser and no other."""
        if way not in self._ways.offered():
            return self._page(CONSOLE, NotAllowed("login_platform"), 404)
        next_path = safe_next(request.args.get("next", ""))
        if self._database.write(guessing.pay, guessing.BEGUN, browser().address):
            return self._page(next_path, NotAllowed("login_wait", minutes=1), 429)
        response = redirect(LOGIN, 302)
        key = cookies.put_browser(response)
        state = self._database.write(partial(states.begin, way, key, next_path=next_path))
        inside = in_app(self._ways.is_demo and cookies.DEMO_PHONE in request.cookies) == way
        response.location = self._ways.address(way, f"{LOGIN}/{way}/back", state, inside=inside)
        return response

    def from_platform(self, way: str) -> AnyResponse:
        """Back with a code. The state is spent before the platform is asked, whatever it says."""
        state, code = request.args.get("state", "")[:100], request.args.get("code", "")[:512]
        begun = self._database.write(states.take, way, state, cookies.browser_of()) if state else None
        if begun is None or not cookies.browser_of() or not code:
            return self._page(CONSOLE, NotAllowed("login_over"), 403)
        try:
            value = self._ways.who(way, code)
        except Refused as refused:
            return self._page(begun.next or CONSOLE, refused, 403)
        token = self._database.write(entering.over, way, value, browser())
        if token is None:
            return self._page(begun.next or CONSOLE, NotAllowed("login_nobody"), 403)
        return self._entered(Entered(token, begun.next))

    def log_out(self) -> AnyResponse:
        from_our_own_page()
        token = cookies.session_token()
        if token:
            own_form()
            self._database.write(entering.left, token, browser())
        response = back_to(f"{LOGIN}?{STAY}", "signed_out")
        cookies.drop_session(response)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    def _entered(self, entered: Entered) -> AnyResponse:
        """A new token whatever the browser had before, so that nobody can give somebody a session (A5)."""
        response: AnyResponse
        if entered.renew:
            response = redirect(f"{CONSOLE}/password/{entered.renew}", 303)
        elif entered.codes:
            response = show("console/codes.html", codes=entered.codes, next=safe_next(entered.next))
        else:
            response = redirect(safe_next(entered.next), 303)
        old = cookies.session_token()
        if old:
            self._database.write(sessions.end, old, "renewed")
        if entered.token:
            cookies.put_session(response, entered.token)
        cookies.drop_browser(response)
        return response

    def _page(self, next_path: str, why: Refused | None = None, status: int = 200) -> Response:
        return show(
            "console/login.html",
            status,
            error=refusal(why) if why is not None else None,
            next=next_path,
            ways=self._ways.offered(),
            in_app=in_app(False),
            number=words("number", NUMBER) if request.method == "POST" else "",
        )

    def _second(self, token: str, why: Refused | None = None) -> Response:
        """The code of the telephone; for whoever has none yet, what the telephone has to scan."""
        with self._database.read():
            is_open = states.look("second", token, cookies.browser_of()) is not None
        if not is_open:
            return self._page(CONSOLE, why or NotAllowed("login_over"), 403)
        offered = self._database.write(entering.to_set_up, token, browser())
        error = refusal(why) if why is not None else None
        status = 200 if why is None else 429 if why.code == "login_wait" else 401
        if offered is None:
            return show("console/second.html", status, error=error, step=token)
        picture = qr(second.address_of(*offered))
        return show(
            "console/set_up.html", status, error=error, step=token, secret=offered[0], picture=picture,
            action=SECOND,
        )  # fmt: skip


def _minutes(seconds: int) -> int:
    return -(-seconds // 60)


def _quoted(path: str) -> str:
    return quote(path, safe="")
