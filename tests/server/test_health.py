"""Alive, ready, and numbers that agree with the database."""

import re
from collections import Counter

import pytest
from pay_till import push
from paying_homes import owing
from settings_files import configuration, plain_url
from sqlalchemy import update

from models.base import quarantine
from models.base.clock import ago
from models.base.orm import put, session
from models.inbox.received import Received
from models.outbox.letter import Letter
from models.pay.tables import Order
from server import tally
from server.app import create_app
from server.database import Database


def client_of(db, tmp_path, **sections):
    return create_app(configuration(tmp_path, plain_url(db), **sections), db).test_client()


def numbers(text: str) -> dict[str, float]:
    return {name: float(value) for name, value in re.findall(r"(?m)^(hemei_\S+) (\S+)$", text)}


def letter(state: str, key: str) -> None:
    put(
        Letter, key=key, kind="k", to_kind="person", to_id=1, data_class="own", state=state,
        not_before=ago(seconds=90),
    )  # fmt: skip


def test_ready_is_when_the_database_answers_at_the_current_schema(db, tmp_path):
    client = client_of(db, tmp_path)
    assert client.get("/health/live").json == {"status": "live"}
    assert client.get("/health/ready").status_code == 200


def test_an_old_schema_is_not_ready(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    client = client_of(database, tmp_path)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert "hemei db upgrade" in answer.json["because"]
    assert client.get("/health/live").status_code == 200
    database.close()


def test_a_database_that_is_gone_is_not_ready_and_alive_all_the_same(tmp_path):
    database = Database("postgresql+psycopg://hemei@127.0.0.1:1/none")
    config = configuration(tmp_path, "postgresql+psycopg://hemei@127.0.0.1:1/none")
    client = create_app(config, database).test_client()
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200
    assert numbers(client.get("/metrics").text)["hemei_database_up"] == 0
    database.close()


def test_the_numbers_are_those_of_the_database(db, tmp_path, monkeypatch):
    monkeypatch.setattr(tally, "_pending", Counter())  # what other tests counted in this process
    for number, state in enumerate(["waiting", "waiting", "taken", "failed", "sent"]):
        db.write(letter, state, f"letter{number}")
    db.write(lambda: put(Received, channel="c", key="1", sender="s", kind="k", body={}, state="new"))
    db.write(quarantine.begin, "test")
    tally.count("refused_callbacks", reason="signature")
    tally.count("refused_callbacks", 2, reason="age")
    found = numbers(client_of(db, tmp_path).get("/metrics").text)
    assert found['hemei_letters{state="waiting"}'] == 2
    assert found['hemei_letters{state="taken"}'] == 1
    assert found['hemei_letters{state="dead"}'] == 1
    assert found["hemei_letters_oldest_waiting_seconds"] >= 89
    assert found["hemei_inbox_open"] == 1
    assert found["hemei_quarantine"] == 1
    assert found['hemei_refused_callbacks_total{reason="signature"}'] == 1
    assert found['hemei_refused_callbacks_total{reason="age"}'] == 2
    assert found["hemei_disk_free_bytes"] > 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_payments_that_wait_for_a_clock_or_a_person_are_numbers(db, tmp_path):
    home = owing(db, 45_00, payers=2)
    trade = home.till.pay(home.tap().number)
    push(db, trade._replace(fen=1))
    home.tap(1)
    db.write(
        lambda: session().execute(update(Order).where(Order.state == "open").values(ask_at=ago(minutes=6)))
    )
    found = numbers(client_of(db, tmp_path).get("/metrics").text)
    assert found["hemei_pay_troubled"] == 1
    assert found["hemei_pay_oldest_unasked_seconds"] >= 359


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_numbers_are_for_this_machine_or_for_the_token(db, tmp_path):
    client = client_of(db, tmp_path, server={"metrics_token": "sesame-sesame"})
    there = {"REMOTE_ADDR": "8.8.8.8"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", environ_base=there).status_code == 403
    assert client.get("/metrics", headers={"X-Forwarded-For": "8.8.8.8"}).status_code == 403
    for token, status in (("sesame-sesame", 200), ("sesame", 403), ("", 403), ("é", 403)):
        headers = {"Authorization": f"Bearer {token}"}
        assert client.get("/metrics", headers=headers, environ_base=there).status_code == status


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_without_a_token_nobody_else_gets_in(db, tmp_path):
    client = client_of(db, tmp_path)
    headers = {"Authorization": "Bearer "}
    assert client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "8.8.8.8"}).status_code == 403
