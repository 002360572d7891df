"""`hemei work` keeps its runners going and ends them together."""

import os
import signal
import threading
import time

import pytest
from chaos_rig.warm import Warm
from commands import surroundings, wait_for
from settings_files import configuration, plain_url

from models.base import tallies
from server import tally
from server.work import run


class Patient:
    def __init__(self) -> None:
        self.rounds = 0

    def run(self, stop: threading.Event) -> None:
        self.rounds += 1
        stop.wait()


class Fragile(Patient):
    def run(self, stop: threading.Event) -> None:
        self.rounds += 1
        if self.rounds == 1:
            raise RuntimeError("no luck")
        stop.wait()


class Deaf(Patient):
    def run(self, stop: threading.Event) -> None:
        time.sleep(5)


def test_one_that_fails_is_started_again_and_the_others_do_not_notice(caplog):
    patient, fragile, stop = Patient(), Fragile(), threading.Event()
    ended: list[bool] = []
    thread = threading.Thread(
        target=lambda: ended.append(run({"patient": patient, "fragile": fragile}, stop.wait)), daemon=True
    )
    thread.start()
    wait_for(lambda: fragile.rounds == 2)
    stop.set()
    thread.join(60)
    assert ended == [True]
    assert patient.rounds == 1
    assert "fragile failed" in caplog.text


def test_one_that_does_not_end_is_named(monkeypatch, caplog):
    stop = threading.Event()
    stop.set()
    assert run({"patient": Patient()}, stop.wait)
    stop.clear()
    monkeypatch.setattr("server.work.STOP_SECONDS", 0.1)
    threading.Timer(0.2, stop.set).start()
    assert not run({"deaf": Deaf()}, stop.wait)
    assert "hemei-deaf" in caplog.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_works_until_a_signal_comes(db, tmp_path, number):
    configuration(tmp_path, plain_url(db))
    log = tmp_path / "work.log"
    process = Warm(["work"], cwd=tmp_path, env=surroundings(), log=log)
    try:

        def seen() -> bool:
            with db.read():
                return tallies.last_seen(tally.WORKING) is not None

        wait_for(seen, 60)
        assert os.getpgid(process.pid) == os.getpgid(0)
        process.send_signal(number)
        assert process.wait(30) == 0, log.read_text()
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
