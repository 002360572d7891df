"""A photo that takes its process along takes nothing else along; what comes back is not believed unseen."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pictures import photo, tell_tale
from processor_time import of_photos

from models.base.refusals import Invalid, Unavailable
from models.media import sandbox
from models.media.sandbox import Sandbox, is_bare


@pytest.fixture
def own() -> Iterator[Sandbox]:
    made = Sandbox()
    yield made
    made.stop()


def process_of(own: Sandbox) -> subprocess.Popen[bytes]:
    assert own._process is not None
    return own._process


def test_one_process_serves_every_photo(own: Sandbox) -> None:
    own.ask("rebuilt", photo(60, 40))
    first = process_of(own).pid
    for _time in range(3):
        own.ask("rebuilt", photo(60, 40))
    assert process_of(own).pid == first
    wait_until(lambda: not children_of(first))


def test_a_process_that_was_killed_is_started_again_and_the_photo_is_made(own: Sandbox) -> None:
    own.ask("rebuilt", photo(60, 40))
    process_of(own).kill()
    process_of(own).wait()
    assert is_bare(own.ask("rebuilt", photo(60, 40)))


def test_a_process_that_died_unseen_costs_one_more_try(own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    own.ask("rebuilt", photo(60, 40))
    process = process_of(own)
    process.kill()
    monkeypatch.setattr(process, "poll", lambda: None)  # it ends between the look and the order
    assert is_bare(own.ask("rebuilt", photo(60, 40)))


def test_where_no_process_can_be_had_the_visitor_is_asked_to_come_again(
    own: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "_PROGRAM", "import sys; sys.exit(1)")
    with pytest.raises(Unavailable):
        own.ask("rebuilt", photo(60, 40))


def test_what_does_not_answer_is_ended_and_asked_anew(own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    own.ask("rebuilt", photo(60, 40))
    monkeypatch.setattr(sandbox, "_WAIT", 0.3)
    stopped = process_of(own)
    stopped.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(sandbox, "_PROGRAM", "import time; time.sleep(60)")
    with pytest.raises(Unavailable):
        own.ask("rebuilt", photo(60, 40))
    assert stopped.poll() is not None


def test_it_ends_with_its_service() -> None:
    program = (
        "import os; from models.media import photos; from pictures import photo;"
        "photos.rebuilt(photo(60, 40)); print(photos._sandbox._process.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    left = int(done.stdout)
    wait_until(lambda: is_gone(left))


def test_it_knows_nothing_of_the_services_secrets(own: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEMEI__SERVER__SECRET_KEY", "a secret of the service")
    own.ask("rebuilt", photo(60, 40))
    around = Path(f"/proc/{process_of(own).pid}/environ")
    if around.exists():
        assert b"secret" not in around.read_bytes()
    opened = Path(f"/proc/{process_of(own).pid}/fd")
    if opened.exists():
        assert len(list(opened.iterdir())) <= 4  # its line, and three that lead nowhere


def test_an_ordinary_photo_costs_little_more_than_without(own: Sandbox) -> None:
    own.ask("rebuilt", photo(60, 40))
    began = of_photos(own)
    for _time in range(10):
        own.ask("rebuilt", photo(60, 40))
    assert (
        of_photos(own) - began
    ) / 10 < 0.1  # a fork takes milliseconds, an interpreter of its own more than this


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"D",
        b"D<!doctype html><script>alert(1)</script>",
        b"D\xff\xd8\xff\xd9",
        b"D" + tell_tale(),
        b"D" + photo(9, 9) + b"trailer",
        b"D" + photo(9, 9)[:-2],
        b"D" + photo(9, 9, comment=b"here"),
        b"X" + photo(9, 9),
    ],
)
def test_an_answer_that_is_no_bare_picture_is_not_believed(answer: bytes) -> None:
    with pytest.raises(Invalid, match="photo_unusable"):
        sandbox._believed(answer)


def test_a_bare_picture_is_known_by_its_segments() -> None:
    assert is_bare(photo(64, 64))
    progressive = io.BytesIO(photo(64, 64, progressive=True)).getvalue()
    assert not is_bare(progressive)


def wait_until(true: Callable[[], bool]) -> None:
    for _moment in range(1500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came true")


def children_of(pid: int) -> str:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text()


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
    except FileNotFoundError:
        return True
