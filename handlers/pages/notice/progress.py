"""How far notices have come, as a page shows it and asks for it again while something moves."""

from collections.abc import Sequence
from typing import Any

from flask import Response, jsonify

from handlers import words
from handlers.pages.access import Access
from handlers.pages.front import Front
from handlers.pages.links import link_of
from handlers.pages.notice.sight import seen
from models.base.refusals import NotFound
from models.notice import call, reading
from models.notice.reading import Figures
from models.notice.tables import Notice, State

_MOVING = (State.CHECKING, State.HELD, State.WAITING, State.GOING)


def of_one(front: Front, access: Access) -> Response:
    """/console/notices/<number>/notice/progress, for those who watch over it."""
    link = link_of(access, "notice")
    with front.database.read():
        sight = seen(link)
        if not sight.oversees:
            raise NotFound("page_not_found")
        return answer(progress([sight.notice]))


def answer(facts: dict[str, Any]) -> Response:
    response = jsonify(facts)
    response.headers["Cache-Control"] = "no-store"
    return response


def progress(notices: Sequence[Notice]) -> dict[str, Any]:
    """`live`: it is worth asking again; `stamp`: moves when a page should be built anew; `says`: what stands
    at each place of the page, by `data-live`."""
    figures = reading.figures([one.id for one in notices])
    return {
        "live": any(is_moving(one, figures[one.id]) for one in notices),
        "stamp": stamp(notices),
        "says": {
            f"{one.id}:{name}": said for one in notices for name, said in _says(one, figures[one.id]).items()
        },
    }


def is_moving(notice: Notice, figures: Figures) -> bool:
    if notice.state == State.TOLD:
        return figures.waiting > 0 or call.is_open(notice)
    return notice.state in _MOVING


def stamp(notices: Sequence[Notice]) -> str:
    return " ".join(f"{one.id}{one.state}{one.checked or ''}" for one in notices)


def state_of(notice: Notice, figures: Figures) -> str:
    """A code of labels/notice_states.toml: the notice's, or that nothing of it is on its way any more."""
    return "done" if notice.state == State.TOLD and not figures.waiting else notice.state


def gone(figures: Figures) -> int:
    """Letters that wait for no sender any more, whatever became of them."""
    return figures.addressed - figures.waiting


def _says(notice: Notice, figures: Figures) -> dict[str, Any]:
    return {
        **figures._asdict(),
        "state": words.labels("notice_states")[state_of(notice, figures)],
        "gone": gone(figures),
        "missed": figures.failed + figures.unknown,
        **(_rolls(notice) if notice.is_call else {}),
    }


def _rolls(notice: Notice) -> dict[str, int]:
    return {
        f"roll{grid or 0}:{name}": count
        for grid, roll in call.rolls(notice.id).items()
        for name, count in roll._asdict().items()
    }
