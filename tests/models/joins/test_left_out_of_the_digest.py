"""What is in the evening digest already, and must not be heard: it is left out as long as nobody tapped."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from letter_office import Office
from sqlalchemy import update

from models.base.orm import put, session
from models.joins import digest
from models.outbox import claiming, settling
from models.outbox.address import Address
from models.outbox.budget import Used, used
from models.outbox.claiming import Errand
from models.outbox.door import PublicFacts, PublicNotice, tell_group, withdraw
from models.outbox.letter import Letter
from models.outbox.recalling import lapse, recall
from models.place.tables import BuildingGroup, Community, Estate
from server.confirming import Confirmations
from server.database import Database
from server.outgoing import rules_of
from server.sandbox.world import Phone

EVENING = datetime(2026, 3, 23, 11, 30, tzinfo=UTC)  # 19:30 in Beijing
WATER, SNOW = 9, 10


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    """Two chats of one owner; a notice about water for both, one about snow for the first, a mended lamp."""
    office = Office(db, tmp_path, at=EVENING)
    office.keeper(2)
    for key in (1, 2):
        chat = Phone(f"g{key}", f"{key}号楼群", "group", chat_id=f"wr-{key}", owner="keeper-2", members=[])
        office.simulator.add(chat)
    with time_machine.travel(EVENING, tick=False):
        db.write(_town)
        _tell(office, WATER, "周二停水", 1, 2)
        _tell(office, SNOW, "今晚扫雪", 1)
    yield office
    office.close()


def _town() -> None:
    put(Community, id=1, name="光明社区")
    put(Estate, id=1, community_id=1, name="育英小区", aliases=[])
    for key in (1, 2):
        put(BuildingGroup, id=key, name=f"{key}号楼群", estate_id=1, owner_id=2)
        put(Address, owner_kind="group", owner_id=key, channel="customer_group", value=f"wr-{key}")


def _tell(office: Office, number: int, title: str, *groups: int) -> None:
    facts = PublicNotice(number, title, "请看全文。", "居委会", "ordinary", False, "q/abc")

    def work() -> None:
        for group in groups:
            tell_group("notice_group", group, facts, about=("notice", number), occasion="told")

    office.db.write(work)


def gathered(office: Office) -> int:
    """The digest's letter."""
    with time_machine.travel(office.clock(), tick=False):
        assert office.db.write(digest.gather_one)
    return digests(office)[-1].id


def digests(office: Office) -> list[Letter]:
    return [office.letter(one.id) for one in office.fates() if one.kind == "group_digest"]


def stop(office: Office, number: int, reason: str = "stopped", groups: tuple[int, ...] = (1, 2)) -> int:
    to = ("group", groups)
    with time_machine.travel(office.clock(), tick=False):
        return office.db.write(lambda: recall(("notice", number), ["notice_group"], reason, to=to))


def asked(office: Office) -> None:
    with time_machine.travel(office.clock(), tick=False):
        Confirmations(office.config, office.db, clock=office.clock).drain()
        office.delivery.drain()


def tap(office: Office) -> None:
    groups = office.simulator.work.groups
    (task,) = [one for one in groups.tasks.values() if not one.cancelled]
    groups.confirm(task.msgid, task.sender, office.clock.seconds())


def fates(office: Office, number: int) -> set[tuple[str, str | None]]:
    letters = [office.letter(one.id) for one in office.fates()]
    return {(one.state, one.reason) for one in letters if one.about_id == number}


def said(office: Office) -> list[tuple[list[str], str]]:
    """The chats and the words of every task that the platform was given."""
    calls = office.calls("*add_msg_template")
    return [(call.body["chat_id_list"], call.body["text"]["content"]) for call in calls]


def slots(office: Office) -> dict[str, Used]:
    with office.db.read():
        return dict(used(["wr-1", "wr-2"], office.clock()))


def test_a_digest_that_waits_loses_it(office: Office) -> None:
    gathered(office)
    assert stop(office, SNOW) == 1
    office.delivery.drain()
    ((chats, words),) = said(office)
    assert (chats, "停水" in words, "扫雪" in words) == (["wr-1", "wr-2"], True, False)
    assert fates(office, SNOW) == {("withdrawn", "stopped")}
    assert fates(office, WATER) == {("withdrawn", "in_digest")}


def test_a_chat_for_which_nothing_is_left_has_its_day_back(office: Office) -> None:
    gathered(office)
    assert stop(office, WATER) == 2
    office.delivery.drain()
    assert said(office)[0][0] == ["wr-1"]
    assert [slots(office)[chat].today for chat in ("wr-1", "wr-2")] == [1, 0]


def test_an_empty_digest_is_not_sent(office: Office) -> None:
    key = gathered(office)
    stop(office, SNOW)
    stop(office, WATER, "withdrawn")
    office.delivery.drain()
    assert said(office) == []
    assert (office.letter(key).state, office.letter(key).reason) == ("withdrawn", "withdrawn")


def test_a_task_that_is_out_is_cancelled_and_made_anew_without_it(office: Office) -> None:
    gathered(office)
    office.delivery.drain()
    assert stop(office, WATER) == 2
    asked(office)
    first, second = said(office)
    assert "停水" in first[1]
    assert (second[0], "停水" in second[1], "扫雪" in second[1]) == (["wr-1"], False, True)
    assert [one.reason for one in digests(office)] == ["cancelled", "owner_confirms"]
    tap(office)
    office.clock.turn(minutes=30)
    asked(office)
    assert [one.state for one in digests(office)] == ["withdrawn", "sent"]
    assert [slots(office)[chat].today for chat in ("wr-1", "wr-2")] == [1, 0]


