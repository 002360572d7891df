"""The service as an operator runs it: starts, answers, survives its own deaths, stops cleanly (R3)."""

import http.client
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Service, hemei, is_alive, serving, wait_for
from settings_files import configuration, plain_url

from server.serving import STOP_SECONDS, workers


@pytest.fixture
def home(db, tmp_path) -> Path:
    """A folder with a configuration for `db`."""
    configuration(tmp_path, plain_url(db))
    return tmp_path


class Load(threading.Thread):
    """Asks again and again, a new connection each time, and remembers what it got."""

    def __init__(self, service: Service) -> None:
        super().__init__()
        self.service = service
        self.statuses: list[int] = []
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            self.statuses.append(self.service.get("/health/ready", timeout=60)[0])


@pytest.fixture
def load() -> Iterator[list[Load]]:
    started: list[Load] = []
    yield started
    for one in started:
        one.done.set()
        one.join()


def test_it_answers_stays_in_its_group_and_stops_cleanly_whatever_lies_there(db, home):
    """In a folder with decoys. Once cold, because what is loaded does not depend on the database; its senders
    begin cold with both."""
    for name in ("models.py", "handlers.py", "templates.py"):
        (home / name).write_text("raise SystemExit('decoy')")
    with serving(home, "--work", cold=db.engine.dialect.name == "sqlite") as service:
        assert service.get("/health/live")[0] == 200
        assert service.get("/nothing")[0] == 404
        family = [service.process.pid, *service.children()]
        assert len(family) >= 3
        assert {os.getpgid(pid) for pid in family} == {os.getpgid(0)}
        wait_for(lambda: "hemei_work_rounds_total" in service.get("/metrics")[1], 30)
        assert service.stop() < 30
        assert service.process.returncode == 0
        assert not any(is_alive(pid) for pid in family)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_workers_that_still_load_do_not_hold_up_the_end(home):
    """Whoever restarts twice in a row would wait until what is under way is cut, and nothing is."""
    service = Service(home, cold=True, HEMEI__SERVER__WORKERS="2")
    wait_for(lambda: len(service.children()) == 2, 30)
    assert service.stop() < STOP_SECONDS
    assert service.process.returncode == 0


def test_requests_under_way_are_finished(home, load):
    """200 and more answers while SIGTERM comes: none is cut, only refused connections afterwards.

    Where there are several workers, one that is gone refuses again and again while another one still answers.
    """
    with serving(home) as service:
        is_alone = len(service.children()) == 1
        load += [Load(service) for _ in range(4)]
        for one in load:
            one.start()
        wait_for(lambda: sum(len(one.statuses) for one in load) > 200)
        service.stop()
        for one in load:
            one.done.set()
            one.join()
            answered = [status for status in one.statuses if status]
            assert set(answered) == {200}
            # once it is gone it stays gone: no answer is missing between two others
            last = len(one.statuses) - one.statuses[::-1].index(200)
            assert last == len(answered) or not is_alone


@pytest.mark.parametrize("db", ["postgres"], indirect=True)
def test_workers_are_replaced_one_by_one_without_a_failed_request(home, load):
    """R3 on PostgreSQL at a small size: SIGHUP renews every worker under load."""
    with serving(home, HEMEI__SERVER__WORKERS="2") as service:
        first = set(service.children())
        load += [Load(service) for _ in range(2)]
        for one in load:
            one.start()
        service.process.send_signal(signal.SIGHUP)
        wait_for(lambda: len(service.children()) == 2 and not first & set(service.children()), 40)
        time.sleep(0.5)
        for one in load:
            one.done.set()
            one.join()
            assert set(one.statuses) == {200}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_killed_worker_and_work_process_come_back_and_nothing_outlives_a_killed_parent(home):
    with serving(home, "--work") as service:
        work = service.children("-m server work")
        [web] = [pid for pid in service.children() if pid not in work]
        os.kill(work[0], signal.SIGKILL)
        os.kill(web, signal.SIGKILL)
        wait_for(lambda: service.get("/health/ready")[0] == 200 and not is_alive(web), 20)
        wait_for(lambda: service.children("-m server work") not in ([], work), 20)
        family = service.children()
        assert len(family) >= 2
        service.process.kill()
        service.process.wait()
        wait_for(lambda: not any(is_alive(pid) for pid in family), 30)
        assert service.get("/health/live")[0] == 0


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_what_is_unsafe_does_not_start_and_says_why(home):
    refused = hemei("serve", cwd=home, HEMEI__SERVER__SECRET_KEY="short")
    assert refused.returncode == 1
    assert "secret_key is shorter" in refused.stderr
    refused = hemei("serve", cwd=home, HEMEI__SERVER__BASE_URL="http://hemei.example.org")
    assert refused.returncode == 1
    assert "loopback" in refused.stderr
    assert hemei("serve", "--bind", "nonsense", cwd=home).returncode == 2


def test_an_empty_database_is_not_served(tmp_path):
    configuration(tmp_path, f"sqlite:///{tmp_path}/new.db")
    for command in ("serve", "work"):
        refused = hemei(command, cwd=tmp_path)
        assert refused.returncode == 1
        assert "hemei db upgrade" in refused.stderr


def test_sqlite_gets_one_worker_and_postgresql_one_for_each_core(tmp_path):
    assert workers(configuration(tmp_path, "sqlite:///x.db")) == 1
    assert workers(configuration(tmp_path, "postgresql://h/x")) == os.cpu_count()
    assert workers(configuration(tmp_path, "sqlite:///x.db", server={"workers": 3})) == 3


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_connections_that_only_stay_open_keep_nobody_out(home):
    """A browser keeps its connection for half a minute; O7 brings hundreds of them at once."""
    with serving(home) as service:
        idle = []
        for _ in range(200):
            one = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
            one.request("GET", "/health/live")
            assert one.getresponse().read()
            idle.append(one)
        assert service.get("/health/ready", timeout=20)[0] == 200
        for one in idle:
            one.close()
