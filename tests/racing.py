"""Several works that begin in the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from models.base.refusals import Refused
from server.database import Database


def at_once(database: Database, *works: Callable[[], Any]) -> list[Any]:
    """Starts all works together; gives each one's answer, or the code of its refusal."""
    gate = threading.Barrier(len(works))
    answers: list[Any] = [None] * len(works)

    def run(index: int, work: Callable[[], Any]) -> None:
        gate.wait()
        try:
            answers[index] = database.write(work)
        except Refused as refusal:
            answers[index] = refusal.code

    threads = [threading.Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers
