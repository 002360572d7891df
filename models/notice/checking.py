"""What becomes of a notice while the platform reads it, before anybody else does (F6, T23).

It fails closed: what is risky or doubtful goes back to its author, and without an answer nothing goes out.
After half an hour (an emergency: two minutes) people of the desk are asked instead, and whoever lets it
through has read it. Attachments always need such a person, because the platform looks into words and pictures
only.
"""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import select, text

from models.base.actor import SYSTEM, By
from models.base.clock import now
from models.base.orm import session
from models.base.refusals import Invalid, NotAllowed
from models.history import Step, record
from models.notice import agreeing, checks, enclosed
from models.notice import notice as verbs
from models.notice.tables import IN_CHECK, Kind, Notice, State
from models.outbox.door import tell, withdraw
from models.outbox.letter import Lane, Letter
from models.person.arriving import staff_of

WAITS, ASKS, SENT_BACK = "notice_check_waits", "notice_check_person", "notice_sent_back"
ASKED, BY_PERSON = "asked", "by_person"  # what Notice.checked may say beside what the platform said
PATIENCE = timedelta(minutes=30)
PATIENCE_IN_EMERGENCY = timedelta(minutes=2)
_CURABLE: Final = (checks.NO_MINI, checks.NOT_SEEN)


def any_open() -> bool:
    """A cheap look, without a lock."""
    query = select(Notice.id).where(text(IN_CHECK)).limit(1)
    return session().execute(query).first() is not None


def move_one(rules: verbs.Rules) -> bool:
    """Does what is due with one notice: lets it go on, sends it back, asks people. False when nothing is."""
    query = (
        select(Notice)
        .where(text(IN_CHECK))
        .order_by(Notice.kind != Kind.EMERGENCY, Notice.id)
        .with_for_update(skip_locked=True)
    )
    return any(_moved(notice, rules) for notice in session().scalars(query).all())


def let_through(notice: Notice, by: By, rules: verbs.Rules) -> None:
    """Somebody other than the author has read it in the platform's stead, and is its second person thereby.

    Raises NotAllowed for the author, for a notice that is not being checked, and as long as the platform may
    still answer; Invalid when its time would be over.
    """
    _must_be_checking(notice)
    if by.id == notice.author_id:
        raise NotAllowed("notice_second_is_first", number=notice.id)
    if notice.checked != ASKED:
        raise NotAllowed("notice_still_checking", number=notice.id)
    notice.checked, notice.second_id = BY_PERSON, by.id
    _forget(notice)
    verbs.go_on(notice, by, rules, "let_through")


def send_back(notice: Notice, by: By) -> None:
    """The author shall change it, or wants it back. Raises NotAllowed for one that is not being checked."""
    _must_be_checking(notice)
    _back(notice, by)


def sent_back(notice: Notice) -> dict[str, Any] | None:
    """Why a draft is one again: `part` (text, picture) and `label` of the platform, or a `reader`'s name."""
    if notice.state != State.DRAFT:
        return None
    query = (
        select(Step.what, Step.facts)
        .where(
            Step.about_kind == "notice", Step.about_id == notice.id, Step.what.in_(("sent_back", "checking"))
        )
        .order_by(Step.id.desc())
        .limit(1)
    )
    row = session().execute(query).first()
    return row.facts if row is not None and row.what == "sent_back" else None


def hindrance(notice: Notice) -> str | None:
    """What keeps the platform from answering that its author can do something about: no_mini, not_seen."""
    troubles = {one.trouble for one in checks.of(notice) if one.verdict is None}
    return next((one for one in _CURABLE if one in troubles), None)


def _moved(notice: Notice, rules: verbs.Rules) -> bool:
    if not rules.content_check:  # switched off meanwhile
        notice.checked = None
        _go_on(notice, rules, "check_off")
        return True
    found = checks.of(notice)
    wrong = next((one for one in found if one.verdict not in (None, checks.PASS)), None)
    if wrong is not None:
        _back(notice, SYSTEM, part="text" if wrong.item_id is None else "picture", label=wrong.label)
        return True
    if found and all(one.verdict == checks.PASS for one in found):
        if not enclosed.of(notice.id, enclosed.ATTACHMENT):
            notice.checked = checks.PASS
            _go_on(notice, rules, "checked")
            return True
        return _ask_people(notice, "attachments")
    if _patience_is_over(notice) and _ask_people(notice, "silence"):
        return True
    why = hindrance(notice)
    return why is not None and _tell_author(notice, why)


def _go_on(notice: Notice, rules: verbs.Rules, what: str) -> None:
    _forget(notice)
    try:
        verbs.go_on(notice, SYSTEM, rules, what)
    except Invalid as trouble:
        # because its time went by, and nobody stands by to be told so
        verbs.break_off(notice, trouble.code)


def _back(notice: Notice, by: By, **why: Any) -> None:
    _forget(notice)
    notice.state, notice.checked = State.DRAFT, None
    person = staff_of(by.id) if by.id is not None else None
    why = {"part": None, "label": None, "reader": person.name if person else None} | why
    step = record(("notice", notice.id), "sent_back", by=by, at=now(), **why)
    if by.id != notice.author_id:
        tell(
            SENT_BACK,
            notice.author_id,
            about=("notice", notice.id),
            occasion=str(step),
            number=notice.id,
            title=notice.title,
            **why,
        )


def _patience_is_over(notice: Notice) -> bool:
    patience = PATIENCE_IN_EMERGENCY if notice.kind == Kind.EMERGENCY else PATIENCE
    return notice.checking_since is not None and notice.checking_since + patience <= now()


def _ask_people(notice: Notice, why: str) -> bool:
    """Everybody of the desk but the author, once. False when that was done before."""
    if notice.checked == ASKED:
        return False
    notice.checked = ASKED
    step = record(("notice", notice.id), "asked_people", by=SYSTEM, at=now(), why=why)
    people = agreeing.seconds(notice)
    author = staff_of(notice.author_id)
    for person in people:
        tell(
            ASKS,
            person,
            about=("notice", notice.id),
            occasion=str(step),
            lane=Lane.EMERGENCY if notice.kind == Kind.EMERGENCY else Lane.URGENT,
            number=notice.id,
            title=notice.title,
            author=author.name if author else None,
            why=why,
        )
    if not people:
        _tell_author(notice, "nobody")
    return True


def _tell_author(notice: Notice, why: str) -> bool:
    """What its author can do, once for each time that it is handed in. False when that was said before."""
    told = select(Letter.facts).where(
        Letter.about_kind == "notice",
        Letter.about_id == notice.id,
        Letter.kind == WAITS,
        Letter.created_at >= notice.checking_since,
    )
    if any(facts["why"] == why for facts in session().scalars(told)):
        return False
    tell(
        WAITS,
        notice.author_id,
        about=("notice", notice.id),
        occasion=f"{why}-{notice.checking_since:%Y%m%d%H%M%S}",
        number=notice.id,
        title=notice.title,
        why=why,
    )
    return True


def _forget(notice: Notice) -> None:
    checks.forget(notice)
    withdraw(("notice", notice.id), *verbs.CHECK_KINDS)


def _must_be_checking(notice: Notice) -> None:
    if notice.state != State.CHECKING:
        raise NotAllowed("notice_not_checking", number=notice.id)
