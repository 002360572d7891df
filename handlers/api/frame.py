"""From a line of the table of routes to an answer: who asks, may they, how often, what with; then the act."""

import hashlib
from collections.abc import Callable
from typing import Any

import msgspec
from flask import Response, request

from handlers.api import reading
from handlers.api.asking import Ask, Caller, Office
from handlers.api.cookies import token_given
from handlers.api.errors import JSON, LoginNeeded, Needed, TooOften, not_there, trouble, wrong
from handlers.api.limits import Buckets
from handlers.api.routes import Need, Route, Runs
from models.account.guessing import pay
from models.base.refusals import NotAllowed, Refused
from models.client import tokens
from models.consent import consents
from models.inbox import once
from models.person.arriving import visitor_of
from models.person.proving import has_phone, homes_of

KEY = "Idempotency-Key"
_SHORTEST, _LONGEST = 8, 64


def view_of(route: Route, office: Office, looks: Buckets) -> Callable[..., Response]:
    """The view of one route."""

    def view(**args: Any) -> Response:
        try:
            return _answered(route, office, looks, args)
        except Refused as refused:
            return trouble(refused)

    view.__name__ = route.name.replace(".", "_")
    view.__doc__ = route.act.__doc__
    return view


def _answered(route: Route, office: Office, looks: Buckets, args: dict[str, Any]) -> Response:
    token, address = token_given(), request.remote_addr or ""
    plain = reading.plain_args(args)
    if route.within is Runs.READ:
        if route.method != "GET":
            reading.received()  # because a slow one must not hold a view of the database open
        with office.database.read():
            caller = _admitted(route, token, address)
            _not_too_often(looks.pay(route.counted, subject_of(caller)))
            ask = Ask(office, caller, plain)
            answer = _packed(route, route.act(ask, reading.given(route)))
        note_use(office, caller)
        return answer
    with office.database.read():
        caller = _admitted(route, token, address)
    if route.method == "GET":
        _not_too_often(looks.pay(route.counted, subject_of(caller)))
    else:
        _not_too_often(office.database.write(pay, route.counted, subject_of(caller)))
    given = reading.given(route)
    raw = reading.bytes_of(route.raw) if route.raw else b""
    ask = Ask(office, caller, plain, raw, reading.offset() if route.raw else None)
    key = _key(route, caller, plain, given)
    note_use(office, caller)
    if route.within is Runs.ALONE:
        return _alone(route, ask, given, key)
    return _response(route, office.database.write(_once, route, ask, given, key))


def _alone(route: Route, ask: Ask, given: Any, key: tuple[str, str] | None) -> Response:
    """Such an act asks a platform and is safe to repeat by itself; its answer is kept when there is one."""
    if key is not None:
        with ask.office.database.read():
            before = _before(key)
        if before is not None:
            return _response(route, before)
    body = _packed(route, route.act(ask, given))
    if key is not None:
        return _response(route, ask.office.database.write(_kept, key, body.get_data(as_text=True), ask))
    return body


def _once(route: Route, ask: Ask, given: Any, key: tuple[str, str] | None) -> str | Response:
    """Inside the transaction: the act, unless a copy of the request was answered before."""
    if key is None:
        return _packed(route, route.act(ask, given))
    if not once.begin(key[0], _sender(ask), "api"):
        before = _before(key)
        if before is None:
            raise NotAllowed("still_at_it")
        return before
    body = _packed(route, route.act(ask, given)).get_data(as_text=True)
    once.answered(key[0], {"print": key[1], "body": body})
    return body


def _kept(key: tuple[str, str], body: str, ask: Ask) -> str:
    if once.begin(key[0], _sender(ask), "api"):
        once.answered(key[0], {"print": key[1], "body": body})
        return body
    return _before(key) or body


def _before(key: tuple[str, str]) -> str | None:
    """What a copy was answered. Raises Invalid when it asked for something else."""
    kept = once.answer_to(key[0])
    if not kept:
        return None
    if kept["print"] != key[1]:
        raise wrong("key_reused", KEY)
    return str(kept["body"])


def _key(route: Route, caller: Caller, args: dict[str, str], given: Any) -> tuple[str, str] | None:
    """The key under which this request is answered once, and a print of what it asks for."""
    sent = request.headers.get(KEY)
    if not route.once or sent is None:
        return None
    if not _SHORTEST <= len(sent) <= _LONGEST or not sent.isascii() or not sent.isprintable():
        raise wrong("bad_key", KEY)
    asked = msgspec.json.encode([args, given])
    return f"api/{subject_of(caller)}/{route.name}/{_digest(sent.encode())}", _digest(asked)


def _admitted(route: Route, token: str, address: str) -> Caller:
    """Raises Refused for whoever may not come."""
    caller = identified(token, address)
    if route.need is Need.ANYBODY:
        return caller
    if caller.visitor is None and caller.newcomer is None:
        raise LoginNeeded("login_needed")
    if route.need is Need.LOGIN:
        return caller
    if caller.visitor is None or not caller.has_consented:
        raise Needed("consent_needed", field="basic")
    if route.need is Need.STAFF and not caller.visitor.is_staff:
        raise not_there()
    if route.need is Need.PHONE and not has_phone(caller.visitor.person_id):
        raise Needed("phone_needed")
    if route.need is Need.HOME and not homes_of(caller.visitor.person_id):
        raise Needed("home_needed")
    return caller


def identified(token: str, address: str = "") -> Caller:
    """Who holds this token, with the rights of now."""
    # first, because in the moment in which a newcomer becomes known the token is one or the other
    found = tokens.newcomer(token) if token else None
    if found is not None:
        return Caller(token, None, found, False, address, found.way)
    held = tokens.holder(token) if token else None
    if held is not None:
        visitor = visitor_of(held.person_id, held.way)
        agreed = visitor is not None and consents.is_given(held.person_id, consents.BASIC)
        unseen = held.token_id if held.is_unseen else None
        return Caller(token, visitor, None, agreed, address, held.way, unseen)
    return Caller(address=address)


def note_use(office: Office, caller: Caller) -> None:
    """Thirty days begin anew, now and then. No view of the database may be open."""
    if caller.unseen is not None:
        office.database.write(tokens.seen, caller.unseen)


def _not_too_often(seconds: int) -> None:
    if seconds:
        raise TooOften("too_often", seconds=seconds)


def subject_of(caller: Caller) -> str:
    """Whom a limit is about."""
    if caller.visitor is not None:
        return f"p{caller.visitor.person_id}"
    return f"n{tokens.hash_of(caller.token)[:32]}" if caller.newcomer is not None else f"a{caller.address}"


def _sender(ask: Ask) -> str:
    return f"api/{subject_of(ask.caller)}"


def _packed(route: Route, answer: Any) -> Response:
    """Inside the transaction, because an answer may still read."""
    if isinstance(answer, Response):
        return answer
    return Response(msgspec.json.encode(answer), route.status, content_type=JSON)


def _response(route: Route, made: str | Response) -> Response:
    return made if isinstance(made, Response) else Response(made, route.status, content_type=JSON)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:32]
