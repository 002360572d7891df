"""What can be done on the page of a case. Each verb returns a code of templates/labels/said.toml."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from handlers.house import House
from handlers.pages.forms import PlaceSaid, keep_photos
from handlers.pages.notice.desk import rules_of
from handlers.wording.warnings import warning_words
from models.base.actor import By
from models.base.refusals import Invalid, NotAllowed
from models.base.resources import table
from models.case import emergency
from models.case.case import Case
from models.case.lifecycle import State
from models.case.seconding import LOWER
from models.joins import warning
from models.joins.parting import parted_by_desk
from models.joins.turning import NO_CASE, ask_whether_it_was, case_was, is_case_again, needs_second
from models.notice.tables import State as NoticeState
from models.person.arriving import Visitor
from models.person.colleagues import colleague


@dataclass(frozen=True, slots=True)
class Act:
    """One form about one case, inside its transaction; the case's row is ours."""

    case: Case
    visitor: Visitor
    moves: frozenset[str]
    form: Mapping[str, str]
    files: list[str]
    place: PlaceSaid
    house: House

    @property
    def me(self) -> int:
        return self.visitor.person_id

    @property
    def by_person(self) -> By:
        return By.person(self.me)

    @property
    def by_staff(self) -> By:
        return By.staff(self.me)

    def needs(self, move: str) -> None:
        """For moves whose verb does not ask by itself whose they are."""
        if move not in self.moves:
            raise NotAllowed("no_longer_open", number=self.case.number)

    def keep_photos(self, purpose: str) -> None:
        keep_photos(self.files, self.case.id, purpose, self.me)


def accept(act: Act) -> str:
    return "accepted" if act.case.accept(act.me) else "accepted_already"


def take_back(act: Act) -> str:
    """The slip of a moment ago."""
    return f"took_back_{act.case.take_back(act.me)}"


def give_back(act: Act) -> str:
    act.case.give_back(act.me, act.form["reason"])
    return "given_back"


def transfer(act: Act) -> str:
    to = colleague(act.form["to"], act.case.community_id)
    if to is None:
        raise Invalid("no_such_colleague", number=act.case.number)
    act.case.transfer(act.me, to.person_id, act.form["reason"])
    return "transferred"


def finish(act: Act) -> str:
    """Photos and words together; or what comes after it was said to be done."""
    case = act.case
    act.keep_photos("finish")
    if case.is_finished_by(act.me):
        return "finished_already"
    case.finish(
        act.me,
        act.form["words"],
        no_photo_reason=act.form["reason"],
        silence_days=act.house.silence_days,
    )
    return "finished"


def warn(act: Act) -> str:
    """提醒这栋楼: its building hears what to beware of."""
    act.needs("warn")
    notice = warning.warn(act.case, warning_words(act.case), act.me, rules_of(act.house))
    said = {NoticeState.HELD: "warned_held", NoticeState.CHECKING: "warned_checking"}
    return said.get(NoticeState(notice.state), "warned")


def made_safe(act: Act) -> str:
    """已排险, with a photo; the mend may come later."""
    act.needs("safe")
    act.keep_photos("safe")
    return "made_safe" if warning.made_safe(act.case, act.me) else "made_safe_already"


def acknowledge(act: Act) -> str:
    return "acknowledged" if emergency.acknowledge(act.case.id, act.me) else "acknowledged_already"


def nod(act: Act) -> str:
    return "nodded" if act.case.nod(act.by_person) else "nodded_already"


def reject(act: Act) -> str:
    act.keep_photos("report")
    return "objected" if act.case.object(act.by_person, act.form["words"]) else "objected_already"


def rate(act: Act) -> str:
    grade = act.form["grade"]
    first = act.case.rate(act.by_person, int(grade) if grade.isdecimal() else 0, act.form["words"])
    if not first:
        return "rated_already"
    return "objected" if State(act.case.state) not in (State.CLOSED, State.RATED) else "rated"


def add(act: Act) -> str:
    act.needs("add")
    if not act.form["words"] and not act.files:
        raise Invalid("text_missing", number=act.case.number)
    act.keep_photos("report")
    if act.form["words"]:
        act.case.add_text(act.form["words"], act.by_person)
    else:
        act.case.add_photos(act.by_person, len(act.files))
    return "added"


def leave(act: Act) -> str:
    act.case.leave(act.me)
    return "left"


def place(act: Act) -> str:
    act.needs("place")
    resident = act.me in act.case.concerned()
    spot = act.place.spot("answer" if resident else "staff")
    act.case.relocate(spot, act.by_person if resident else act.by_staff)
    return "placed"


def correct(act: Act) -> str:
    act.needs("correct")
    intent = act.form["intent"]
    if intent:
        if intent not in NO_CASE:
            raise Invalid("not_possible", number=act.case.number)
        reason = act.form["reason"]
        if needs_second(act.case, intent, act.by_staff):
            ask_whether_it_was(act.case, intent, act.me, reason)
            return "second_asked"
        label = str(table("labels/intents.toml")[intent]["label"])
        case_was(act.case, intent, act.by_staff, reason or label)
        return "no_case"
    category, urgency = act.form["category"] or None, act.form["urgency"]
    known = table("labels/categories.toml")
    if (category is not None and category not in known) or urgency not in table("labels/urgency.toml"):
        raise Invalid("not_possible", number=act.case.number)
    act.case.lower(act.me, category=category, urgency=urgency, reason=act.form["reason"])
    return "second_asked" if act.case.proposal == LOWER else "corrected"


def separate(act: Act) -> str:
    parted_by_desk(act.case, act.by_staff)
    return "separated"


def revive(act: Act) -> str:
    """作废错了, by anybody who decides there."""
    is_case_again(act.case, act.me, act.form["reason"])
    return "revived"


def nod_by_phone(act: Act) -> str:
    act.needs("nod_by_phone")
    return "nodded_by_phone" if act.case.nod(act.by_staff, by_phone=True) else "nodded_already"


def reject_by_phone(act: Act) -> str:
    act.needs("object_by_phone")
    return "objected" if act.case.object(act.by_staff, act.form["words"]) else "objected_already"


FIELDS = {
    "words": 1000, "reason": 300, "to": 40, "grade": 2, "category": 40, "urgency": 20, "intent": 20,
    "until": 10, "rule": 300, "photo": 40,
}  # fmt: skip

VERBS: Mapping[str, Callable[[Act], str]] = {
    "accept": accept,
    "return": give_back,
    "take-back": take_back,
    "transfer": transfer,
    "finish": finish,
    "warn": warn,
    "safe": made_safe,
    "acknowledge": acknowledge,
    "nod": nod,
    "object": reject,
    "rate": rate,
    "add": add,
    "leave": leave,
    "place": place,
    "correct": correct,
    "separate": separate,
    "revive": revive,
    "nod-by-phone": nod_by_phone,
    "object-by-phone": reject_by_phone,
}
