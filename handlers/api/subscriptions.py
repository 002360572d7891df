"""May WeChat tell me? Asked at the moment when it makes sense. What may be sent is counted by the platform's
own word (subscribe_msg_popup_event): what the program says here is counted for the figures alone.
"""

from typing import Annotated, Literal

import msgspec

from handlers.api.asking import Ask
from handlers.api.errors import wrong
from handlers.api.routes import Need, Route
from handlers.api.shapes import Asked, Done, Shape
from models.base import tallies
from models.base.resources import table

ACCEPTS = Literal["accept", "acceptWithAudio", "acceptWithAlert", "acceptWithForcePush"]
REFUSES = Literal["reject", "ban", "filter"]
Moment = Literal["reported", "finished", "billed", "posted"]
MOST = 3  # the platform's own limit for one question


class Asking(Asked):
    moment: Moment


class Templates(Shape):
    template_ids: list[str]


class Told(Asked):
    """`results`: what wx.requestSubscribeMessage said of each template."""

    moment: Moment
    results: Annotated[dict[str, ACCEPTS | REFUSES], msgspec.Meta(max_length=5)]


def templates(ask: Ask, given: Asking) -> Templates:
    """Which to ask for now; none where the account has none for it."""
    known = ask.office.platform.templates()
    ids = [known[kind] for kind in table("rules/moments.toml")[given.moment] if kind in known]
    return Templates(template_ids=list(dict.fromkeys(ids))[:MOST])


def told(ask: Ask, given: Told) -> Done:
    """What was answered, for the figures."""
    known = set(ask.office.platform.templates().values())
    if not known.issuperset(given.results):
        raise wrong("bad_field", "results")
    counts: dict[tuple[str, str], int] = {}
    for said in given.results.values():
        key = ("subscription_answers", f"moment={given.moment},result={_plain(said)}")
        counts[key] = counts.get(key, 0) + 1
    tallies.add(counts)
    return Done()


def _plain(said: str) -> str:
    return "accept" if said.startswith("accept") else said


ROUTES = (
    Route("GET", "/subscriptions", Need.PERSON, templates, takes=Asking, gives=Templates),
    Route("POST", "/subscriptions", Need.PERSON, told, takes=Told, gives=Done),
)
