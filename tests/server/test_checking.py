"""The content check of the platform: down, late, twice, never, and honest (F6)."""

import random
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cast import Cast
from commands import wait_for
from documents import pdf
from factories import a_town, letters_to, unit_of_work
from notices import THIRD, a_notice, letters_of, tell_all
from pictures import photo
from settings_files import configuration, plain_url
from sqlalchemy import select, update
from werkzeug.serving import make_server

from handlers.wechat.afterwards import work_one
from handlers.words import use_base_url
from models.base.actor import By
from models.base.clock import now
from models.base.orm import session
from models.inbox.received import Received
from models.media.files import Files
from models.notice import checking, checks, enclosed
from models.notice import notice as verbs
from models.notice.checks import ContentCheck
from models.notice.enclosed import laid_by
from models.notice.notice import Rules
from models.notice.tables import Kind, Notice, State
from models.outbox.address import add_address
from server.app import create_app
from server.checking import Checks
from server.config import Config
from server.database import Database
from server.sandbox.accounts import Accounts
from server.sandbox.aio import SimulatorServer
from server.sandbox.simulator import Simulator
from server.sandbox.world import Phone

WORDS, PICTURE = "*msg_sec_check", "*media_check_async"
BAD = "扫码领现金"


class House:
    """A hemei behind a real port and the platform before it, which pushes to it and fetches pictures."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self._app: Any = None
        self._web = make_server("127.0.0.1", 0, lambda *call: self._app(*call), threaded=True)
        here = f"http://127.0.0.1:{self._web.server_port}"
        self.simulator = Simulator(Accounts.example(here))
        self.platform = SimulatorServer(self.simulator).start()
        mini = self.simulator.accounts.settings(self.platform.base_url)["mini"]
        rules = {"content_check": True, "notice_delay_seconds": 0}
        self.config: Config = configuration(
            folder, plain_url(db), server={"base_url": here}, rules=rules, wechat_mini=mini
        )
        use_base_url(here)
        self._app = create_app(self.config, db)
        self._thread = threading.Thread(target=self._web.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.files = Files(self.config.storage.dir)
        self.runner = Checks(self.config, db)
        self.rules = Rules(delay=timedelta(), a_day=100, content_check=True)
        with unit_of_work(db):
            self.cast: Cast = a_town()
        self.phone = Phone(
            "zhao", "赵主任", "resident", mini_openid="m-zhao", mini_seen_at=self.simulator.clock()
        )
        self.simulator.add(self.phone)
        self.simulator.mini.content.suspects[BAD] = ("risky", 20008)
        self.bind()

    def close(self) -> None:
        self.platform.stop()
        self._web.shutdown()
        self._thread.join()
        self._web.server_close()

    def bind(self) -> None:
        with unit_of_work(self.db):
            add_address("person", self.cast.zhao.id, "mini", "m-zhao")

    def notice(self, pictures: int = 0, attachments: int = 0, **said: Any) -> int:
        given = [photo(300, 200)] * pictures
        with laid_by(self.files, given, [("表.pdf", pdf())] * attachments) as kept, unit_of_work(self.db):
            by = By.staff(self.cast.zhao.id)
            notice = a_notice(self.cast.zhao.id, said.pop("to", THIRD), **said)
            enclosed.enclose(notice, kept, by)
            verbs.hand_in(notice, by, self.rules)
            return notice.id

    def work(self, times: int = 1) -> None:
        """Asks, lets the platform push what it has to say, works on that, and moves on."""
        for _ in range(times):
            self.runner.look()
            assert self.simulator.courier.idle()
            while work_one(self.db):
                pass
            self.runner.look()

    def soon(self) -> None:
        """The pause after a try that failed is over."""
        with unit_of_work(self.db):
            session().execute(update(ContentCheck).values(not_before=now()))

    def later(self, number: int, minutes: int) -> None:
        with unit_of_work(self.db):
            the(number).checking_since -= timedelta(minutes=minutes)

    def state(self, number: int) -> str:
        with self.db.read():
            return the(number).state

    def troubles(self) -> list[str | None]:
        with self.db.read():
            return list(session().scalars(select(ContentCheck.trouble).order_by(ContentCheck.id)))

    def told(self, number: int) -> bool:
        """Whether anybody in town has a letter with the notice."""
        tell_all(self.db)
        with self.db.read():
            return has_letters(number)

    def asked(self, path: str = WORDS) -> int:
        return len(self.simulator.ledger.read(path=path))


def has_letters(number: int) -> bool:
    return any(one.kind in ("notice", "notice_group") for one in letters_of(number))


def the(number: int) -> Notice:
    return session().get_one(Notice, number)


@pytest.fixture
def house(db: Database, tmp_path: Path) -> Iterator[House]:
    house = House(db, tmp_path)
    yield house
    house.close()


def test_words_are_asked_about_in_the_name_of_their_author(house: House) -> None:
    number = house.notice()
    assert not house.told(number)
    house.work()
    assert house.told(number)
    (call,) = house.simulator.ledger.read(path=WORDS)
    assert (call.who, call.body["version"], call.body["scene"]) == ("m-zhao", 2, 3)
    assert "周二停水" in call.body["content"]
    assert "育英社区居委会" in call.body["content"]
    house.work(3)
    assert house.asked() == 1


def test_risky_words_go_back(house: House) -> None:
    number = house.notice(body=f"{BAD}，先到先得。")
    house.work()
    assert house.state(number) == State.DRAFT
    assert not house.told(number)
    with house.db.read():
        assert checking.sent_back(the(number)) == {"part": "text", "label": 20008, "reader": None}


FAULTS: list[dict[str, Any]] = [
    {"kind": "cut"},
    {"kind": "cut", "effect": True},
    {"kind": "http", "status": 502},
    {"kind": "http", "status": 403},
    {"kind": "garbage"},
    {"kind": "refuse", "errcode": -1},
    {"kind": "refuse", "errcode": 87014, "errmsg": "risky content"},
    {"kind": "refuse", "errcode": 45009, "errmsg": "reach max api daily quota limit"},
    {"kind": "refuse", "errcode": 48001, "errmsg": "api unauthorized"},
    {"kind": "bad-token"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(str(part) for part in fault.values()))
def test_whatever_is_no_answer_keeps_it_here_until_there_is_one(house: House, fault: dict[str, Any]) -> None:
    rule = house.simulator.fault(path="/wxa/*", **fault)
    number = house.notice(pictures=1)
    for _ in range(3):
        house.work()
        house.soon()
    assert house.state(number) == State.CHECKING
    assert not house.told(number)
    assert all(house.troubles())
    house.simulator.faults.lift(rule.number)
    house.soon()
    house.work(2)
    assert house.told(number)


@pytest.mark.parametrize("said", [("maybe", 100), ("", 0), ("PASS", 100)])
def test_an_answer_that_nobody_understands_is_none(house: House, said: tuple[str, int]) -> None:
    house.simulator.mini.content.suspects["停水"] = said
    house.simulator.mini.content.picture = said
    number = house.notice(pictures=1)
    house.work(2)
    assert (house.state(number), house.told(number)) == (State.CHECKING, False)
    assert set(house.troubles()) == {"garbage"}


def test_pictures_are_fetched_by_a_signed_address_and_judged_in_an_event(house: House) -> None:
    number = house.notice(pictures=2)
    house.work()
    assert house.told(number)
    assert house.asked(PICTURE) == 2
    with house.db.read():
        kinds = list(session().scalars(select(Received.kind)))
    assert kinds == ["wxa_media_check"] * 2


def test_a_bad_picture_goes_back(house: House) -> None:
    house.simulator.mini.content.picture = ("risky", 20002)
    number = house.notice(pictures=1)
    house.work()
    assert house.state(number) == State.DRAFT
    with house.db.read():
        assert checking.sent_back(the(number)) == {"part": "picture", "label": 20002, "reader": None}


def test_nobody_else_fetches_a_picture_by_that_address_for_long(house: House) -> None:
    house.simulator.mini.content.answers = False
    number = house.notice(pictures=1)
    house.work()
    ((_, asked),) = house.simulator.mini.content.asked.items()
    browser = house._app.test_client()
    path = asked.url.partition("127.0.0.1")[2].partition("/")[2]
    assert browser.get("/" + path, buffered=True).status_code == 200
    assert browser.get("/" + path[:-3] + "abc").status_code == 404
    with unit_of_work(house.db):
        verbs.stop(the(number), By.staff(house.cast.zhao.id))
    assert browser.get("/" + path).status_code == 404


def test_an_event_may_come_twice_late_or_for_nothing(house: House) -> None:
    content = house.simulator.mini.content
    content.answers = False
    number = house.notice(pictures=1)
    house.work()
    assert not house.told(number)
    (trace,) = content.asked
    content.tell(trace)
    content.tell(trace)
    house.work()
    assert house.told(number)
    content.picture = ("risky", 20002)
    content.tell(trace)  # late, and another word than before
    house.work()
    assert house.state(number) == State.TOLD
    content.asked["unknown"] = content.asked[trace]
    content.tell("unknown")
    house.work()
    assert house.state(number) == State.TOLD


def test_an_event_that_never_comes_brings_people_in(house: House) -> None:
    house.simulator.mini.content.answers = False
    number = house.notice(pictures=1)
    house.work()
    house.later(number, 31)
    house.work()
    assert not house.told(number)
    with house.db.read():
        assert [one.kind for one in letters_to(house.cast.leader)] == [checking.ASKS]
    with unit_of_work(house.db):
        checking.let_through(the(number), By.staff(house.cast.leader.id), house.rules)
    assert house.told(number)


def test_what_the_platform_could_not_fetch_is_asked_again(house: House) -> None:
    house.runner._base_url = "http://127.0.0.1:9"
    number = house.notice(pictures=1)
    house.work()
    assert "-1008" in house.troubles()
    house.runner._base_url = house.config.server.base_url
    house.soon()
    house.work()
    assert house.told(number)


def test_an_author_who_was_not_seen_is_told_and_helps_by_opening_the_mini_program(house: House) -> None:
    house.phone.mini_seen_at = 0
    number = house.notice()
    house.work(2)
    with house.db.read():
        (letter,) = letters_to(house.cast.zhao)
        assert (letter.kind, letter.facts["why"]) == (checking.WAITS, checks.NOT_SEEN)
    house.phone.mini_seen_at = house.simulator.clock()
    house.soon()
    house.work()
    assert house.told(number)
    with house.db.read():
        assert letters_to(house.cast.zhao)[0].state == "withdrawn"


def test_an_author_without_the_mini_program_is_told(house: House) -> None:
    with unit_of_work(house.db):
        notice = a_notice(house.cast.leader.id)
        verbs.hand_in(notice, By.staff(house.cast.leader.id), house.rules)
        number = notice.id
    house.work(2)
    assert (house.asked(), house.told(number)) == (0, False)
    with house.db.read():
        (letter,) = letters_to(house.cast.leader)
        assert letter.facts["why"] == checks.NO_MINI


def test_while_the_platform_is_down_staff_is_told_and_an_emergency_waits_two_minutes(house: House) -> None:
    house.simulator.fault("refuse", errcode=-1)
    staff = house.notice(to=THIRD | {"roles": ["keeper"]})
    emergency = house.notice(kind=Kind.EMERGENCY)
    house.work()
    assert (house.told(staff), house.told(emergency)) == (True, False)
    house.later(emergency, 2)
    house.work()
    with house.db.read():
        assert checking.ASKS in [one.kind for one in letters_to(house.cast.leader)]


def test_two_runners_ask_once(house: House) -> None:
    for _ in range(5):
        house.notice()
    both = [threading.Thread(target=Checks(house.config, house.db).look) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    house.work()
    assert house.asked() == 5


def test_of_many_notices_in_bad_weather_not_one_goes_out_unread(house: House) -> None:
    """Half of them risky, the platform mostly out of its mind."""
    dice = random.Random(6)
    for kind in ("cut", "garbage", "http"):
        house.simulator.fault(kind, path="/wxa/*", share=0.3, effect=dice.random() < 0.5)
    bad = {house.notice(body=f"{one}号：{BAD}") for one in range(15)}
    good = {house.notice(body=f"{one}号：请存水。", pictures=one % 5 == 0) for one in range(15)}
    for _ in range(40):
        house.work()
        house.soon()
        if not any(house.state(one) == State.CHECKING for one in bad | good):
            break
    tell_all(house.db)
    with house.db.read():
        assert {one for one in bad | good if has_letters(one)} == good
        assert {the(one).state for one in bad} == {State.DRAFT}
        assert {the(one).checked for one in good} == {"pass"}


def test_it_works_by_itself_and_stops_when_told(house: House) -> None:
    stop = threading.Event()
    runner = threading.Thread(target=house.runner.run, args=(stop,))
    runner.start()
    number = house.notice()
    wait_for(lambda: house.state(number) != State.CHECKING)
    stop.set()
    runner.join(60)
    assert not runner.is_alive()
    assert house.told(number)
