"""What somebody came for, and what a form does exactly once."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from flask import Response, request, send_file

from handlers.console.keys import fits
from handlers.pages.access import CONSOLE, Access, part_chosen
from handlers.pages.audit.noting import form_done, here
from handlers.pages.case_facts import arriving, found
from handlers.pages.forms import words
from handlers.pages.front import Front
from models.base.links import Link
from models.base.refusals import Invalid, NotFound
from models.inbox import once
from models.media.item import Item
from models.media.keeping import item_of

T = TypeVar("T")


class Key(str):
    """The key of a form, and for the log of sensitive acts the network that it came from and the part of the
    town that was looked at."""

    __slots__ = ("origin", "part")
    origin: str | None
    part: int | None


class Done(NamedTuple):
    """What a form did: a code of labels/said.toml with its facts. `fresh` is False for a copy."""

    code: str
    facts: Mapping[str, Any]
    fresh: bool = True


def link_of(access: Access, *kinds: str) -> Link:
    """Raises NotFound for what is not one of these kinds."""
    if access.link.kind not in kinds:
        raise NotFound("page_not_found")
    return access.link


def once_key(sender: str) -> Key:
    """The key that every form of ours carries, by which its copies are known. Raises Invalid:
    form_without_key, also for one that this session's pages did not give out."""
    key = words("once", 80)
    if not key or (request.path.startswith(f"{CONSOLE}/") and not fits(key)):
        raise Invalid("form_without_key")
    made = Key(f"{sender}/{key}")
    made.origin, made.part = here(), part_chosen()
    return made


def only_once(key: str, sender: str, kind: str, work: Callable[[], Done]) -> Done:
    """Runs `work` in the transaction around us, unless a copy of the same form did so before. A form that is
    a sensitive act is written down with it (handlers/pages/audit/classes.py)."""
    if not once.begin(key, sender, kind):
        before = once.answer_to(key)
        return Done(before.get("code", "added"), before.get("facts", {}), fresh=False)
    done = work()
    origin, part = (key.origin, key.part) if isinstance(key, Key) else (None, None)
    form_done(kind, sender, origin, part, done.code)
    once.answered(key, {"code": done.code, "facts": dict(done.facts)})
    return done


def medium(front: Front, access: Access, public: str) -> Response:
    """A photo or a voice, for those who may see its case."""
    link = link_of(access, "case", "desk")
    with front.database.read():
        visitor = arriving(link.person_id)
        item = item_of(public)
        if item is None or item.about_kind != "case" or (link.kind == "case" and item.about_id != link.key):
            raise NotFound("media_not_found")
        try:
            found(item.about_id, visitor)
        except NotFound:  # a file of a case that is not this person's is no other answer than none
            raise NotFound("media_not_found") from None
        return sent_medium(front, item)


def sent_medium(front: Front, item: Item) -> Response:
    """Its file, for somebody who was found to be allowed. Raises NotFound when it has none."""
    file = front.files.path(item.file) if item.file else None
    content_type, public = item.content_type, item.public_id
    if file is None or content_type is None:
        raise NotFound("media_not_found")
    response = send_file(
        file,
        mimetype=content_type,
        conditional=True,
        max_age=0,
        # a browser seldom plays AMR, but every telephone does
        as_attachment=content_type == "audio/amr" and "Range" not in request.headers,
        download_name=f"{public}{file.suffix}",
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