def test_a_task_with_nothing_else_is_only_cancelled(office: Office) -> None:
    stop(office, SNOW)
    gathered(office)
    office.delivery.drain()
    stop(office, WATER)
    asked(office)
    assert len(said(office)) == 1
    assert [one.reason for one in digests(office)] == ["cancelled"]


def test_two_that_are_stopped_one_after_the_other_are_both_left_out(office: Office) -> None:
    mended = PublicFacts("5724", "育英小区", "3", "2", "lighting", 65)
    with time_machine.travel(EVENING, tick=False):
        office.db.write(lambda: tell_group("case_group_mended", 2, mended, about=("case", 572), occasion="1"))
    gathered(office)
    office.delivery.drain()
    assert (stop(office, SNOW), stop(office, WATER)) == (1, 2)
    asked(office)
    (_, words) = said(office)[-1]
    assert "今天修好了1件" in words
    assert "停水" not in words
    assert "扫雪" not in words


def test_what_the_owner_tapped_before_has_been_heard(office: Office) -> None:
    key = gathered(office)
    office.delivery.drain()
    tap(office)
    stop(office, WATER)
    asked(office)
    assert (office.letter(key).state, office.letter(key).reason) == ("sent", "tapped_before")
    assert fates(office, WATER) == {("withdrawn", "in_digest")}
    assert len(said(office)) == 1
    assert stop(office, WATER, "withdrawn") == 0


def test_a_mended_thing_that_is_not_mended_after_all_is_left_out_as_well(office: Office) -> None:
    mended = PublicFacts("5724", "育英小区", "3", "2", "lighting", 65)
    with time_machine.travel(EVENING, tick=False):
        office.db.write(lambda: tell_group("case_group_mended", 1, mended, about=("case", 572), occasion="1"))
    gathered(office)
    office.db.write(lambda: withdraw(("case", 572), "case_finished", "case_group_mended"))
    office.delivery.drain()
    assert "修好了" not in said(office)[0][1]
    assert fates(office, 572) == {("withdrawn", "overtaken")}


def test_who_is_not_told_the_correction_still_hears_the_first(office: Office) -> None:
    gathered(office)
    assert stop(office, WATER, "corrected", groups=(1,)) == 1
    office.delivery.drain()
    ((chats, words),) = said(office)
    assert chats == ["wr-1", "wr-2"]
    assert "停水" in words
    assert fates(office, WATER) == {("withdrawn", "in_digest"), ("withdrawn", "corrected")}


def taken(office: Office) -> Errand:
    with time_machine.travel(office.clock(), tick=False):
        claim = office.db.write(
            lambda: claiming.claim(9, rules_of(office.config), office.clock(), shut={}, news=9)
        )
    (errand,) = [one for one in claim.errands if one.kind == "group_digest"]
    return errand


def test_a_digest_that_a_sender_gives_back_goes_without_it(office: Office) -> None:
    key = gathered(office)
    errand = taken(office)
    stop(office, SNOW)
    assert office.letter(key).reason == "rewritten"
    mark = settling.held(errand, office.clock(), "paused")
    office.db.write(settling.settle, [mark], office.clock())
    office.delivery.drain()
    ((_, words),) = said(office)
    assert "扫雪" not in words


def test_a_digest_that_a_sender_has_just_sent_is_to_be_cancelled(office: Office) -> None:
    key = gathered(office)
    errand = taken(office)
    stop(office, SNOW)
    mark = settling.went(errand, office.clock(), words="", platform_id="m-1", reason="owner_confirms")
    office.db.write(settling.settle, [mark], office.clock())
    assert office.letter(key).reason == "cancelling"


def test_a_digest_with_nothing_left_stays_here_when_a_sender_gives_it_back(office: Office) -> None:
    key = gathered(office)
    errand = taken(office)
    stop(office, SNOW)
    stop(office, WATER)
    mark = settling.held(errand, office.clock(), "paused")
    office.db.write(settling.settle, [mark], office.clock())
    office.delivery.drain()
    assert (office.letter(key).state, office.letter(key).reason) == ("withdrawn", "called_back")
    assert said(office) == []


@pytest.mark.parametrize("is_tapped", [False, True])
def test_what_is_over_by_the_time_the_owner_taps_is_not_said(office: Office, is_tapped: bool) -> None:
    def ends_tonight() -> None:
        session().execute(
            update(Letter).where(Letter.about_id == SNOW).values(not_after=EVENING + timedelta(minutes=30))
        )

    office.db.write(ends_tonight)
    gathered(office)
    office.delivery.drain()
    office.clock.turn(minutes=45)
    if is_tapped:
        tap(office)
    with time_machine.travel(office.clock(), tick=False):
        assert office.db.write(lapse) == 1
        assert office.db.write(lapse) == 0
    asked(office)
    assert len(said(office)) == (1 if is_tapped else 2)
    assert fates(office, SNOW) == {("withdrawn", "in_digest" if is_tapped else "too_late")}
    assert fates(office, WATER) == {("withdrawn", "in_digest")}
    if not is_tapped:
        chats, words = said(office)[-1]
        assert (chats, "停水" in words, "扫雪" in words) == (["wr-1", "wr-2"], True, False)
