"""Certificates of the platform: several at once, rotated, and never fetched because a stranger wishes so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pay_desk import PayDesk, pay_desk

from models.base.orm import session
from models.pay.certificates import Certificate
from server import tally
from server.database import Database
from server.pay import certificates as certificates_of_office
from server.pay.certificates import PlatformKeys, look
from server.pay.office import Office, look_for_certificates
from server.pay.troubles import Forged
from server.sandbox.pay_keys import CERTIFICATE_MODE, PUBLIC_MODE

START = 1_774_238_400.0  # 2026-03-23 12:00 in Beijing


class Clock:
    def __init__(self) -> None:
        self.seconds = START

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds, UTC)

    def turn(self, **units: float) -> None:
        self.seconds += timedelta(**units).total_seconds()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The platform's, and that by which tallies are dated."""
    made = Clock()
    monkeypatch.setattr(tally, "_pending", Counter())
    monkeypatch.setattr("models.base.tallies.now", made.now)
    monkeypatch.setattr(certificates_of_office, "READ_AGAIN", 0.0)
    return made


@pytest.fixture
def desk(tmp_path: Path, clock: Clock) -> Iterator[PayDesk]:
    with pay_desk(tmp_path, CERTIFICATE_MODE, clock) as made:
        yield made


@pytest.fixture
def office(desk: PayDesk, db: Database, clock: Clock) -> Office:
    return Office(desk.config(), db, clock.now)


def looked(office: Office, db: Database, clock: Clock, *, is_needed: bool = True) -> bool:
    tally.flush(db)
    return look(db, office.wire, office.api_key, is_needed=is_needed, clock=clock.now)


def is_believed(office: Office, desk: PayDesk) -> bool:
    body = b"{}"
    try:
        office.verifier.check(desk.pay.headers_for(body), body)
    except Forged:
        return False
    return True


def test_the_first_look_brings_what_proves_the_platform(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    assert not is_believed(office, desk)
    assert looked(office, db, clock)
    assert is_believed(office, desk)


def test_the_next_look_is_twelve_hours_later(office: Office, desk: PayDesk, db: Database, clock: Clock):
    assert looked(office, db, clock)
    clock.turn(hours=11, minutes=59)
    assert not looked(office, db, clock)
    clock.turn(minutes=1)
    assert looked(office, db, clock)


def test_both_are_believed_while_one_follows_the_other(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    old = desk.pay.headers_for(b"{}")
    desk.pay.rotate()
    looked(office, db, clock)
    assert is_believed(office, desk)
    office.verifier.check(old, b"{}")


def test_a_certificate_that_nobody_knows_yet_is_looked_for_soon(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    looked(office, db, clock)
    clock.turn(minutes=11)
    desk.pay.rotate()
    assert not is_believed(office, desk)
    assert looked(office, db, clock)
    assert is_believed(office, desk)


def test_a_flood_of_unknown_serials_brings_one_look_in_ten_minutes(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    looked(office, db, clock)
    before = desk.pay.fetched_certificates
    for _ in range(60):  # an hour
        honest = desk.pay.headers_for(b"{}")
        for number in range(20):
            forged = honest | {"Wechatpay-Serial": f"5A4DB0C0{number:032X}"}
            with pytest.raises(Forged, match="serial"):
                office.verifier.check(forged, b"{}")
        clock.turn(minutes=1)
        looked(office, db, clock)
    assert desk.pay.fetched_certificates - before <= 6


def test_a_certificate_that_ended_proves_nothing(office: Office, desk: PayDesk, db: Database, clock: Clock):
    looked(office, db, clock)
    assert is_believed(office, desk)
    clock.turn(days=1830)
    assert not is_believed(office, desk)
    with db.read():
        assert session().get(Certificate, desk.pay.certificates[0].serial) is not None


def test_certificates_sealed_with_another_key_are_not_taken(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    with pytest.raises(Forged):
        look(db, office.wire, b"f" * 32, is_needed=True, clock=clock.now)
    assert not is_believed(office, desk)


def test_certificates_that_the_platform_did_not_sign_are_not_taken(
    office: Office, desk: PayDesk, db: Database, clock: Clock
):
    desk.fault("unsigned", "/v3/certificates")
    with pytest.raises(Forged, match="header"):
        looked(office, db, clock)
    assert not is_believed(office, desk)


def test_an_account_that_changes_to_the_public_key_is_believed_by_both(
    tmp_path: Path, db: Database, clock: Clock
):
    with pay_desk(tmp_path, PUBLIC_MODE, clock) as desk:
        office = Office(desk.config(), db, clock.now)
        assert not looked(office, db, clock, is_needed=False)
        assert is_believed(office, desk)
        desk.pay.rotate()
        assert not is_believed(office, desk)
        assert looked(office, db, clock, is_needed=False)
        assert is_believed(office, desk)


def test_an_unknown_serial_reads_the_database_and_not_the_network(
    office: Office, desk: PayDesk, db: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(certificates_of_office, "READ_AGAIN", 60.0)
    reads = []
    monkeypatch.setattr(certificates_of_office.certificates, "holding", lambda at: reads.append(at) or [])
    keys = PlatformKeys(db, {})
    assert [keys.find("5A4DB0C0") for _ in range(100)] == [None] * 100
    assert len(reads) == 1
    assert len(desk.simulator.ledger) == 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_clock_goes_on_when_the_platform_is_away(tmp_path: Path, db: Database):
    with pay_desk(tmp_path, CERTIFICATE_MODE) as desk:
        config = desk.config()
        desk.fault("http", status=503)
        look_for_certificates(config, db)
    with db.read():
        assert session().query(Certificate).count() == 0
