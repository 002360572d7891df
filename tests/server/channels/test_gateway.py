"""Text messages and calls go by a bridge: what it says is understood, what it does not say is in doubt."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import meta
from letter_office import Office, Opener

from handlers import words
from models.base.orm import session
from models.base.resources import resource, table
from models.outbox import settling
from models.outbox.letter import Lane, Letter
from server.channels.base import Permanent, Transient, Trouble, Uncertain, Wait
from server.channels.gateway import understood, without_numbers
from server.config import BadConfig, parse
from server.database import Database
from server.outgoing import rules_of
from server.safety import require_safe

PHONE = "13900000042"
EMERGENCY = {"ring": 2, "rung_at": "2026-03-23T04:00:00+00:00", "call": "119", "text": "王阿姨家着火了"}


@pytest.fixture
def opened(db: Database, tmp_path: Path) -> Iterator[Opener]:
    offices: list[Office] = []

    def open_one(**more: Any) -> Office:
        offices.append(Office(db, tmp_path, gateway={"token": "bridge-token"} | more))
        return offices[-1]

    yield open_one
    for office in offices:
        office.close()


def rung(office: Office, person: int, way: str = "sms", occasion: str = "ring2", **more: Any) -> int:
    return office.tell(
        "case_emergency", person, via=way, occasion=occasion, lane=Lane.EMERGENCY, facts=EMERGENCY, **more
    )


def messages(office: Office) -> list[Any]:
    return office.simulator.ledger.read(platform="gateway")


# what goes out


def test_a_colleague_gets_a_text_that_names_the_place_and_nobody(opened: Opener) -> None:
    office = opened()
    letter = rung(office, office.colleague(PHONE))
    office.delivery.drain()
    fate = office.fate(letter)
    assert (fate.state, fate.channel) == ("sent", "sms")
    [message] = messages(office)
    assert (message.path, message.who, message.body["kind"]) == ("/sms", PHONE, "case_emergency")
    assert "育英小区3号楼2单元" in message.body["text"]
    assert "119" in message.body["text"]
    assert "王阿姨" not in message.body["text"]
    kept = office.letter(letter)
    assert (kept.address, kept.platform_id) == (None, "sms-1")
    assert PHONE not in (kept.words or "") + fate.to


def test_the_voice_is_asked_by_the_other_path(opened: Opener) -> None:
    office = opened()
    rung(office, office.colleague(PHONE), "call")
    office.delivery.drain()
    assert [one.path for one in messages(office)] == ["/call"]


@pytest.mark.parametrize(
    ("settings", "way"),
    [
        ({"sms": False}, "sms"),
        ({"call": False}, "call"),
        ({"kinds": ["notice"]}, "sms"),
        ({"url": ""}, "sms"),
    ],
)
def test_what_is_off_sends_nothing(opened: Opener, settings: dict[str, Any], way: str) -> None:
    office = opened(**settings)
    letter = rung(office, office.colleague(PHONE), way)
    office.delivery.drain()
    assert office.fate(letter).state == "failed"
    assert messages(office) == []


def test_a_kind_without_words_for_it_never_goes_by_text(opened: Opener) -> None:
    office = opened(kinds=["case_accepted"])
    letter = office.tell("case_accepted", office.colleague(PHONE), via="sms")
    office.delivery.drain()
    assert office.fate(letter).state == "failed"
    assert messages(office) == []


def test_no_other_letter_finds_the_telephone_by_itself(opened: Opener) -> None:
    office = opened()
    letter = office.tell("case_emergency", office.colleague(PHONE), lane=Lane.EMERGENCY, facts=EMERGENCY)
    office.delivery.drain()
    assert office.fate(letter).state == "by_hand"
    assert messages(office) == []


def test_whoever_is_no_staff_has_no_telephone_here(opened: Opener) -> None:
    office = opened()
    office.resident()
    letter = rung(office, 1)
    office.delivery.drain()
    assert (office.fate(letter).state, office.fate(letter).reason) == ("failed", "no_address")


def test_no_word_for_the_telephone_is_of_a_person_or_of_money() -> None:
    found = set()
    for file in resource("letters").iterdir():
        shape = table(f"letters/{file.name}") if file.name.endswith(".toml") else {}
        for way in ("sms", "call"):
            if way in shape:
                source = words.environment().parse(shape[way]["text"])
                found |= meta.find_undeclared_variables(source) - set(words.environment().globals)
    assert found == {"ring", "number", "estate", "building", "unit", "call", "due", "stage"}


# a day's budget


def test_beyond_the_budget_of_a_day_nothing_goes(opened: Opener) -> None:
    office = opened(sms_a_day=2, calls_a_day=1)
    person = office.colleague(PHONE)
    for turn in range(4):
        rung(office, person, occasion=f"ring{turn}")
    rung(office, person, "call")
    office.delivery.drain()
    assert office.states() == ["sent", "sent", "waiting", "waiting", "sent"]
    office.later(hours=13)
    assert office.states().count("sent") == 5


def test_what_the_budget_stops_does_not_ring_at_midnight(opened: Opener) -> None:
    office = opened(sms_a_day=1)
    person = office.colleague(PHONE)
    half_an_hour = office.clock() + timedelta(minutes=30)
    late = [rung(office, person, occasion=one, not_after=half_an_hour) for one in ("ring2", "ring3")]
    office.delivery.drain()
    assert [office.fate(one).state for one in late] == ["sent", "withdrawn"]


# unclear, garbled and no answers


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "http", "status": 502, "effect": True},
        {"kind": "garbage", "effect": True},
        {"kind": "cut", "effect": True},
        {"kind": "cut"},
    ],
)
def test_an_unclear_answer_is_asked_again_with_the_same_key(opened: Opener, fault: dict[str, Any]) -> None:
    office = opened()
    office.simulator.fault(**fault, platform="gateway", times=2)
    letter = rung(office, office.colleague(PHONE))
    office.until_settled(step=3)
    assert office.fate(letter).state == "sent"
    assert len({one.body["key"] for one in messages(office)}) == 1
    assert sum(one.effective for one in messages(office)) == 1


def test_a_bridge_that_forgets_its_keys_gets_it_twice_at_most(opened: Opener) -> None:
    office = opened(key_minutes=0)
    office.simulator.fault("cut", platform="gateway", effect=True)
    letter = rung(office, office.colleague(PHONE))
    office.until_settled()
    assert office.fate(letter).state == "unknown"
    assert len(messages(office)) == 2


def test_a_sender_killed_between_send_and_mark_sends_no_second_text(opened: Opener) -> None:
    office = opened()
    letter = rung(office, office.colleague(PHONE))
    rules = rules_of(office.config)
    office.delivery.drain()
    assert office.fate(letter).state == "sent"
    [first] = messages(office)

    def undone() -> None:  # as if the mark had never been written
        row = session().get_one(Letter, letter)
        row.state, row.lease_until, row.platform_id = "taken", office.clock(), None

    office.db.write(undone)
    office.clock.turn(seconds=5)
    assert office.db.write(settling.recover, rules, office.clock()) == 1
    office.delivery.drain()
    again = messages(office)[-1]
    assert (again.body["key"], again.duplicate) == (first.body["key"], True)
    assert office.letter(letter).platform_id == "sms-1"


def test_a_bridge_that_is_down_is_left_alone_and_the_other_platforms_are_not(opened: Opener) -> None:
    office = opened()
    office.keeper()
    person = office.colleague(PHONE)
    office.simulator.fault("http", status=503, platform="gateway", seconds=60)
    for turn in range(8):
        rung(office, person, occasion=f"ring{turn}")
    card = office.tell("case_dispatched", 2)
    office.delivery.drain()
    assert office.fate(card).state == "sent"
    before = len(messages(office))
    rung(office, person, occasion="ring8")
    office.delivery.drain()
    assert len(messages(office)) == before
    office.until_settled(step=5)
    assert office.states() == ["sent"] * 10
    assert sum(one.effective for one in messages(office)) == 9


@pytest.mark.parametrize(
    ("why", "state", "calls"),
    [("number", "failed", 1), ("words", "failed", 1), ("busy", "waiting", 1), ("stop", "waiting", 1)],
)
def test_a_no_says_what_to_do(opened: Opener, why: str, state: str, calls: int) -> None:
    office = opened()
    office.simulator.fault("refuse", platform="gateway", errmsg=why)
    letter = rung(office, office.colleague(PHONE))
    office.delivery.drain()
    assert office.fate(letter).state == state
    assert len(messages(office)) == calls
    assert PHONE not in str(office.fate(letter).reason)


def test_a_wrong_token_stops_the_gateway_and_the_log_names_no_number(
    opened: Opener, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    office = opened()
    office.simulator.bridge._token = "another"
    letter = rung(office, office.colleague(PHONE))
    office.delivery.drain()
    assert (office.fate(letter).state, office.fate(letter).reason) == ("waiting", "http 401")
    assert "gateway refuses us" in caplog.text
    assert PHONE not in caplog.text


# what is understood


@pytest.mark.parametrize(
    ("status", "body", "trouble"),
    [
        (200, b"", Uncertain),
        (200, b"OK", Uncertain),
        (200, b'{"code": 0}', Uncertain),
        (200, b'{"ok": "true"}', Uncertain),
        (200, b"[]", Uncertain),
        (500, b'{"ok": true}', Uncertain),
        (302, b"", Wait),
        (401, b"", Wait),
        (402, b"", Wait),
        (404, b"", Wait),
        (429, b"", Wait),
        (400, b"", Permanent),
        (422, b'{"ok": true}', Permanent),
        (200, b'{"ok": false}', Permanent),
        (200, b'{"ok": false, "why": "day"}', Wait),
        (200, b'{"ok": false, "why": "again"}', Transient),
        (200, b'{"ok": false, "why": ["busy"]}', Permanent),
    ],
)
def test_every_answer_is_understood(status: int, body: bytes, trouble: type[Trouble]) -> None:
    with pytest.raises(trouble):
        understood(status, body)


def test_a_yes_and_a_known_key_are_both_a_yes() -> None:
    assert understood(202, b'{"ok": true, "id": 7}') == {"msgid": "7"}
    assert understood(200, b'{"ok": true}') == {"msgid": ""}
    assert understood(409, b"anything") == {}


@pytest.mark.parametrize(
    "said", ["no to 13900000042", "+86 139 0000 0042 is off", "139-0000-0042", "id 778899"]
)
def test_what_a_provider_says_is_kept_without_numbers(said: str) -> None:
    assert not any(sign.isdigit() for sign in without_numbers(said))


# settings


@pytest.mark.parametrize("url", ["http://sms.example.org", "ftp://x", "https://u:p@sms.example.org"])
def test_the_address_is_https_or_this_machine(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"\[gateway\] url"):
        parse({"gateway": {"url": url}}, {}, tmp_path)


def test_beyond_this_machine_it_needs_a_token_and_no_sandbox(tmp_path: Path) -> None:
    settings = {"server": {"secret_key": "a secret key for tests, long enough"}}
    away = {"url": "https://sms.example.org/bridge/"}
    with pytest.raises(BadConfig, match=r"\[gateway\] token is missing"):
        require_safe(parse(settings | {"gateway": away}, {}, tmp_path))
    config = parse(settings | {"gateway": away | {"token": "t" * 20}}, {}, tmp_path)
    require_safe(config)
    assert config.gateway.url == "https://sms.example.org/bridge"
    assert "t" * 20 not in repr(config)
    beside = settings | {"gateway": away | {"token": "t" * 20}, "sandbox": {"enabled": True}}
    with pytest.raises(BadConfig, match=r"beside the real address of \[gateway\] url"):
        require_safe(parse(beside, {}, tmp_path))


def test_without_a_section_it_is_off(tmp_path: Path) -> None:
    assert parse({}, {}, tmp_path).gateway.ways("case_emergency") == ()
