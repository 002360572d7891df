"""What a request writes down of itself. `here` and `who` read the request, so they are called in its own
thread, before the transaction."""

from collections.abc import Callable
from typing import Any

from flask import request

from handlers.pages.audit.classes import FORMS
from handlers.pages.front import Front
from handlers.pages.links import Done
from models.audit.noting import Who, network, note
from models.base.actor import By
from models.person.arriving import Visitor


def here() -> str | None:
    """The network this request comes from."""
    return network(request.remote_addr)


def who(visitor: Visitor, origin: str | None) -> Who:
    """Somebody with a post, as the log names them."""
    return Who(By.staff(visitor.person_id), ",".join(visitor.roles), visitor.community_id, origin)


def looked(front: Front, visitor: Visitor, act: str, about: tuple[str, int | str], **more: Any) -> None:
    """Written in a transaction of its own, before anything is shown: what cannot be written is not shown."""
    asking = who(visitor, here())
    front.database.write(lambda: note(act, asking, about, **more))


def form(name: str) -> Callable[[Visitor, Done], None]:
    """Writes down, in the transaction of a form, that it was done; nothing for a copy, and nothing for forms
    that are no sensitive act (classes.FORMS)."""
    act, origin = act_of(name), here()

    def done(visitor: Visitor, done: Done) -> None:
        if act is not None and done.fresh:
            note(act, who(visitor, origin), ("form", name), facts={"said": done.code})

    return done


def act_of(name: str) -> str | None:
    """Which act a form is, by its name or the beginning of it."""
    while name and name not in FORMS:
        name = name.rpartition("_")[0]
    return FORMS.get(name)
