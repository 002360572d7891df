"""What is not to be heard any more stays here, wherever it is on its way; what is past is heard by nobody."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from letter_office import NOON, Office
from sqlalchemy import select, update

from models.base.clock import now
from models.base.orm import put, session
from models.outbox import claiming, fates, settling
from models.outbox.address import Address
from models.outbox.claiming import Errand
from models.outbox.door import tell_many, withdraw
from models.outbox.letter import Lane, Letter, State
from models.outbox.recalling import lapse, recall
from models.outbox.routing import Rules
from server.database import Database
from server.outgoing import rules_of

ABOUT = ("case", 572)


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    office = Office(db, tmp_path)
    yield office
    office.close()


def taken(office: Office) -> Errand:
    claim = office.db.write(
        lambda: claiming.claim(9, rules_of(office.config), office.clock(), shut={}, news=9)
    )
    (errand,) = claim.errands
    return errand


def outcome(office: Office, letter: int) -> tuple[str, str | None]:
    found = office.letter(letter)
    return found.state, found.reason


def settled(office: Office, mark: settling.Mark) -> None:
    office.db.write(settling.settle, [mark], office.clock())


# letters about cases go the same way as those about notices


def test_a_letter_about_a_case_that_a_sender_gives_back_stays_here(office: Office) -> None:
    office.resident(window=5)
    letter = office.tell("case_accepted", 1)
    errand = taken(office)
    office.db.write(withdraw, ABOUT, "case_accepted")
    settled(office, settling.held(errand, office.clock(), "paused"))
    office.delivery.drain()
    assert outcome(office, letter) == ("withdrawn", "called_back")
    assert office.calls() == []


def test_what_may_have_gone_out_is_not_said_to_have_stayed(office: Office) -> None:
    office.resident(window=5)
    letter = office.tell("case_accepted", 1)
    errand = taken(office)
    office.db.write(withdraw, ABOUT, "case_accepted")
    rules = rules_of(office.config)
    settled(office, settling.missed(errand, office.clock(), rules, "timeout", uncertain=True))
    assert outcome(office, letter) == ("unknown", "timeout")


def test_what_the_sender_sent_meanwhile_is_sent(office: Office) -> None:
    office.resident(window=5)
    letter = office.tell("case_accepted", 1)
    errand = taken(office)
    office.db.write(withdraw, ABOUT, "case_accepted")
    settled(office, settling.went(errand, office.clock(), words="接单了"))
    assert outcome(office, letter) == ("sent", None)


def test_other_kinds_and_other_persons_keep_theirs(office: Office) -> None:
    office.resident(1, window=5)
    office.resident(2, window=5)
    first, second = (office.tell("case_accepted", person) for person in (1, 2))
    other = office.tell("case_finished", 1)
    assert office.db.write(lambda: recall(ABOUT, ["case_accepted"], "overtaken", to=("person", [1]))) == 1
    assert [office.letter(one).state for one in (first, second, other)] == ["withdrawn", "waiting", "waiting"]


# what is past


def tell(office: Office, until: datetime | None, lane: Lane = Lane.NEWS) -> int:
    def work() -> None:
        tell_many(
            "notice", [1], about=("notice", 9), occasion="told", lane=lane, closed={}, not_after=until,
            number=9, title="停水", lead="请存水", signed="居委会", urgency="ordinary", corrects=False,
        )  # fmt: skip

    with time_machine.travel(office.clock(), tick=False):
        office.db.write(work)
    return office.fates()[-1].id


@pytest.mark.parametrize(
    ("hours", "state"),
    [(11, ("withdrawn", "too_late")), (13, ("waiting", "quiet")), (None, ("waiting", "quiet"))],
)
def test_what_is_over_before_the_morning_does_not_wait_for_it(
    office: Office, hours: int | None, state: tuple[str, str]
) -> None:
    office.resident(window=5)
    office.clock.turn(hours=9)  # 21:00; the morning comes at 8:00
    letter = tell(office, hours and office.clock() + timedelta(hours=hours))
    office.delivery.drain()
    assert outcome(office, letter) == state


@pytest.mark.parametrize(
    ("uncertain", "state"), [(False, ("withdrawn", "too_late")), (True, ("unknown", "timeout"))]
)
def test_a_second_try_comes_too_late(office: Office, uncertain: bool, state: tuple[str, str]) -> None:
    office.resident(window=5)
    letter = tell(office, office.clock() + timedelta(seconds=20))
    mark = settling.missed(
        taken(office), office.clock(), rules_of(office.config), "timeout", uncertain=uncertain
    )
    settled(office, mark)
    assert outcome(office, letter)[0] == "waiting"
    office.later(seconds=30)
    assert outcome(office, letter) == state


def test_what_goes_in_time_goes(office: Office) -> None:
    office.resident(window=5)
    letter = tell(office, office.clock() + timedelta(minutes=1))
    office.delivery.drain()
    assert outcome(office, letter)[0] == "sent"


def test_nobody_has_to_carry_what_is_past(office: Office) -> None:
    office.resident(follows=False)
    until = office.clock() + timedelta(hours=2)
    letter = tell(office, until)
    office.delivery.drain()
    assert outcome(office, letter) == ("by_hand", "no_way")
    for moment, count in ((NOON + timedelta(hours=1), 0), (until, 1), (until, 0)):
        with time_machine.travel(moment, tick=False):
            assert office.db.write(lapse) == count
    assert outcome(office, letter) == ("withdrawn", "too_late")


def test_a_dead_letter_that_is_sent_again_too_late_is_not(office: Office) -> None:
    office.resident(window=5)
    letter = tell(office, office.clock() + timedelta(hours=1))

    office.db.write(lambda: session().execute(update(Letter).values(state=State.FAILED)))
    office.clock.turn(hours=2)
    office.db.write(fates.again, letter, office.clock())
    office.delivery.drain()
    assert outcome(office, letter) == ("withdrawn", "too_late")


def test_whatever_moment_it_comes_nothing_goes_on_waiting(db: Database) -> None:
    """Senders take and give back all the time; the stop falls among them."""
    rules = Rules(
        frozenset({"official"}),
        lambda _: "resident",
        lambda _kind, _way: True,
        official_templates={"notice": "t"},
    )
    people = range(1, 301)

    def written() -> None:
        for person in people:
            put(Address, owner_kind="person", owner_id=person, channel="official", value=f"o-{person}")
        tell_many("notice", people, about=("notice", 9), occasion="told", lane=Lane.EMERGENCY, closed={})

    db.write(written)
    stopped = threading.Event()

    def sends() -> int:
        """Gives back whatever it takes; how much it took after the stop."""
        late = 0
        while True:
            was_stopped = stopped.is_set()
            errands = db.write(lambda: claiming.claim(20, rules, now(), shut={}, news=20)).errands
            late += len(errands) if was_stopped else 0
            if errands:
                db.write(settling.settle, [settling.held(one, now(), "paused") for one in errands], now())
            elif was_stopped:
                return late

    with ThreadPoolExecutor(4) as threads:
        senders = [threads.submit(sends) for _ in range(4)]
        time.sleep(0.3)
        db.write(lambda: recall(("notice", 9), ["notice"], "stopped"))
        stopped.set()
        assert [one.result(timeout=30) for one in senders] == [0, 0, 0, 0]
    with db.read() as current:
        fates = {(one.state, one.reason) for one in current.scalars(select(Letter))}
    assert fates <= {("withdrawn", "stopped"), ("withdrawn", "called_back")}
