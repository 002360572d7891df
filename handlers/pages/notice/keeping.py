"""Of a notice its desk keeps for later: whom it was for, under a name, and that it is said every year."""

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Response as AnyResponse

from handlers.pages.access import Access
from handlers.pages.forms import from_our_own_page, words
from handlers.pages.front import Front, back_to
from handlers.pages.links import Done, link_of, once_key, only_once
from handlers.pages.notice import page
from handlers.pages.notice.form import number
from handlers.words import refusal
from models.base.actor import By
from models.base.links import Link
from models.base.refusals import NotFound, Refused
from models.notice import notice as verbs
from models.notice import saved, season
from models.notice.audience import Audience
from models.notice.season import Day
from models.notice.tables import Notice

FIELDS = {"name": 60, "month": 2, "day": 2}
_Said = Mapping[str, str]


def act(front: Front, access: Access, verb: str) -> AnyResponse:
    """/console/notices/<number>/notice/keep/<verb>"""
    from_our_own_page()
    link = link_of(access, "notice")
    if verb not in VERBS:
        raise NotFound("page_not_found")
    said = {name: words(name, limit) for name, limit in FIELDS.items()}
    try:
        done = front.database.write(_done, link, verb, said, once_key(str(link.person_id)))
    except NotFound:
        raise
    except Refused as refused:
        return page.shown(front, access, refused.status, error=refusal(refused))
    return back_to(access.base, done.code, **done.facts)


def _done(link: Link, verb: str, said: _Said, key: str) -> Done:
    by = By.staff(link.person_id)
    notice = verbs.found(link.key, by)
    return only_once(key, str(link.person_id), f"notice_{verb}", lambda: VERBS[verb](notice, said, by))


def _audience(notice: Notice, said: _Said, by: By) -> Done:
    saved.keep(said["name"], Audience.of(notice.audience), by, notice.community_id)
    return Done("audience_kept", {})


def _every_year(notice: Notice, said: _Said, by: By) -> Done:
    day = Day(number(said["month"]) or 0, number(said["day"]) or 0)
    season.keep_notice(notice, by, day)
    return Done("season_kept", {"month": day.month, "day": day.day})


VERBS: Mapping[str, Callable[[Notice, _Said, By], Done]] = {"audience": _audience, "every_year": _every_year}
