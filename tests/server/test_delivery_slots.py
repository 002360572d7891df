"""How many letters a sender has under way, and which go first."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letter_office import NOON, Office, Opener

from models.outbox.letter import Lane
from server.database import Database
from server.delivery import KEPT_FOR_URGENT, Delivery, calls_at_once


@pytest.fixture
def opened(db: Database, tmp_path: Path) -> Iterator[Opener]:
    offices: list[Office] = []

    def open_one(**more: Any) -> Office:
        offices.append(Office(db, tmp_path, **more))
        return offices[-1]

    yield open_one
    for office in offices:
        office.close()


@pytest.fixture
def office(opened: Opener) -> Office:
    return opened()


def _told_to_many(office: Office, people: int) -> None:
    for person in range(10, 10 + people):
        office.resident(person)
        office.tell("case_accepted", person)


def test_no_more_calls_are_open_than_the_configuration_says(opened: Opener) -> None:
    office = opened(at=None, letters={"connections": 2})
    _told_to_many(office, 20)
    office.simulator.fault("delay", path="*template/send", seconds_late=0.2)
    began = time.monotonic()
    Delivery(office.config, office.db).drain()
    assert office.states() == ["sent"] * 20
    assert time.monotonic() - began > 20 / calls_at_once(2) * 0.2


def test_letters_to_one_person_go_one_after_the_other(opened: Opener) -> None:
    office = opened(at=None)
    office.resident()
    for number in range(3):
        office.tell("case_accepted", 1, occasion=str(number))
    office.simulator.fault("delay", path="*template/send", seconds_late=0.2)
    began = time.monotonic()
    office.delivery.drain()
    assert office.states() == ["sent"] * 3
    assert time.monotonic() - began > 0.6


def test_while_news_fills_the_slots_only_what_is_urgent_is_asked_for(office: Office) -> None:
    office.resident()
    office.tell("case_accepted", 1, lane=Lane.NEWS)
    assert office.delivery._anything(KEPT_FOR_URGENT + 1, office.clock())
    assert not office.delivery._anything(KEPT_FOR_URGENT, office.clock())
    office.tell("case_accepted", 1, occasion="2")
    assert office.delivery._anything(KEPT_FOR_URGENT, office.clock())


def test_an_emergency_overtakes_a_thousand_others(opened: Opener) -> None:
    office = opened(at=None)
    office.keeper(2)
    for number in range(60):
        office.tell("case_closed", 2, occasion=str(number), about=number + 600)
    office.tell("case_emergency", 2, lane=Lane.EMERGENCY, facts={
        "ring": 1, "call": "119", "rung_at": NOON.isoformat()})  # fmt: skip
    office.senders(connections=2).drain(seconds=5)
    assert "119" in str(office.calls("*/message/send")[0].body) + str(office.calls("*/message/send")[1].body)
