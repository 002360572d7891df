"""My account: the password, the second factor, the codes on paper, where I am logged in; and once more the
second factor before something that asks for it."""

from functools import partial
from typing import NamedTuple

from flask import redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.console import cookies
from handlers.console.coming import browser, browser_name
from handlers.console.going import safe_next
from handlers.console.passwords import FIELD, least, new_hash
from handlers.console.pictures import qr
from handlers.console.stashed import stash, stashed
from handlers.database import Database
from handlers.pages.access import CONSOLE, Access
from handlers.pages.forms import words
from handlers.pages.front import back_to, show
from handlers.words import refusal
from models.account import changing, hashing, linking, second, sessions, states
from models.account.linking import Owner
from models.account.rules import Rules
from models.account.sessions import Signed
from models.base.refusals import NotAllowed, NotFound, Refused

ACCOUNT = f"{CONSOLE}/account"
CODE = 40


class Here(NamedTuple):
    """One of somebody's own sessions."""

    id: int
    browser: str
    way: str
    begun_at: str
    seen_at: str
    is_this: bool


class Accounts:
    """The pages of somebody who is logged in."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def shown(self, access: Access) -> AnyResponse:
        return self._page(self._signed())

    def _signed(self) -> Signed:
        """Who has come in, as handlers/pages/access.py has found already."""
        signed = cookies.signed_in(self._database)
        if signed is None:
            raise NotFound("page_not_found")
        return signed

    def _page(self, signed: Signed, why: Refused | None = None) -> AnyResponse:
        with self._database.read():
            owner = _owner(signed)
            left = second.codes_left(signed.person_id)
            here = [
                Here(
                    one.id,
                    browser_name(one.browser),
                    one.way,
                    one.begun_at.isoformat(),
                    one.seen_at.isoformat(),
                    one.id == signed.session_id,
                )
                for one in sessions.alive(signed.person_id)
            ]
            may_link = changing.may_link(signed.person_id)
        return show(
            "console/account.html", 200 if why is None else why.status,
            error=refusal(why) if why is not None else None, base=CONSOLE, owner=owner, left=left, here=here,
            rules=self._rules, least=least(self._rules, owner), may_link=may_link,
        )  # fmt: skip

    def act(self, access: Access, verb: str) -> AnyResponse:
        """One of the page's forms."""
        signed = self._signed()
        forms = {
            "password": self._password,
            "second": self._second,
            "confirm": self._confirm,
            "codes": self._codes,
            "end": self._end,
            "others": self._others,
            "link": self._link,
        }
        if verb not in forms:
            raise NotFound("page_not_found")
        try:
            return forms[verb](signed)
        except Refused as why:
            if why.code == "page_not_found":
                raise
            return self._page(signed, why)

    def _password(self, signed: Signed) -> AnyResponse:
        with self._database.read():
            owner = _owner(signed)
        self._knows(owner, "old")
        kept = new_hash(owner, self._rules)
        token = self._database.write(partial(changing.password, signed, kept, self._rules, browser()))
        return self._renewed(token, back_to(ACCOUNT, "password_changed"))

    def _second(self, signed: Signed) -> AnyResponse:
        """Set up by whoever knows the password or came in just now; given up by whoever still has it."""
        with self._database.read():
            owner = _owner(signed)
        if owner.has_second:
            self._code(signed)
            self._database.write(partial(changing.second_off, signed, browser()))
        elif owner.password_hash is not None:
            self._knows(owner, "old")
        elif not signed.is_new:
            raise NotAllowed("come_in_again")
        begin = partial(states.begin, "set_up", cookies.session_token(), person_id=signed.person_id)
        return self._set_up(signed, self._database.write(begin))

    def _confirm(self, signed: Signed) -> AnyResponse:
        """The first code of what was set up."""
        step, code = words("step", 100), words("code", CODE)
        work = partial(changing.second_on, signed, step, cookies.session_token(), code, browser())
        found = self._database.write(work)
        if found is None:
            raise NotAllowed("come_in_again")
        if isinstance(found, bool):
            return self._set_up(signed, step, NotAllowed("code_wrong"))
        token, codes = found
        return self._renewed(token, show("console/codes.html", codes=codes, next=ACCOUNT))

    def _set_up(self, signed: Signed, step: str, why: Refused | None = None) -> AnyResponse:
        secret, number = self._database.write(changing.offer, signed.person_id)
        return show(
            "console/set_up.html", 200 if why is None else why.status,
            error=refusal(why) if why is not None else None, step=step, secret=secret,
            picture=qr(second.address_of(secret, number)), action=f"{ACCOUNT}/confirm",
        )  # fmt: skip

    def _codes(self, signed: Signed) -> AnyResponse:
        self._code(signed)
        codes = self._database.write(partial(changing.new_codes, signed, browser()))
        return show("console/codes.html", codes=codes, next=ACCOUNT)

    def _end(self, signed: Signed) -> AnyResponse:
        which = words("session", 19)
        if which.isascii() and which.isdecimal():
            self._database.write(sessions.end_one, signed.person_id, int(which))
        return back_to(ACCOUNT, "session_ended")

    def _others(self, signed: Signed) -> AnyResponse:
        token = self._database.write(changing.only_here, signed, browser())
        return self._renewed(token, back_to(ACCOUNT, "sessions_ended"))

    def _link(self, signed: Signed) -> AnyResponse:
        """Whoever holds it can act as the colleague, so it asks for the own second factor first."""
        if not signed.is_strong:
            answer = redirect(f"{CONSOLE}/again?next={ACCOUNT}", 303)
            stash(answer)
            return answer
        token, name = self._database.write(changing.link_for, signed.person_id, words("number", 40))
        return show("console/link.html", path=f"{CONSOLE}/password/{token}", whose=name, base=CONSOLE)

    def _renewed(self, token: str, response: AnyResponse) -> AnyResponse:
        """All sessions are over; this browser has a new one."""
        cookies.put_session(response, token)
        return response

    def _knows(self, owner: Owner, field: str) -> None:
        """Raises NotAllowed unless the form says the present password: login_wrong, login_wait."""
        wait = self._database.write(changing.guess, owner.person_id)
        if wait:
            raise NotAllowed("login_wait", minutes=-(-wait // 60))
        if not hashing.matches(owner.password_hash, request.form.get(field, "")[:FIELD]):
            raise NotAllowed("password_wrong")
        self._database.write(changing.no_guess, owner.person_id)

    def _code(self, signed: Signed) -> None:
        """Raises NotAllowed unless the form has a code of the second factor: code_wrong, login_wait."""
        found = self._database.write(partial(changing.proves, signed, words("code", CODE), browser()))
        if found:
            raise NotAllowed("login_wait", minutes=-(-found // 60))
        if found is None:
            raise NotAllowed("code_wrong")

    def again(self, access: Access) -> AnyResponse:
        """The second factor once more, and then on to `next`."""
        signed = self._signed()
        next_path = safe_next(request.values.get("next", ""))
        with self._database.read():
            has_second = _owner(signed).has_second
        if not has_second:
            return show("console/none.html", 403, account=ACCOUNT, base=CONSOLE)
        why: Refused | None = None
        if request.method == "POST":
            try:
                self._code(signed)
                return _on(next_path)
            except NotAllowed as refused:
                why = refused
        error = refusal(why) if why is not None else None
        return show("console/again.html", 200 if why is None else 401, error=error, next=next_path)


def _on(next_path: str) -> AnyResponse:
    """To the form that was typed before, else to where this came from."""
    kept = stashed()
    if kept is None:
        return redirect(next_path, 303)
    response = show("console/go_on.html", is_old=False, path=kept.path, fields=kept.fields, next=next_path)
    cookies.drop_typed(response)
    return response


def _owner(signed: Signed) -> Owner:
    owner = linking.owner(signed.person_id)
    if owner is None:
        raise NotFound("page_not_found")
    return owner
