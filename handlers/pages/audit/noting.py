"""What a request writes down of itself. `here` reads the request, so it is called in its own thread, before
the transaction."""

from typing import Any

from flask import request

from handlers.database import Database
from handlers.pages.audit.classes import FORMS
from models.audit.noting import Who, network, note
from models.base.actor import By
from models.person.arriving import Visitor, visitor_of


def here() -> str | None:
    """The network this request comes from."""
    return network(request.remote_addr)


def who(visitor: Visitor, origin: str | None) -> Who:
    """Somebody with a post, as the log names them."""
    return Who(By.staff(visitor.person_id), ",".join(visitor.roles), visitor.community_id, origin)


def looked(database: Database, visitor: Visitor, act: str, about: tuple[str, int | str], **more: Any) -> None:
    """Written in a transaction of its own, before anything is shown: what cannot be written is not shown."""
    asking = who(visitor, here())
    database.write(lambda: note(act, asking, about, **more))


def form_done(name: str, sender: str, origin: str | None, part: int | None, code: str) -> None:
    """Writes down, in the transaction of a form, that it was done, and with which words it was answered;
    nothing of forms that are no sensitive act (classes.FORMS). `sender`: the person, as its key says."""
    act = act_of(name)
    if act is None or not sender.isdecimal():
        return
    visitor = visitor_of(int(sender), "page")
    if visitor is not None and visitor.is_staff:
        note(act, who(visitor.looking_at(part), origin), ("form", name), facts={"said": code})


def act_of(name: str) -> str | None:
    """Which act a form is, by its name or the beginning of it."""
    while name and name not in FORMS:
        name = name.rpartition("_")[0]
    return FORMS.get(name)
