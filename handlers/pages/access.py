"""How people reach a page. A resident holds a letter's link, whose token names the person and the thing.
Staff come with a session, at addresses that name the thing alone; a letter's link of somebody with a post
only leads there, so that nobody to whom it was handed on acts as that person (T08)."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import quote

from flask import g, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from handlers.console.cookies import signed_in
from handlers.console.keys import fits
from handlers.database import Database
from handlers.pages.console import frame
from handlers.pages.forms import from_our_own_page
from handlers.pages.front import show
from models.base.checkdigit import with_check, without_check
from models.base.links import Link, opened
from models.base.refusals import Invalid, NotFound
from models.person.arriving import staff_of, visitor_of

LETTER, CONSOLE = "/p/<token>", "/console"
CASE = "/console/cases/<case>"
NOTICE = "/console/notices/<int(max=2147483647):notice>"
LOGIN = "/console/login"
PART = "hemei-part"  # the cookie with the part of the town that is looked at
PLAIN_BYTES, PLAIN_PARTS = 512 * 1024, 5000  # a form without files; the longest names every estate of a city
_SECRETS = {"password", "old", "code"}  # fields that no page repeats
_WORK = ("desk", "case", "notice")  # what a post opens: one's own money is one's own, with or without


class Access(NamedTuple):
    """`base` is the address below which the page and its forms stand; `link` names person and thing."""

    base: str
    link: Link


class LoggedOut(NotFound):
    """A form of somebody whose session is over: what was typed is still in the browser, one page back."""

    status = 401


def case_at(case_id: int) -> str:
    return f"{CONSOLE}/cases/{with_check(case_id)}"


def notice_at(notice_id: int) -> str:
    return f"{CONSOLE}/notices/{notice_id}"


def reached(database: Database, rule: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """`view` behind a rule, called with the Access by which somebody came; other rules stay as they are."""
    if rule.startswith(LETTER):
        is_own = rule.endswith("/vote")  # nobody votes because of a post

        def by_letter(token: str, **args: Any) -> Any:
            link = opened(token)
            if link is None:
                raise NotFound("page_not_found")
            if link.kind in _WORK and not is_own and _has_post(database, link.person_id):
                return _to_console(link, request.path.removeprefix(f"/p/{token}"))
            return view(access=Access(f"/p/{token}", link), **args)

        return by_letter
    if rule.startswith(CONSOLE):

        def by_session(case: str | None = None, notice: int | None = None, **args: Any) -> Any:
            signed = signed_in(database)
            if signed is None:
                return to_login()
            with database.read():
                visitor = visitor_of(signed.person_id, "page")
                visitor = visitor and visitor.looking_at(part_chosen())
                g.console = frame(visitor) if visitor is not None else None
            if request.method not in ("GET", "HEAD"):
                try:
                    own_form()
                except Invalid as why:
                    return _offered_again(why)
            chosen = (visitor.community_id if visitor is not None and visitor.posts else None) or 0
            answer = view(access=_access(signed.person_id, case, notice, chosen), **args)
            return _kept(answer) if "part" in request.args else answer

        return by_session
    return view


def part_chosen() -> int | None:
    """The community that somebody with posts on several chose to look at; None: none, or all of them."""
    said = request.args.get("part", request.cookies.get(PART, ""))[:10]
    return int(said) if said.isdecimal() and int(said) else None


def _kept(answer: Any) -> AnyResponse:
    """With what was chosen, for the pages that follow. It opens nothing: rights are looked up each time."""
    response = make_response(answer)
    said = request.args.get("part", "")[:10]
    response.set_cookie(PART, said, path=CONSOLE, secure=request.is_secure, httponly=True, samesite="Lax")
    return response


def own_form() -> None:
    """Of what somebody sends who is logged in: Strange for a form from elsewhere, Invalid: form_without_key
    for one that no page of this session made (A6). One with files is looked through by its view, which knows
    how large it may be, and asks for the key by links.once_key."""
    from_our_own_page()
    if (request.content_length or 0) <= PLAIN_BYTES:
        request.max_form_parts = PLAIN_PARTS
        if not fits(request.form.get("once", "")):
            raise Invalid("form_without_key")


def _offered_again(why: Invalid) -> AnyResponse:
    """What somebody typed on a page of ours before they had to log in anew, to be sent by another tap, with
    the key of this session. Raises `why` for what a browser does not call our own, for files and secrets."""
    names = set(request.form)
    is_ours = request.headers.get("Sec-Fetch-Site") == "same-origin" and request.form.get("once")
    if not is_ours or request.files or names & _SECRETS:
        raise why
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "once"]
    return show(
        "console/go_on.html", why.status, is_old=True, path=request.path, fields=fields, next=CONSOLE
    )  # fmt: skip


def to_login() -> AnyResponse:
    """Raises LoggedOut for a form."""
    if request.method not in ("GET", "HEAD"):
        raise LoggedOut("logged_out")
    asked = request.full_path.rstrip("?")
    return redirect(f"{LOGIN}?next={quote(asked)}")


def staff_only(access: Access, rest: str) -> AnyResponse:
    """What is left of the addresses below a letter's link and below the console: who has a post is led on
    before, or to the door, and nobody finds anything."""
    raise NotFound("page_not_found")


def _access(person_id: int, case: str | None, notice: int | None, part: int) -> Access:
    """The desk's link carries the community that is looked at, 0 for the widest part."""
    if case is not None:
        key = without_check(case)
        if key is None:
            raise NotFound("page_not_found")
        return Access(case_at(key), Link("case", person_id, key))
    if notice is not None:
        return Access(notice_at(notice), Link("notice", person_id, notice))
    return Access(CONSOLE, Link("desk", person_id, part))


def _has_post(database: Database, person_id: int) -> bool:
    with database.read():
        return staff_of(person_id) is not None


def _to_console(link: Link, rest: str) -> AnyResponse:
    base = {"desk": CONSOLE, "case": case_at(link.key), "notice": notice_at(link.key)}[link.kind]
    if request.method not in ("GET", "HEAD"):
        return redirect(base, 303)
    query = request.query_string.decode()
    return redirect(base + rest + (f"?{query}" if query else ""))
